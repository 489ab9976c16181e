package io.github.s3vfs.select.internal.io;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** An array of bytes that grows. */
public final class ByteSink {
  private byte[] bytes;
  private int length;

  /** An empty one with some room. */
  public ByteSink(int capacity) {
    bytes = new byte[capacity];
  }

  /** How many bytes are in it. */
  public int length() {
    return length;
  }

  /** The array; valid until the next byte comes. */
  public byte[] array() {
    return bytes;
  }

  /** Forgets everything behind a length. */
  public void truncate(int newLength) {
    length = newLength;
  }

  /** Appends one byte. */
  public void put(int value) {
    if (length == bytes.length) {
      grow(1);
    }
    bytes[length++] = (byte) value;
  }

  /** Appends bytes. */
  public void put(byte[] source, int start, int end) {
    int count = end - start;
    if (count > bytes.length - length) {
      grow(count);
    }
    System.arraycopy(source, start, bytes, length, count);
    length += count;
  }

  /** Appends all bytes. */
  public void put(byte[] source) {
    put(source, 0, source.length);
  }

  /** Appends text as UTF-8. */
  public void put(String text) {
    put(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Appends a number. */
  public void putLong(long value) {
    if (value < 0) {
      put(Long.toString(value));
      return;
    }
    int digits = 1;
    for (long rest = value; rest >= 10; rest /= 10) {
      digits++;
    }
    putPadded(value, digits);
  }

  /** Appends the last digits of a number that is not negative, with zeros in front. */
  public void putPadded(long value, int digits) {
    if (digits > bytes.length - length) {
      grow(digits);
    }
    long rest = value;
    for (int at = length + digits - 1; at >= length; at--) {
      bytes[at] = (byte) ('0' + (int) (rest % 10));
      rest /= 10;
    }
    length += digits;
  }

  private void grow(int more) {
    bytes =
        Arrays.copyOf(
            bytes,
            Math.max(
                Math.addExact(length, more),
                (int) Math.min(bytes.length * 2L, Integer.MAX_VALUE - 8)));
  }

  @Override
  public String toString() {
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }
}
