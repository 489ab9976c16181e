package io.github.s3vfs.internal.layout.blocks;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.store.Await;
import io.github.s3vfs.internal.store.Condition;
import io.github.s3vfs.internal.store.Fetched;
import io.github.s3vfs.internal.store.ObjectStore;
import java.time.Duration;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right of one process to write a database: the object {@code {key}-lease}, changed by
 * compare-and-swap only.
 *
 * <p>Taking it costs one request when it is known to be free. If that succeeds nobody who keeps to
 * the protocol has written since it was seen so, or its ETag would have moved: what the caller has
 * looked at since then is current. A holder that another process has seen silent for its whole
 * term, on that process's own monotonic clock, loses it. While it is held it is renewed in the
 * background, four times per term.
 *
 * <p>Thread-safe.
 */
final class WriterLease {
  private static final Logger LOG = LoggerFactory.getLogger(WriterLease.class);

  /** How often a change is made anew because a record of our own has come late. */
  private static final int TRIES = 5;

  /**
   * A lease that may be taken.
   *
   * @param etag of the object, or null if there is none
   * @param since when it was seen so, on this process's monotonic clock, or an earlier moment since
   *     which only this process has had it
   * @param orderly whether its last holder released it; if not, that holder has left the database
   *     as it was when it died
   * @param own whether nobody else has had it since this process took it
   */
  record Free(@Nullable String etag, long since, boolean orderly, boolean own) {}

  private final ObjectStore store;
  private final String key;
  private final Duration term;
  private final Duration timeout;
  private final String holder;
  private final LongSupplier nanoTime;

  /** Asks whether the database is in another layout now. */
  private final BooleanSupplier elsewhere;

  /** While not held: that it is free, as far as this process knows. */
  private @Nullable Free free;

  /** While held: what it was taken as. */
  private @Nullable Free taken;

  /** While held: the ETag of our record. */
  private volatile @Nullable String mine;

  /** While held: when the others may take it, on our clock. */
  private volatile long expires;

  /**
   * Nonces of the records by which this process took or renewed the lease since it was released:
   * one of them may be stored although no answer said so.
   */
  private final Set<String> ours = new HashSet<>();

  /** Whether another process has had it since this one took it the last time. */
  private boolean othersHadIt;

