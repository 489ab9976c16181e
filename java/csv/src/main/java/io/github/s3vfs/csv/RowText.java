package io.github.s3vfs.csv;

import java.io.Writer;
import java.nio.CharBuffer;
import java.util.Arrays;

/** The characters of one record. Not thread-safe. */
final class RowText extends Writer {
  private static final int KEPT = 64 << 10;

  private char[] chars = new char[1024];
  private int length;

  @Override
  public void write(int c) {
    reserve(1);
    chars[length++] = (char) c;
  }

  @Override
  public void write(char[] source, int offset, int count) {
    reserve(count);
    System.arraycopy(source, offset, chars, length, count);
    length += count;
  }

  @Override
  public void write(String source, int offset, int count) {
    reserve(count);
    source.getChars(offset, offset + count, chars, length);
    length += count;
  }

  private void reserve(int count) {
    if (count > chars.length - length) {
      long wanted = Math.max(2L * chars.length, (long) length + count);
      if ((long) length + count > Integer.MAX_VALUE - 8) {
        throw new OutOfMemoryError("a record of more than 2^31 characters");
      }
      chars = Arrays.copyOf(chars, (int) Math.min(wanted, Integer.MAX_VALUE - 8));
    }
  }

  /** Begins the next record; the memory of an unusually long one is given back. */
  void clear() {
    length = 0;
    if (chars.length > KEPT) {
      chars = new char[KEPT];
    }
  }

  /** Valid until the next change. */
  CharBuffer content() {
    return CharBuffer.wrap(chars, 0, length);
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
