package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.snapshot.HeadObject.Seen;
import io.github.s3vfs.internal.layout.snapshot.HeadObject.Swap;
import io.github.s3vfs.internal.store.Await;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All that this process does to the head of one database: claims, commits, and what it takes to
 * find out what became of them; docs/FORMAT.md, "How the head changes". One change at a time.
 * Thread-safe; at most one write transaction at a time.
 */
final class HeadWriter {
  private static final Logger LOG = LoggerFactory.getLogger(HeadWriter.class);

  /** How often a change is made from a head that only others' claims have moved. */
  private static final int TRIES = 5;

  private final HeadObject object;
  private final History history;
  private final Claims claims;
  private final Duration term;
  private final Surroundings surroundings;

  /** Held by whoever changes the head, or finds out what became of a change. */
  private final Lock lock;

  /** In a write transaction: the head that its commit is made from. */
  private @Nullable Seen held;

  private boolean optimistic;

  private @Nullable Future<?> renewal;
  private @Nullable Unsettled unsettled;

  /** Whether a commit has ended without an outcome; not while one is under way. */
  private volatile boolean outcomeUnknown;

  /**
   * A commit whose outcome is not known.
   *
   * @param from what it was made from
   * @param next what it would have made
   */
  private record Unsettled(Seen from, Head next) {}

  HeadWriter(
      HeadObject object, History history, Duration term, String holder, Surroundings surroundings) {
    this.object = object;
    this.history = history;
    this.claims = new Claims(object.describe(), term, holder, surroundings);
    this.term = term;
    this.surroundings = surroundings;
    this.lock = surroundings.locks().get();
  }

  /** What a write transaction begins with. */
  sealed interface Begun {
    /** It may go on, from this head. */
    record Granted(Seen head) implements Begun {}

    /** Another process writes. */
    record Busy() implements Begun {}

    /** There is another version than the transaction has read. */
    record Moved() implements Begun {}
  }

  /**
   * Begins a write transaction. An interrupt does not end the request that claims.
   *
   * @param base the head that its reads come from; null if there is none
   * @param withoutClaim whether it is optimistic
   * @throws S3VfsException what the store failed with; then nothing has begun
   */
  Begun begin(@Nullable Seen base, boolean withoutClaim) {
    lock.lock();
    try {
      optimistic = withoutClaim && base != null;
      Seen at = base;
      for (int i = 0; i < TRIES; i++) {
        Head.Claim theirs = at == null ? null : at.head().claim();
        if (theirs != null && !claims.mayReplace(theirs)) {
          // What was seen may be over by now: the observation goes on with what is there.
          at = object.read(at);
          if (!isSameVersion(base, at)) {
            return new Begun.Moved();
          }
          Head.Claim now = at == null ? null : at.head().claim();
          if (now != null && !claims.mayReplace(now)) {
            return new Begun.Busy();
          }
        }
        if (optimistic && at != null && at.head().claim() == null) {
          held = at;
          return new Begun.Granted(at);
        }
        Head claimed = claimed(at == null ? Head.initial(fresh(), fresh()) : at.head());
        Seen from = at;
        Swap swap = Await.uninterrupted(() -> object.swap(from, claimed));
        at = swap.seen();
        if (swap.done() && at != null) {
          held = at;
          optimistic = false;
          renewal = surroundings.repetition().every(term.dividedBy(4), this::renew);
          return new Begun.Granted(at);
        }
        if (!isSameVersion(base, at)) {
          return new Begun.Moved();
        }
      }
      return new Begun.Busy();
    } finally {
      lock.unlock();
    }
  }

  private static boolean isSameVersion(@Nullable Seen base, @Nullable Seen now) {
    VersionRecord a = base == null ? null : base.head().record();
    VersionRecord b = now == null ? null : now.head().record();
    if (a == null || b == null) {
      return (a == null || a.version() == 0) && (b == null || b.version() == 0);
    }
    return a.uuid().equals(b.uuid()) && a.version() == b.version();
  }

  private Head claimed(Head head) {
    return head.withClaim(claims.make(), fresh());
  }

  private Nonce fresh() {
    return surroundings.nonces().get();
  }

