package io.github.s3vfs.select;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Where to begin to look for record delimiters in the middle of an object, if a delimiter can
 * overlap itself: of {@code |||} the first two bytes are a delimiter {@code ||}, and the last two
 * are not.
 */
final class Overlap {
  private static final int STEP = 64 << 10;

  private Overlap() {}

  /** The offset, or one before it from which on delimiters are found as from the start. */
  static long start(ObjectSource source, CsvInput csv, long offset) {
    byte[] delimiter = csv.recordDelimiter().getBytes(StandardCharsets.UTF_8);
    int period = period(delimiter);
    if (period == delimiter.length) {
      return offset;
    }
    // A run of overlapping delimiters repeats with the period: go to where it begins.
    long at = offset;
    byte[] window = new byte[0];
    long windowStart = at;
    while (at > 0) {
      if (window.length == 0 || (at - delimiter.length < windowStart && windowStart > 0)) {
        long from = Math.max(0, windowStart - STEP);
        window = read(source, from, (int) (Math.min(source.size(), at + delimiter.length) - from));
        windowStart = from;
      }
      if (!touches(window, (int) (at - windowStart), delimiter)) {
        return at;
      }
      at--;
    }
    return 0;
  }

  /** Whether a delimiter begins before a place and reaches it. */
  private static boolean touches(byte[] b, int at, byte[] delimiter) {
    for (int start = Math.max(0, at - delimiter.length + 1); start < at; start++) {
      if (start + delimiter.length <= b.length
          && Arrays.equals(b, start, start + delimiter.length, delimiter, 0, delimiter.length)) {
        return true;
      }
    }
    return false;
  }

  private static int period(byte[] delimiter) {
    for (int period = 1; period < delimiter.length; period++) {
      if (Arrays.equals(
          delimiter, period, delimiter.length, delimiter, 0, delimiter.length - period)) {
        return period;
      }
    }
    return delimiter.length;
  }

  private static byte[] read(ObjectSource source, long offset, int length) {
    try (InputStream stream = source.open(offset, length)) {
      return stream.readNBytes(length);
    } catch (IOException e) {
      throw new SelectException(SelectError.READ_FAILED, source.name() + ": " + e.getMessage(), e);
    }
  }
}
