package io.github.s3vfs.internal.layout.blocks;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.store.Await;
import io.github.s3vfs.internal.store.Condition;
import io.github.s3vfs.internal.store.Fetched;
import io.github.s3vfs.internal.store.ObjectStore;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right of one process to write a database: the object {@code {key}-lease}, changed by
 * compare-and-swap only.
 *
 * <p>Taking it costs one request when this process was the last to have it: nobody who keeps to the
 * protocol has written since, or the object's ETag would have moved. Otherwise it is read first,
 * and the caller must look at the database again before it builds on what it knew. A holder that
 * another process has seen silent for its whole term, on that process's own monotonic clock, loses
 * it. While it is held it is renewed in the background, four times per term.
 *
 * <p>Thread-safe.
 */
final class WriterLease {
  private static final Logger LOG = LoggerFactory.getLogger(WriterLease.class);

  /** How taking the lease went. */
  enum Taken {
    /** This process had it last: whatever was read since then is current. */
    AGAIN,
    /** Another process may have written since the database was looked at. */
    ANEW,
    /** Another process has it. */
    NOT
  }

  private final ObjectStore store;
  private final String key;
  private final Duration term;
  private final Duration timeout;
  private final String holder;
  private final LongSupplier nanoTime;

  /** The ETag of the free lease that this process left behind, or null. */
  private @Nullable String left;

  /** While held: the ETag of our record. */
  private @Nullable String mine;

  /** While held: when the others may take it, on our clock. */
  private long expires;

  /**
   * Nonces of the records by which this process took or renewed the lease since it last released
   * it: one of them may be stored although no answer said so.
   */
  private final Set<String> ours = new HashSet<>();

  /** Another process's lease as it was first seen, and when. */
  private @Nullable String observed;

  private long observedAt;
  private @Nullable ScheduledFuture<?> renewal;

  WriterLease(
      ObjectStore store,
      String key,
      Duration term,
      Duration timeout,
      String holder,
      LongSupplier nanoTime) {
    this.store = store;
    this.key = key;
    this.term = term;
    this.timeout = timeout;
    this.holder = holder;
    this.nanoTime = nanoTime;
  }

  private String describe() {
    return "s3://" + store.bucket() + "/" + key;
  }

  /**
   * Takes the lease, or finds that another process has it.
   *
   * @throws S3VfsException what the store failed with; the lease is then not held, or will be free
   *     at the end of its term
   */
  synchronized Taken take() {
    String known = left;
    left = null;
    if (known != null && write(true, Condition.ifMatch(known))) {
      return Taken.AGAIN;
    }
    Fetched now = read();
    if (!now.found()) {
      return write(true, Condition.IF_ABSENT) ? Taken.ANEW : Taken.NOT;
    }
    LeaseRecord theirs = LeaseRecord.parse(now.body(), describe());
    if (isTheirs(now, theirs)) {
      return Taken.NOT;
    }
    if (theirs.held() && !ours.contains(theirs.nonce())) {
      LOG.warn(
          "{}: taken from {}, which was silent for {}", describe(), theirs.holder(), theirs.term());
    }
    return write(true, Condition.ifMatch(now.etag())) ? Taken.ANEW : Taken.NOT;
  }

  /** Whether another process has the lease and must still be waited for. */
  synchronized boolean heldElsewhere() {
    if (mine != null) {
      return false;
    }
    Fetched now = read();
    if (!now.found()) {
      return false;
    }
    return isTheirs(now, LeaseRecord.parse(now.body(), describe()));
  }

  /** Whether another process has the lease, and was not silent for its term. */
  private boolean isTheirs(Fetched now, LeaseRecord record) {
    return record.held() && !ours.contains(record.nonce()) && !isSilent(now.etag(), record.term());
  }

  /**
   * Whether a held lease has been unchanged for its term, as far as this process has watched it.
   */
  private boolean isSilent(String etag, Duration theirTerm) {
    long now = nanoTime.getAsLong();
    if (!etag.equals(observed)) {
      observed = etag;
      observedAt = now;
      return false;
    }
    return now - observedAt > theirTerm.toNanos();
  }

  private Fetched read() {
    return Await.result(store.get(key, null, Condition.NONE), timeout, "GET " + describe());
  }

  /**
   * Writes the object under a condition.
   *
   * @return whether it did; then this process holds the lease, or has left it free
   */
  private boolean write(boolean held, Condition condition) {
    LeaseRecord record = LeaseRecord.fresh(held, term, holder);
    if (held) {
      ours.add(record.nonce());
    }
    long start = nanoTime.getAsLong();
    String etag;
    try {
      etag =
          Await.result(store.put(key, record.toBytes(), condition), timeout, "PUT " + describe());
    } catch (S3VfsException e) {
      if (e.kind() != ErrorKind.CONFLICT && e.kind() != ErrorKind.UNAVAILABLE) {
        throw e;
      }
      // Lost, or our own earlier success that a retry met, or no answer: the object tells.
      Fetched now = read();
      boolean ours =
          now.found() && LeaseRecord.parse(now.body(), describe()).nonce().equals(record.nonce());
      if (!ours && e.kind() == ErrorKind.UNAVAILABLE) {
        throw e;
      }
      if (!ours) {
        return false;
      }
      etag = now.etag();
    }
    if (held) {
      mine = etag;
      expires = start + term.toNanos();
      scheduleRenewal();
    } else {
      mine = null;
      left = etag;
      ours.clear();
    }
    return true;
  }

  private void scheduleRenewal() {
    long period = term.toNanos() / 4;
    if (renewal == null) {
      renewal =
          LeaseClock.THREAD.scheduleWithFixedDelay(
              this::renew, period, period, TimeUnit.NANOSECONDS);
    }
  }

  private synchronized void renew() {
    String etag = mine;
    if (etag == null) {
      return;
    }
    try {
      if (!write(true, Condition.ifMatch(etag))) {
        lose("another process has taken it");
      }
    } catch (S3VfsException e) {
      LOG.warn("{}: not renewed: {}", describe(), e.getMessage());
    }
  }

  private void lose(String why) {
    LOG.warn("{}: lost: {}", describe(), why);
    mine = null;
    stopRenewal();
  }

  private void stopRenewal() {
    if (renewal != null) {
      renewal.cancel(false);
      renewal = null;
    }
  }

  /**
   * Checks that a write that starts now ends, or is given up, while the lease lasts.
   *
   * @throws S3VfsException {@code UNAVAILABLE} when it may not
   */
  synchronized void checkLasts() {
    long left = mine == null ? 0 : expires - nanoTime.getAsLong();
    if (left < timeout.toNanos()) {
      throw new S3VfsException(
          ErrorKind.UNAVAILABLE,
          describe()
              + (mine == null
                  ? ": the writer's lease was lost"
                  : ": the writer's lease lasts "
                      + TimeUnit.NANOSECONDS.toMillis(left)
                      + " ms, less than a request may take"));
    }
  }

  /** Leaves a held lease to its term: a request of ours may still take effect. */
  synchronized void abandon() {
    stopRenewal();
    mine = null;
  }

  /** Gives the lease back, if it is held. A failure leaves it to its term. */
  synchronized void release() {
    stopRenewal();
    String etag = mine;
    mine = null;
    if (etag == null) {
      return;
    }
    try {
      if (!write(false, Condition.ifMatch(etag))) {
        LOG.warn("{}: was not ours any more when it was released", describe());
      }
    } catch (S3VfsException e) {
      LOG.warn("{}: not released, others wait for its term: {}", describe(), e.getMessage());
    }
  }
}