  private void renew() {
    lock.lock();
    try {
      if (held == null || held.head().claim() == null) {
        return;
      }
      try {
        if (!tryRenew()) {
          LOG.warn("{}: another process has replaced our claim", object.describe());
          stopRenewal();
        }
      } catch (S3VfsException e) {
        LOG.warn("{}: claim not renewed: {}", object.describe(), e.getMessage());
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Renews the claim, so that nobody replaces it within its term.
   *
   * @throws S3VfsException {@code CONFLICT} if somebody has; or what the store failed with
   */
  void renewNow() {
    lock.lock();
    try {
      if (!tryRenew()) {
        throw new S3VfsException(
            ErrorKind.CONFLICT, object.describe() + ": another process has replaced our claim");
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Renews the claim, so that nobody else who has it can commit by it: a clone of this process.
   *
   * @return false if somebody else still may, or has
   */
  boolean isAlone() {
    try {
      if (head().claim() == null) {
        return false;
      }
      renewNow();
      return true;
    } catch (S3VfsException e) {
      LOG.debug("{}: the claim is not known to be ours: {}", object.describe(), e.getMessage());
      return false;
    }
  }

  /** Whether the claim was renewed; if not, another process has replaced it. */
  private boolean tryRenew() {
    for (int i = 0; i < TRIES; i++) {
      Seen from = heldNow();
      Swap swap = object.swap(from, claimed(from.head()));
      Seen now = swap.seen();
      if (now == null || !(swap.done() || isStillOurs(from, now))) {
        return false;
      }
      held = now;
      if (swap.done()) {
        return true;
      }
    }
    throw new S3VfsException(
        ErrorKind.UNAVAILABLE, object.describe() + ": the head changes too often");
  }

  /** Whether a commit can be made from this head, too. */
  private boolean isStillOurs(Seen from, Seen now) {
    Head.Claim claim = now.head().claim();
    return isSameVersion(from, now) && (claim == null ? optimistic : claims.isOurs(claim));
  }

  private void stopRenewal() {
    if (renewal != null) {
      renewal.cancel(false);
      renewal = null;
    }
  }

  /** Ends the write transaction; no commit of it is without an outcome. */
  private void end() {
    stopRenewal();
    held = null;
    unsettled = null;
  }

  /**
   * The head that the commit will be made from, as it is known now.
   *
   * @throws S3VfsException {@code CLOSED} if there is no write transaction
   */
  Head head() {
    lock.lock();
    try {
      return heldNow().head();
    } finally {
      lock.unlock();
    }
  }

  private Seen heldNow() {
    Seen now = held;
    if (now == null) {
      throw new S3VfsException(ErrorKind.CLOSED, object.describe() + ": no write transaction");
    }
    return now;
  }

  /**
   * Commits, and ends the write transaction.
   *
   * @param base the head that the record was made from
   * @param place of the record
   * @param epoch that its segments are named by
   * @param bytes of its segments
   * @return the new head, or null if the record must be made anew from {@link #head}, and segments
   *     below its floor stored anew
   * @throws S3VfsException {@code CONFLICT}: it was not committed, and never will be; {@code
   *     UNAVAILABLE} or {@code INTERRUPTED}: the outcome is unknown until {@link #settle} succeeds
   */
  @Nullable Seen publish(Head base, FrameRef place, VersionRecord record, long epoch, long bytes) {
    lock.lock();
    try {
      return tryPublish(base, place, record, epoch, bytes);
    } finally {
      outcomeUnknown = unsettled != null;
      lock.unlock();
    }
  }

  private @Nullable Seen tryPublish(
      Head base, FrameRef place, VersionRecord record, long epoch, long bytes) {
    for (int i = 0; i < TRIES; i++) {
      Seen from = heldNow();
      // Another place: it was compacted, and what the record refers to may be collected.
      if (from.head().floor() > epoch || !from.head().place().equals(base.place())) {
        return null;
      }
      Unsettled commit = new Unsettled(from, from.head().next(place, record, bytes, fresh()));
      unsettled = commit;
      Seen now = trySwap(commit);
      unsettled = null;
      if (now != null && now.head().record().version() >= record.version()) {
        end();
        return now;
      }
      if (now == null || !isStillOurs(from, now)) {
        break;
      }
      held = now;
    }
    end();
    throw new S3VfsException(
        ErrorKind.CONFLICT, object.describe() + ": another process has written meanwhile");
  }

  /**
   * The head after the attempt; the commit has had effect if that is its version or a later one.
   */
  private @Nullable Seen trySwap(Unsettled commit) {
    Swap swap;
    try {
      swap = object.swap(commit.from(), commit.next());
    } catch (S3VfsException e) {
      boolean unknown = e.kind() == ErrorKind.UNAVAILABLE || e.kind() == ErrorKind.INTERRUPTED;
      if (!unknown) {
        unsettled = null;
        throw e;
      }
      LOG.warn("{}: no answer to a commit: {}", object.describe(), e.getMessage());
      if (e.kind() == ErrorKind.INTERRUPTED) {
        throw e;
      }
      Seen now = fence(commit);
      if (now == null || now.head().record().version() < commit.next().record().version()) {
        end();
        throw new S3VfsException(
            ErrorKind.CONFLICT, object.describe() + ": not committed: " + e.getMessage(), e);
      }
      return now;
    }
    return swap.done() ? swap.seen() : judged(commit, swap.seen());
  }

  /**
   * What became of a commit, from a head that is not the one it was made from.
   *
   * @return the head now, as {@link #trySwap}; its version is that of the commit or a later one
   *     only if the commit has had effect
   */
  private @Nullable Seen judged(Unsettled commit, @Nullable Seen now) {
    VersionRecord wanted = commit.next().record();
    if (now == null || !now.head().record().uuid().equals(wanted.uuid())) {
      end(); // it cannot have effect any more
      throw new S3VfsException(
          ErrorKind.UNAVAILABLE,
          object.describe()
              + ": the database was deleted"
              + (now == null ? "" : " and made anew")
              + "; whether version "
              + wanted.version()
              + " was committed before is unknown");
    }
    VersionRecord newest = now.head().record();
    if (newest.version() < wanted.version()) {
      return now;
    }
    VersionRecord there = inHistory(now.head(), wanted.version());
    if (there != null && there.isSameCommit(wanted)) {
      return now;
    }
    end();
    throw there == null
        ? new S3VfsException(
            ErrorKind.UNAVAILABLE,
            object.describe()
                + ": whether version "
                + wanted.version()
                + " was committed is unknown: its history is gone")
        : new S3VfsException(
            ErrorKind.CONFLICT, object.describe() + ": another process has written meanwhile");
  }

  private @Nullable VersionRecord inHistory(Head newest, long version) {
    try {
      return history.record(newest, version);
    } catch (S3VfsException e) {
      throw e.kind() == ErrorKind.NOT_FOUND // collected since; the next head will say so
          ? new S3VfsException(ErrorKind.UNAVAILABLE, object.describe() + ": " + e.getMessage(), e)
          : e;
    }
  }

  /** Makes sure that a commit can have no effect any more, or finds that it had. */
  private @Nullable Seen fence(Unsettled commit) {
    try {
      Swap swap = object.swap(commit.from(), commit.from().head().withClaim(null, fresh()));
      return swap.done() ? swap.seen() : judged(commit, swap.seen());
    } catch (S3VfsException e) {
      if (unsettled == null) {
        throw e;
      }
      throw new S3VfsException(
          e.kind(),
          object.describe()
              + ": whether the transaction was committed is unknown: "
              + e.getMessage(),
          e);
    }
  }

  /**
   * Finds out what became of a commit whose outcome was unknown.
   *
   * @throws S3VfsException if it still is
   */
  void settle() {
    if (outcomeUnknown) { // so that a reader does not wait for a commit that is under way
      settleNow();
    }
  }

  /** Whether {@link #settle} has something to find out. */
  boolean isUnsettled() {
    return outcomeUnknown;
  }

  private void settleNow() {
    lock.lock();
    try {
      trySettle();
    } finally {
      outcomeUnknown = unsettled != null;
      lock.unlock();
    }
  }

  private void trySettle() {
    Unsettled commit = unsettled;
    if (commit == null) {
      return;
    }
    stopRenewal();
    held = null;
    Seen now = object.read(null);
    try {
      if (now != null && now.etag().equals(commit.from().etag())) {
        now = fence(commit);
      } else {
        now = judged(commit, now);
      }
    } catch (S3VfsException e) {
      if (unsettled != null) {
        throw e;
      }
      LOG.warn("{}", e.getMessage());
      return;
    }
    unsettled = null;
    boolean done = now != null && now.head().record().version() >= commit.next().record().version();
    LOG.warn(
        "{}: the commit of version {} {}",
        object.describe(),
        commit.next().record().version(),
        done ? "had effect" : "had no effect");
  }

  /**
   * Ends a write transaction that has published nothing; a failure leaves a claim to its term.
   *
   * @return the head now, if this has changed it
   */
  @Nullable Seen release() {
    lock.lock();
    try {
      stopRenewal();
      Seen from = held;
      held = null;
      for (int i = 0; i < TRIES && from != null && from.head().claim() != null; i++) {
        try {
          Swap swap = object.swap(from, from.head().withClaim(null, fresh()));
          Seen now = swap.seen();
          if (swap.done()) {
            return now;
          }
          if (now == null || !isStillOurs(from, now)) {
            return null;
          }
          from = now;
        } catch (S3VfsException e) {
          LOG.warn(
              "{}: claim not released, others wait for its term: {}",
              object.describe(),
              e.getMessage());
          return null;
        }
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  /** Leaves the claim to its term, as the end of the process does. */
  void abandon() {
    lock.lock();
    try {
      stopRenewal();
      held = null;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Changes the head without a new version, and leaves a claim as it is.
   *
   * @param from the head that the change was made from
   * @return the new head, or null if there is another one than {@code from}, or a commit without an
   *     outcome
   * @throws S3VfsException what the store failed with; whether it was changed is then unknown
   */
  @Nullable Seen amend(Seen from, Head to) {
    lock.lock();
    try {
      Seen own = held;
      if (unsettled != null || (own != null && !own.etag().equals(from.etag()))) {
        return null;
      }
      Swap swap = object.swap(from, to);
      if (!swap.done()) {
        return null;
      }
      if (own != null) {
        held = swap.seen();
      }
      return swap.seen();
    } finally {
      lock.unlock();
    }
  }
}
