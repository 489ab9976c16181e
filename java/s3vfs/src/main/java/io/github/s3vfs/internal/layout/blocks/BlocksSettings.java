package io.github.s3vfs.internal.layout.blocks;

import java.time.Duration;

/**
 * How a volume behaves.
 *
 * @param blockSize bytes per block of a new database, 1 to 64 MiB
 * @param blockSizeGiven whether the user chose blockSize; if not, that of an existing database is
 *     found out
 * @param writeBufferBytes how much a transaction keeps in memory before it is stored early
 * @param parallelism the most requests under way at once for one operation
 * @param leaseTerm how long a writer may be silent before another process takes over; more than
 *     timeout
 * @param timeout how long one request may take, its retries included
 */
public record BlocksSettings(
    int blockSize,
    boolean blockSizeGiven,
    long writeBufferBytes,
    int parallelism,
    Duration leaseTerm,
    Duration timeout) {

  /** Most bytes of blocks that are on their way at once. */
  private static final int BYTES_AT_ONCE = 64 << 20;

  /** A listing may take so many times as long as a request: each of its pages is one. */
  private static final int LISTING = 4;

  /** How long a listing may take, or what may need one. */
  Duration listTimeout() {
    return timeout.multipliedBy(LISTING);
  }

  /** How many requests that carry a block may be under way at once. */
  int requestsAtOnce() {
    return Math.max(1, Math.min(parallelism, BYTES_AT_ONCE / blockSize));
  }
}
