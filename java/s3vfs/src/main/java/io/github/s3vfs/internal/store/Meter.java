package io.github.s3vfs.internal.store;

import io.github.s3vfs.S3VfsStats;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** Counts what one VFS does. Thread-safe. */
public final class Meter {
  final LongAdder gets = new LongAdder();
  final LongAdder puts = new LongAdder();
  final LongAdder deletes = new LongAdder();
  final LongAdder lists = new LongAdder();
  private final LongAdder over = new LongAdder();
  private final LongAdder nanos = new LongAdder();
  final LongAdder failures = new LongAdder();
  final LongAdder conflicts = new LongAdder();
  final LongAdder bytesReceived = new LongAdder();
  final LongAdder bytesSent = new LongAdder();
  private final LongAdder resent = new LongAdder();
  private final LongAdder cacheHits = new LongAdder();
  private final LongAdder cacheMisses = new LongAdder();
  private final LongAdder prefetched = new LongAdder();
  private final LongAdder prefetchedUsed = new LongAdder();
  private final LongAdder prefetchedWasted = new LongAdder();
  private final LongAdder diskHits = new LongAdder();
  private final LongAdder diskMisses = new LongAdder();
  private final LongAdder commits = new LongAdder();
  private final LongAdder refusals = new LongAdder();
  private final LongAdder upcalls = new LongAdder();

  /** A request is over, after so many nanoseconds. */
  void over(long took) {
    nanos.add(took);
    over.increment();
  }

  /** A PUT was sent again. */
  public void resent() {
    resent.increment();
  }

  /** A reader wanted a block. */
  public void cacheAsked(boolean hit) {
    (hit ? cacheHits : cacheMisses).increment();
  }

  /**
   * A block has come before anybody wanted it.
   *
   * @param wasted whether it is not kept
   */
  public void prefetched(boolean wasted) {
    prefetched.increment();
    if (wasted) {
      prefetchedWasted.increment();
    }
  }

  /** A block that was fetched ahead was read for the first time, or is given up unread. */
  public void prefetchEnded(boolean used) {
    (used ? prefetchedUsed : prefetchedWasted).increment();
  }

  /** A reader wanted what may be on disk. */
  public void diskAsked(boolean hit) {
    (hit ? diskHits : diskMisses).increment();
  }

  /** A transaction was stored. */
  public void committed() {
    commits.increment();
  }

  /** A write transaction could not begin, as another process has the lease. */
  public void refused() {
    refusals.increment();
  }

  /** SQLite called. */
  public void upcall() {
    upcalls.increment();
  }

  /**
   * What is not counted here.
   *
   * @param cacheBytes how much is in memory
   * @param cacheHits further reads from memory
   * @param prefetched further pages that were fetched ahead
   * @param prefetchedUsed of these, those that were read
   * @param prefetchedWasted of these, those that were given up unread
   * @param diskBytes how much is on disk
   */
  public record Elsewhere(
      long cacheBytes,
      long cacheHits,
      long prefetched,
      long prefetchedUsed,
      long prefetchedWasted,
      long diskBytes) {
    /** Nothing. */
    public static final Elsewhere NONE = new Elsewhere(0, 0, 0, 0, 0, 0);
  }

  /** The numbers now. */
  public S3VfsStats stats(Elsewhere elsewhere) {
    // Read first: what becomes of a page is never counted before that it was fetched.
    long used = prefetchedUsed.sum() + elsewhere.prefetchedUsed();
    long wasted = prefetchedWasted.sum() + elsewhere.prefetchedWasted();
    // Read first: a request is never over before it is counted.
    long ended = over.sum();
    long got = gets.sum();
    long put = puts.sum();
    long deleted = deletes.sum();
    long listed = lists.sum();
    return new S3VfsStats(
        got,
        put,
        deleted,
        listed,
        got + put + deleted + listed - ended,
        Duration.ofNanos(nanos.sum()),
        failures.sum(),
        conflicts.sum(),
        resent.sum(),
        bytesReceived.sum(),
        bytesSent.sum(),
        cacheHits.sum() + elsewhere.cacheHits(),
        cacheMisses.sum(),
        elsewhere.cacheBytes(),
        prefetched.sum() + elsewhere.prefetched(),
        used,
        wasted,
        diskHits.sum(),
        diskMisses.sum(),
        elsewhere.diskBytes(),
        commits.sum(),
        refusals.sum(),
        upcalls.sum());
  }
}
