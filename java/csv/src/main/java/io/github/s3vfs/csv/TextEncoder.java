package io.github.s3vfs.csv;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;

/** Encodes files record by record; a character that the charset lacks is an error. */
final class TextEncoder {
  private static final int KEPT = 64 << 10;
  private static final CharBuffer NOTHING = CharBuffer.allocate(0);

  private final CharsetEncoder encoder;
  private final boolean mark;
  private ByteBuffer bytes = ByteBuffer.allocate(KEPT);

  TextEncoder(CsvExportOptions options) {
    encoder =
        options
            .format()
            .charset()
            .newEncoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    mark = options.byteOrderMark() && !marksByItself();
  }

  /** Whether the encoder begins with a byte order mark, as that of UTF-16 does. */
  private boolean marksByItself() {
    String one = "a";
    return 2 * one.getBytes(encoder.charset()).length
        != one.repeat(2).getBytes(encoder.charset()).length;
  }

  /** Begins a file: the bytes in front of the first record. Valid until the next call. */
  ByteBuffer begin() throws CsvException {
    encoder.reset();
    return mark
        ? encode(CharBuffer.wrap(new char[] {CsvFormat.BYTE_ORDER_MARK}), 0)
        : ByteBuffer.allocate(0);
  }

  /**
   * The bytes of a record. Valid until the next call.
   *
   * @param record whole, so that no surrogate waits for its other half
   * @param row its number, for messages; 0 for the header
   */
  ByteBuffer encode(CharBuffer record, long row) throws CsvException {
    clear();
    CoderResult result = encoder.encode(record, bytes, false);
    while (result.isOverflow()) {
      grow();
      result = encoder.encode(record, bytes, false);
    }
    if (result.isError()) {
      int character = Character.codePointAt(record, 0);
      throw new CsvException(
          (row == 0 ? "the header" : "row " + row)
              + String.format(" has the character U+%04X, which is not in ", character)
              + encoder.charset(),
          row,
          null,
          null);
    }
    return bytes.flip();
  }

  /** Ends a file: the bytes behind the last record. Valid until the next call. */
  ByteBuffer end() {
    clear();
    encoder.encode(NOTHING.duplicate(), bytes, true);
    encoder.flush(bytes); // a few bytes at most
    return bytes.flip();
  }

  private void clear() {
    if (bytes.capacity() > KEPT) {
      bytes = ByteBuffer.allocate(KEPT);
    }
    bytes.clear();
  }

  private void grow() {
    if (bytes.capacity() == Integer.MAX_VALUE - 8) {
      throw new OutOfMemoryError("a record of more than 2^31 bytes");
    }
    int capacity = (int) Math.min(2L * bytes.capacity(), Integer.MAX_VALUE - 8);
    bytes = ByteBuffer.allocate(capacity).put(bytes.flip());
  }
}
