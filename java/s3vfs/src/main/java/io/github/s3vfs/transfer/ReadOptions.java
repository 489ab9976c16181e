package io.github.s3vfs.transfer;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.util.Objects;

/**
 * How an object is read. Immutable.
 *
 * @param offset where to begin, in bytes; at or behind the end nothing is read
 * @param length how many bytes at most; {@link Long#MAX_VALUE} for all there are
 * @param partSizeBytes of each request, 64 KiB to 1 GiB
 * @param concurrency the most parts that are under way, or in memory unread, at once; 1 to 256
 * @param progress is told of bytes that were handed to the reader
 */
public record ReadOptions(
    long offset, long length, long partSizeBytes, int concurrency, TransferProgress progress) {

  /**
   * Everything, in parts of 8 MiB, at most 8 at once; smaller and fewer where the heap has less
   * than 1 GiB.
   */
  public static final ReadOptions DEFAULT = ofHeap(Runtime.getRuntime().maxMemory());

  private static final long LEAST_PART = 64 << 10;

  /**
   * Checks the bounds.
   *
   * @throws S3VfsException {@code INVALID}, naming the option
   */
  public ReadOptions {
    Objects.requireNonNull(progress, "progress");
    check(offset >= 0 && length >= 0, "offset " + offset + " and length " + length, "0 or more");
    check(
        partSizeBytes >= LEAST_PART && partSizeBytes <= PartSizes.MAX_BUFFERED,
        "partSizeBytes " + partSizeBytes,
        LEAST_PART + " to " + PartSizes.MAX_BUFFERED);
    check(concurrency >= 1 && concurrency <= 256, "concurrency " + concurrency, "1 to 256");
  }

  /**
   * A part that is under way is in memory twice: as it comes from the client, and as it is kept.
   */
  private static ReadOptions ofHeap(long heap) {
    long partSize = Math.max(PartSizes.MIB, Math.min(UploadOptions.DEFAULT_PART_SIZE, heap / 64));
    int concurrency = (int) Math.max(2, Math.min(8, heap / 16 / partSize));
    return new ReadOptions(0, Long.MAX_VALUE, partSize, concurrency, TransferProgress.NONE);
  }

  static void check(boolean holds, String what, String expected) {
    if (!holds) {
      throw new S3VfsException(ErrorKind.INVALID, what + " is not possible: expected " + expected);
    }
  }

  /**
   * With another range.
   *
   * @param newOffset where to begin
   * @param newLength how many bytes at most
   * @return the new options
   * @throws S3VfsException {@code INVALID}
   */
  public ReadOptions withRange(long newOffset, long newLength) {
    return new ReadOptions(newOffset, newLength, partSizeBytes, concurrency, progress);
  }

  /**
   * With other parts.
   *
   * @param newPartSizeBytes of each request
   * @param newConcurrency at once
   * @return the new options
   * @throws S3VfsException {@code INVALID}
   */
  public ReadOptions withParts(long newPartSizeBytes, int newConcurrency) {
    return new ReadOptions(offset, length, newPartSizeBytes, newConcurrency, progress);
  }

  /**
   * With somebody who is told.
   *
   * @param newProgress in place of the other one
   * @return the new options
   */
  public ReadOptions withProgress(TransferProgress newProgress) {
    return new ReadOptions(offset, length, partSizeBytes, concurrency, newProgress);
  }
}
