package io.github.s3vfs.transfer;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;

/**
 * How an object is cut into parts ("Amazon S3 multipart upload limits" in the S3 User Guide: 1 to
 * 10,000 parts of 5 MiB to 5 GiB, the last one of any size). Pure.
 */
final class PartSizes {
  static final long MIB = 1L << 20;

  /** The least size of every part but the last. */
  static final long MIN_PART = 5 * MIB;

  /** The largest part. */
  static final long MAX_PART = 5L << 30;

  /** The most parts. */
  static final int MAX_PARTS = 10_000;

  /** The largest object: 48.8 TiB. */
  static final long MAX_OBJECT = MAX_PARTS * MAX_PART;

  /** The largest part that is sent from memory. */
  static final long MAX_BUFFERED = 1L << 30;

  /** Up to here parts are as large as was wished where the end is not known. */
  private static final int UNGROWN = 5_000;

  /** Then their size doubles each time. */
  private static final int DOUBLED_EVERY = 500;

  private PartSizes() {}

  /**
   * The size of the parts of an object of known length.
   *
   * @param total its length in bytes
   * @param wished 5 MiB to 5 GiB
   * @return as wished, or so much more that the parts are few enough
   * @throws S3VfsException {@code INVALID} if the object is too large
   */
  static long ofTotal(long total, long wished) {
    if (total > MAX_OBJECT) {
      throw new S3VfsException(
          ErrorKind.INVALID,
          "an object of "
              + total
              + " bytes: S3 takes at most "
              + MAX_PARTS
              + " parts of 5 GiB, which are "
              + MAX_OBJECT
              + " bytes");
    }
    long least = (total + MAX_PARTS - 1) / MAX_PARTS;
    return least <= wished ? wished : Math.min(MAX_PART, (least + MIB - 1) / MIB * MIB);
  }

  /**
   * The size of a part that is sent from memory, of an object whose end is not known. With 8 MiB
   * the first 39 GiB are in such parts, and 10,000 parts take more than 2 TiB.
   *
   * @param number of the part, 1 to 10,000
   * @param wished 5 MiB to 1 GiB
   */
  static long buffered(int number, long wished) {
    int doublings = number <= UNGROWN ? 0 : 1 + (number - UNGROWN - 1) / DOUBLED_EVERY;
    return Math.min(MAX_BUFFERED, wished << Math.min(doublings, 20));
  }
}
