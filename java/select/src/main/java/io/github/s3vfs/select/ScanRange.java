package io.github.s3vfs.select;

/**
 * Part of an object: the records whose first byte is in it. The last of them is read to its end,
 * and what is left of a record that began before is not read. Of Parquet, the row groups whose
 * first byte is in it.
 *
 * @param start the first byte, from 0
 * @param end the last byte, inclusive; {@link Long#MAX_VALUE} for the end of the object
 */
public record ScanRange(long start, long end) {
  /** The whole object. */
  public static final ScanRange ALL = new ScanRange(0, Long.MAX_VALUE);

  /**
   * Checks the bounds.
   *
   * @throws SelectException {@code INVALID_SCAN_RANGE}
   */
  public ScanRange {
    if (start < 0 || end < start) {
      throw new SelectException(
          SelectError.INVALID_SCAN_RANGE,
          "a scan range of " + start + " to " + end + " is not possible");
    }
  }

  /**
   * As S3 takes a range that has an end only.
   *
   * @param bytes how many of the last bytes
   * @param size of the object
   * @return the range
   * @throws SelectException {@code INVALID_SCAN_RANGE}
   */
  public static ScanRange last(long bytes, long size) {
    return new ScanRange(Math.max(0, size - bytes), Long.MAX_VALUE);
  }

  /**
   * Whether this is the whole object.
   *
   * @return whether nothing is left out
   */
  public boolean isAll() {
    return start == 0 && end == Long.MAX_VALUE;
  }
}
