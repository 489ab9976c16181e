package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.CachedPages;
import io.github.s3vfs.internal.layout.snapshot.HeadObject.Seen;
import io.github.s3vfs.internal.store.Await;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * What this process knows of the newest version of one database, and since when. It never goes
 * back. Thread-safe.
 */
final class NewestVersion {
  /**
   * If the clocks differ by more since the head was asked for, the process was suspended, cloned or
   * restored since, or somebody has set the time of day; what it knew may be of long ago.
   */
  private static final long CLOCKS_DIFFER_MILLIS = 1_000;

  private final HeadObject object;
  private final HeadWriter writer;
  private final Snapshots snapshots;
  private final CachedPages pages;
  private final Surroundings surroundings;

  /** Held while the head is asked for, so that concurrent readers share the request. */
  private final Lock refreshing;

  private final AtomicLong generations = new AtomicLong();

  /** Views of the page cache so far: one for each version that was the newest. */
  private int views;

  private volatile State state;

  /** When the request began that the state was last confirmed by. */
  private volatile long confirmedAt;

  private volatile boolean confirmed;

  /** By how many milliseconds the time of day was ahead of the monotonic clock then. */
  private volatile long aheadThen;

  /** Makes what a version is read by. */
  interface Snapshots {
    /**
     * One.
     *
     * @param view of the page cache that it is; 0 for none
     */
    Snapshot of(VersionRecord record, int view);
  }

  /**
   * A version as a connection reads it.
   *
   * @param generation another number than any other version of this process's has
   */
  record Version(Snapshot snapshot, long generation) {}

  /**
   * What is known.
   *
   * @param seen the head; null if there is none
   * @param version of that head; one without anything if there is none
   * @param since when the version was taken in
   */
  record State(@Nullable Seen seen, Version version, long since) {}

  /**
   * Sends no request.
   *
   * @param pages are told of each new version, and how long it is to be believed
   */
  NewestVersion(
      HeadObject object,
      HeadWriter writer,
      Snapshots snapshots,
      CachedPages pages,
      Surroundings surroundings) {
    this.object = object;
    this.writer = writer;
    this.snapshots = snapshots;
    this.pages = pages;
    this.surroundings = surroundings;
    this.refreshing = surroundings.locks().get();
    this.state = new State(null, nothing(), nanoTime());
  }

  private long nanoTime() {
    return surroundings.nanoTime().getAsLong();
  }

  /** What is known, without a request. */
  State state() {
    return state;
  }

  /** The newest version that is known, without a request. */
  Version version() {
    return state.version();
  }

  /** The head as it is in the store now, or null if there is none. */
  @Nullable Seen head() {
    Version unused = read(nanoTime());
    return state.seen();
  }

  /** What is known may not be so any more: the next read asks the store. */
  synchronized void doubt() {
    confirmed = false;
    tell();
  }

  /**
   * Tells the page cache how long what is known is to be believed; also where a commit has no
   * outcome yet.
   */
  synchronized void tell() {
    int view = state.version().snapshot().view();
    if (confirmed && view > 0 && !writer.isUnsettled()) {
      pages.fresh(view, confirmedAt, aheadThen, true);
    } else {
      int unused = pages.stale();
    }
  }

  /** The newest version, as the store had it at some time after {@code notBefore}. */
  Version read(long notBefore) {
    if (!isFresh(notBefore)) {
      Await.lock(refreshing, object.describe());
      try {
        if (!isFresh(notBefore)) {
          writer.settle();
          do {
            long start = nanoTime();
            take(object.read(state.seen()), start);
          } while (!confirmed);
        }
      } finally {
        refreshing.unlock();
      }
    }
    return state.version();
  }

  /** By how many milliseconds the time of day is ahead of the monotonic clock. */
  private long ahead() {
    return surroundings.wallMillis().getAsLong() - nanoTime() / 1_000_000;
  }

  private boolean isFresh(long notBefore) {
    return confirmed
        && !writer.isUnsettled()
        && confirmedAt - notBefore >= 0
        && Math.abs(ahead() - aheadThen) <= CLOCKS_DIFFER_MILLIS;
  }

  /**
   * Takes in a head.
   *
   * @param start when it was asked for
   */
  Version take(@Nullable Seen now, long start) {
    return take(now, start, null, null);
  }

  /**
   * @param mine what this process has committed by this head; null if nothing
   * @param changed the pages that it has changed; null if that is not known
   */
  private synchronized Version take(
      @Nullable Seen now, long start, @Nullable VersionRecord mine, long @Nullable [] changed) {
    State before = state;
    VersionRecord old = before.version().snapshot().record();
    VersionRecord record = now == null ? null : now.head().record();
    boolean same = before.seen() != null && record != null && record.uuid().equals(old.uuid());
    if (record != null && same && record.version() < old.version()) {
      if (start - before.since() < 0) {
        return before.version(); // it was asked for before our own commit
      }
      throw new S3VfsException(
          ErrorKind.CORRUPT,
          object.describe()
              + " has gone back from version "
              + old.version()
              + " to "
              + record.version());
    }
    boolean none = before.seen() == null && record == null;
    boolean isLate = start - before.since() < 0 || (confirmed && start - confirmedAt < 0);
    if (!same && !none && isLate) {
      doubt(); // another database: which of the two is newer cannot be told
      return before.version();
    }
    Version version = before.version();
    long since = before.since();
    if (record == null ? before.seen() != null : !same || record.version() != old.version()) {
      version = next(before.seen() == null ? null : old, record, mine, changed);
      since = nanoTime();
    } else if (record != null && !record.equals(old)) {
      // It was compacted.
      int view = version.snapshot().view();
      version = new Version(snapshots.of(record, view), version.generation());
    }
    state = new State(now, version, since);
    confirmedAt = start;
    aheadThen = ahead();
    confirmed = true;
    tell();
    return version;
  }

  /** The version that is the newest from now on: a new view of the page cache. */
  private Version next(
      @Nullable VersionRecord before,
      @Nullable VersionRecord record,
      @Nullable VersionRecord mine,
      long @Nullable [] changed) {
    if (views == Integer.MAX_VALUE) {
      return record == null ? nothing() : version(record);
    }
    long[] pagesChanged = null;
    if (before != null && record != null) {
      boolean isMine = record.version() == before.version() + 1 && record.equals(mine);
      pagesChanged = isMine && changed != null ? changed : record.changedSince(before);
    }
    views++;
    pages.view(views, pagesChanged);
    return record == null
        ? nothing()
        : new Version(snapshots.of(record, views), generations.incrementAndGet());
  }

  /** Takes in a head with our claim, or without it: that is no look at what others have done. */
  synchronized void takeOwn(Seen now, long start) {
    long looked = confirmedAt;
    long ahead = aheadThen;
    Version unused = take(now, start);
    confirmedAt = looked;
    aheadThen = ahead;
    tell();
  }

  /**
   * Takes in our commit; somebody may have committed after it.
   *
   * @param changed the pages that it has changed; null if that is not known
   */
  Version committed(Seen now, VersionRecord mine, long start, long @Nullable [] changed) {
    Version version = take(now, start, mine, changed);
    return version.snapshot().record().nonce().equals(mine.nonce()) ? version : version(mine);
  }

  /** A version to be read, the newest one or another one. */
  Version version(VersionRecord record) {
    return new Version(snapshots.of(record, 0), generations.incrementAndGet());
  }

  private Version nothing() {
    return version(VersionRecord.initial(surroundings.nonces().get()));
  }
}
