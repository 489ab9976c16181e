package io.github.s3vfs.changelog;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Cells (null, Long, Double, String, byte[]) as bytes: for each a letter, and the number in eight
 * bytes, or the length in four bytes and the bytes. Equal cells have equal bytes. Not thread-safe.
 */
final class RowBytes {
  private byte[] bytes = new byte[256];
  private int length;

  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  RowBytes clear() {
    length = 0;
    return this;
  }

  private void room(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }

  RowBytes add(int octet) {
    room(1);
    bytes[length++] = (byte) octet;
    return this;
  }

  RowBytes add(long word) {
    room(8);
    StateLog.putLong(bytes, length, word);
    length += 8;
    return this;
  }

  RowBytes whole(long number) {
    return add('i').add(number);
  }

  RowBytes real(double number) {
    return add('r').add(Double.doubleToRawLongBits(number));
  }

  RowBytes text(byte[] utf8) {
    return content('t', utf8);
  }

  RowBytes blob(byte[] content) {
    return content('b', content);
  }

  private RowBytes content(char kind, byte[] content) {
    room(1 + 4 + content.length);
    bytes[length] = (byte) kind;
    StateLog.putInt(bytes, length + 1, content.length);
    System.arraycopy(content, 0, bytes, length + 5, content.length);
    length += 5 + content.length;
    return this;
  }

  /** Adds a cell. */
  RowBytes cell(@Nullable Object cell) {
    if (cell == null) {
      return add('n');
    }
    if (cell instanceof Long number) {
      return whole(number);
    }
    if (cell instanceof Double number) {
      return real(number);
    }
    if (cell instanceof NoText bad) {
      return text(bad.bytes());
    }
    return cell instanceof String text
        ? text(text.getBytes(StandardCharsets.UTF_8))
        : blob((byte[]) cell);
  }

  /** Adds the cell of a row that begins at a place. */
  RowBytes cellOf(RowBytes row, int at) {
    int size = next(row.bytes, at) - at;
    room(size);
    System.arraycopy(row.bytes, at, bytes, length, size);
    length += size;
    return this;
  }

  /**
   * Makes the last cell, if it is a text, the one of those that are the same by a collation.
   *
   * @param at where the cell begins
   * @param collation one of SQLite's own; another one makes no difference
   */
  void collate(int at, String collation) {
    if (bytes[at] != 't') {
      return;
    }
    int start = at + 5;
    if (collation.equals("NOCASE")) {
      for (int i = start; i < length; i++) {
        bytes[i] = (byte) (bytes[i] >= 'A' && bytes[i] <= 'Z' ? bytes[i] + 'a' - 'A' : bytes[i]);
      }
    } else if (collation.equals("RTRIM")) {
      while (length > start && bytes[length - 1] == ' ') {
        length--;
      }
      StateLog.putInt(bytes, at + 1, length - start);
    }
  }

  /** The cell that begins at a place, or a {@link NoText}. */
  static @Nullable Object cell(byte[] from, int at) {
    return switch (from[at]) {
      case 'n' -> null;
      case 'i' -> (Object) StateLog.longAt(from, at + 1);
      case 'r' -> (Object) Double.longBitsToDouble(StateLog.longAt(from, at + 1));
      case 't' -> text(from, at + 5, StateLog.intAt(from, at + 1));
      default -> Arrays.copyOfRange(from, at + 5, at + 5 + StateLog.intAt(from, at + 1));
    };
  }

  private static Object text(byte[] from, int at, int length) {
    String text = new String(from, at, length, StandardCharsets.UTF_8);
    // What is there in place of bytes that are no UTF-8, or has been stored.
    boolean isSure = text.indexOf('\ufffd') < 0;
    byte[] bytes = isSure ? from : Arrays.copyOfRange(from, at, at + length);
    return isSure || Arrays.equals(bytes, text.getBytes(StandardCharsets.UTF_8))
        ? text
        : new NoText(bytes);
  }

  /** A cell with TEXT that is not UTF-8. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record NoText(byte[] bytes) {
    @Override
    public String toString() {
      return "TEXT that is not UTF-8, x'" + HexFormat.of().formatHex(bytes) + "'";
    }
  }

  /** Where the cell behind the one at a place begins. */
  static int next(byte[] from, int at) {
    return switch (from[at]) {
      case 'n' -> at + 1;
      case 'i', 'r' -> at + 9;
      default -> at + 5 + StateLog.intAt(from, at + 1);
    };
  }
}
