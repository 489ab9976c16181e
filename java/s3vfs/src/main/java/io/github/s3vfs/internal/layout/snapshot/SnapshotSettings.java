package io.github.s3vfs.internal.layout.snapshot;

import java.time.Duration;

/**
 * How a volume behaves.
 *
 * @param writeBufferBytes how much of a transaction is kept in memory, segments that are under way
 *     included; the rest is in temporary files
 * @param optimistic whether write transactions begin without a claim
 * @param claimTerm how long a writer may be silent before another process takes over
 * @param retention how long a version can be read after it was replaced
 * @param upkeep whether this process compacts and collects by itself
 * @param timeout how long one request may take, its retries included
 */
public record SnapshotSettings(
    long writeBufferBytes,
    boolean optimistic,
    Duration claimTerm,
    Duration retention,
    boolean upkeep,
    Duration timeout) {

  /** Most bytes of a segment, unless the store takes less, or there is little memory. */
  private static final int SEGMENT_BYTES = 8 << 20;

  private static final int LEAST_SEGMENT_BYTES = 1 << 20;

  /** How much the changed pages keep in memory, and the journal as much. */
  long scratchBytes() {
    return writeBufferBytes / 4;
  }

  /** How many bytes of segments are under way at once. */
  long uploadBytes() {
    return writeBufferBytes / 2;
  }

  /** Bytes of a segment for a store that takes that many under a condition. */
  int segmentBytes(long maxConditionalPut) {
    long most = Math.min(SEGMENT_BYTES, maxConditionalPut);
    return (int) Math.min(most, Math.max(LEAST_SEGMENT_BYTES, writeBufferBytes / 4));
  }
}
