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
   * The numbers now.
   *
   * @param cacheBytes how much is in memory
   * @param moreHits reads from memory that were not counted here
   * @param diskBytes how much is on disk
   */
  public S3VfsStats stats(long cacheBytes, long moreHits, long diskBytes) {
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
        cacheHits.sum() + moreHits,
        cacheMisses.sum(),
        cacheBytes,
        diskHits.sum(),
        diskMisses.sum(),
        diskBytes,
        commits.sum(),
        refusals.sum(),
        upcalls.sum());
  }
}
