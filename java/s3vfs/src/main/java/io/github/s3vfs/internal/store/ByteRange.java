package io.github.s3vfs.internal.store;

/**
 * A range of an object's bytes.
 *
 * @param offset of the first byte, 0 or more
 * @param length in bytes, 1 or more
 */
public record ByteRange(long offset, long length) {
  /** Checks the bounds. */
  public ByteRange {
    if (offset < 0 || length < 1 || offset > Long.MAX_VALUE - length) {
      throw new IllegalArgumentException("byte range " + offset + "+" + length);
    }
  }

  /** The value of an HTTP Range header. */
  public String header() {
    return "bytes=" + offset + "-" + (offset + length - 1);
  }
}
