package io.github.s3vfs.internal.store;

import io.github.s3vfs.S3VfsStats;
import java.util.concurrent.atomic.LongAdder;

/** Counts what one VFS does. Thread-safe. */
public final class Meter {
  final LongAdder gets = new LongAdder();
  final LongAdder puts = new LongAdder();
  final LongAdder deletes = new LongAdder();
  final LongAdder lists = new LongAdder();
  final LongAdder failures = new LongAdder();
  final LongAdder bytesReceived = new LongAdder();
  final LongAdder bytesSent = new LongAdder();
  private final LongAdder resent = new LongAdder();
  private final LongAdder cacheHits = new LongAdder();
  private final LongAdder cacheMisses = new LongAdder();
  private final LongAdder commits = new LongAdder();
  private final LongAdder upcalls = new LongAdder();

  /** A PUT was sent again. */
  public void resent() {
    resent.increment();
  }

  /** A reader wanted a block. */
  public void cacheAsked(boolean hit) {
    (hit ? cacheHits : cacheMisses).increment();
  }

  /** A transaction was stored. */
  public void committed() {
    commits.increment();
  }

  /** SQLite called. */
  public void upcall() {
    upcalls.increment();
  }

  /** The numbers now. */
  public S3VfsStats stats(long cacheBytes) {
    return new S3VfsStats(
        gets.sum(),
        puts.sum(),
        deletes.sum(),
        lists.sum(),
        failures.sum(),
        resent.sum(),
        bytesReceived.sum(),
        bytesSent.sum(),
        cacheHits.sum(),
        cacheMisses.sum(),
        cacheBytes,
        commits.sum(),
        upcalls.sum());
  }
}
