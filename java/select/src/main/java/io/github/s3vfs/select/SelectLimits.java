package io.github.s3vfs.select;

/**
 * Bounds that keep a query from using up memory or time.
 *
 * @param maxRecordBytes of a CSV record, and of a value of JSON; 1 KiB to 16 MiB
 * @param maxInputBytes after decompression; 1 or more
 * @param maxRowErrors with this many rows that could not be computed a query ends; those before are
 *     left out. 1 ends it with the first
 * @param maxJsonDepth of arrays and objects within each other; 1 to 100,000
 */
public record SelectLimits(
    int maxRecordBytes, long maxInputBytes, int maxRowErrors, int maxJsonDepth) {
  /** Records of 1 MiB, any size of input, the 100th error, a depth of 1,000. */
  public static final SelectLimits DEFAULT = new SelectLimits(1 << 20, Long.MAX_VALUE, 100, 1_000);

  /**
   * Checks the bounds.
   *
   * @throws SelectException {@code INVALID_REQUEST}, naming the option
   */
  public SelectLimits {
    check("maxRecordBytes", maxRecordBytes, 1 << 10, 16 << 20);
    check("maxInputBytes", maxInputBytes, 1, Long.MAX_VALUE);
    check("maxRowErrors", maxRowErrors, 1, Integer.MAX_VALUE);
    check("maxJsonDepth", maxJsonDepth, 1, 100_000);
  }

  private static void check(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new SelectException(
          SelectError.INVALID_REQUEST,
          name + " " + value + " is not possible: expected " + least + " to " + most);
    }
  }

  /**
   * With another size of records.
   *
   * @param bytes of a record
   * @return the new limits
   */
  public SelectLimits withMaxRecordBytes(int bytes) {
    return new SelectLimits(bytes, maxInputBytes, maxRowErrors, maxJsonDepth);
  }

  /**
   * With another size of input.
   *
   * @param bytes after decompression
   * @return the new limits
   */
  public SelectLimits withMaxInputBytes(long bytes) {
    return new SelectLimits(maxRecordBytes, bytes, maxRowErrors, maxJsonDepth);
  }

  /**
   * With another count of errors.
   *
   * @param errors that end the query
   * @return the new limits
   */
  public SelectLimits withMaxRowErrors(int errors) {
    return new SelectLimits(maxRecordBytes, maxInputBytes, errors, maxJsonDepth);
  }
}