  /** Whether the last holder, another process or this one, may have moved the database away. */
  private boolean mayBeMoved;

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
      LongSupplier nanoTime,
      BooleanSupplier elsewhere) {
    this.store = store;
    this.key = key;
    this.term = term;
    this.timeout = timeout;
    this.holder = holder;
    this.nanoTime = nanoTime;
    this.elsewhere = elsewhere;
  }

  private String describe() {
    return "s3://" + store.bucket() + "/" + key;
  }

  /** Asks the store whether the lease may be taken. */
  private boolean look() {
    Fetched now = read();
    long since = nanoTime.getAsLong();
    if (!now.found()) {
      free = new Free(null, since, true, false);
      return true;
    }
    if (free != null && now.etag().equals(free.etag())) {
      return true; // what was known of it is older, and still so
    }
    LeaseRecord theirs = LeaseRecord.parse(now.body(), describe());
    boolean known = ours.contains(theirs.nonce());
    boolean own = known && !othersHadIt;
    boolean taken = isTheirs(now, theirs);
    mayBeMoved = theirs.moved() || (known ? mayBeMoved : theirs.held());
    free = taken ? null : new Free(now.etag(), since, !theirs.held() && !theirs.moved(), own);
    if (free != null && theirs.held() && !known) {
      LOG.warn("{}: {} was silent for {}", describe(), theirs.holder(), theirs.term());
    }
    return free != null;
  }

  /**
   * Its last holder may have moved the database into another layout, and died, or failed, before it
   * said so.
   *
   * @throws S3VfsException {@code INVALID} if the database is in another layout now
   */
  void refuseIfMoved() {
    if (elsewhere.getAsBoolean()) {
      throw new S3VfsException(
          ErrorKind.INVALID,
          describe() + ": the database was moved to another layout; connect to it again");
    }
  }

  /**
   * Takes the lease, or finds that another process has it. An interrupt does not end the request
   * that takes it.
   *
   * @param beforeTry is told what the lease is taken as, before each request that tries it; of two
   *     tries the last one counts
   * @param evenIfMoved whether it may be taken although the database is in another layout now
   * @return whether this process has it now
   * @throws S3VfsException {@code INVALID} if the database is in another layout now; {@code
   *     INTERRUPTED}; what the store failed with, and then the lease is not held, or will be free
   *     at the end of its term
   */
  synchronized boolean take(Consumer<Free> beforeTry, boolean evenIfMoved) {
    // What was seen long ago may be over although nobody has the lease now: a second try.
    for (int tries = 0; tries < 2; tries++) {
      if (free == null && !look()) {
        return false;
      }
      if (mayBeMoved && !evenIfMoved) {
        refuseIfMoved();
        mayBeMoved = false;
      }
      Await.refuseInterrupted(describe());
      Free was = Objects.requireNonNull(free);
      beforeTry.accept(was);
      free = null;
      othersHadIt |= !was.own();
      String etag = was.etag();
      Condition condition = etag == null ? Condition.IF_ABSENT : Condition.ifMatch(etag);
      if (Await.uninterrupted(() -> write(true, condition))) {
        taken = was;
        releaseIfInterrupted();
        othersHadIt = false;
        return true;
      }
    }
    return false;
  }

  private void releaseIfInterrupted() {
    try {
      Await.refuseInterrupted(describe());
    } catch (S3VfsException e) {
      Await.undisturbed(this::release);
      throw e;
    }
  }

  /** Whether another process has the lease and must still be waited for. */
  synchronized boolean heldElsewhere() {
    return mine == null && !look();
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
   * Takes or renews it, or gives it back.
   *
   * @return whether it did; then this process holds the lease, or has left it free
   */
  private boolean write(boolean held, Condition condition) {
    // While nobody has looked where the database is, nobody may take that for known.
    LeaseRecord record =
        held || !mayBeMoved
            ? LeaseRecord.fresh(held, term, holder)
            : LeaseRecord.moved(term, holder);
    if (held) {
      ours.add(record.nonce());
    }
    long start = nanoTime.getAsLong();
    String etag = store(record, condition);
    if (etag == null) {
      return false;
    }
    if (held) {
      expires = start + term.toNanos();
      mine = etag;
      scheduleRenewal();
    } else {
      mine = null;
      long since = taken == null ? nanoTime.getAsLong() : taken.since();
      free = new Free(etag, since, true, !othersHadIt);
      ours.clear();
    }
    return true;
  }

  /**
   * Writes the object under a condition. If that does not hold because a record of ours was stored
   * whose answer did not come, it is written over that.
   *
   * @return its ETag, or null if another process has written it
   */
  private @Nullable String store(LeaseRecord record, Condition first) {
    Condition condition = first;
    for (int i = 1; ; i++) {
      try {
        return Await.result(
            store.put(key, record.toBytes(), condition), timeout, "PUT " + describe());
      } catch (S3VfsException e) {
        if (e.kind() != ErrorKind.CONFLICT && e.kind() != ErrorKind.UNAVAILABLE) {
          throw e;
        }
        // Lost, or our own earlier success that a retry met, or no answer: the object tells.
        Fetched now = read();
        String nonce = now.found() ? LeaseRecord.parse(now.body(), describe()).nonce() : "";
        if (nonce.equals(record.nonce())) {
          return now.etag();
        }
        if (e.kind() == ErrorKind.UNAVAILABLE) {
          throw e;
        }
        if (!ours.contains(nonce) || i == TRIES) {
          return null;
        }
        condition = Condition.ifMatch(now.etag());
      }
    }
  }

  private void scheduleRenewal() {
    long period = term.toNanos() / 4;
    if (renewal == null) {
      renewal =
          LeaseClock.THREAD.scheduleWithFixedDelay(
              this::renew, period, period, TimeUnit.NANOSECONDS);
    }
  }

  /** Asks the store whether it is still held; after this {@link #checkLasts} knows. */
  synchronized void renew() {
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
  void checkLasts() {
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

  /**
   * As {@link #abandon}, where the database may be in another layout now: whoever takes the lease
   * looks where it is, this process too.
   */
  synchronized void abandonMoved() {
    mayBeMoved = true;
    abandon();
  }

  /**
   * Instead of giving it back: says that the database is in another layout now, or may be. An
   * interrupt does not end this.
   *
   * @throws S3VfsException {@code UNAVAILABLE} if it could not be said; others will ask then
   */
  synchronized void move() {
    String etag = mine;
    abandonMoved();
    if (etag != null) {
      LeaseRecord record = LeaseRecord.moved(term, holder);
      if (Await.uninterrupted(() -> store(record, Condition.ifMatch(etag))) == null) {
        LOG.warn("{}: was not ours any more when the database was moved", describe());
      }
    }
  }

  /**
   * While it is held, and the database is stored in this layout: takes it out of the other one. If
   * that fails, whoever takes the lease looks where it is.
   */
  void moveHere(Runnable leaving) {
    try {
      leaving.run();
    } catch (RuntimeException | Error e) {
      try {
        move();
      } catch (S3VfsException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
    synchronized (this) {
      mayBeMoved = false;
    }
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
