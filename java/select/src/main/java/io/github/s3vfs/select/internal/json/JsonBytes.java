package io.github.s3vfs.select.internal.json;

import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import io.github.s3vfs.select.internal.io.ByteInput;

/**
 * The bytes of JSON and its tokens, RFC 8259. What is skipped is checked, too. Only what is marked
 * is kept in memory, up to a limit.
 */
final class JsonBytes {
  private static final int BUFFER = 128 << 10;

  private final ByteInput input;
  private final int maxValueBytes;
  private final int maxDepth;

  private byte[] bytes = new byte[BUFFER];
  private int position;
  private int limit;
  private long base;

  /** From where bytes must be kept; -1 for nowhere. */
  private int mark = -1;

  /** The same of a whole value, in which there are marks. */
  private int hold = -1;

  /** Whether the string that was read last has escapes. */
  private boolean escaped;

  JsonBytes(ByteInput input, int maxValueBytes, int maxDepth) {
    this.input = input;
    this.maxValueBytes = maxValueBytes;
    this.maxDepth = maxDepth;
  }

  ByteInput input() {
    return input;
  }

  long offset() {
    return base + position;
  }

  byte[] array() {
    return bytes;
  }

  int position() {
    return position;
  }

  boolean escaped() {
    return escaped;
  }

  /** The next byte, without taking it; -1 at the end. */
  int peek() {
    return position < limit || more() ? bytes[position] & 0xFF : -1;
  }

  void advance() {
    position++;
  }

  /** The next byte that is no white space, without taking it. */
  int peekToken() {
    int c = peek();
    while (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
      position++;
      c = peek();
    }
    return c;
  }

  /** Takes a byte behind white space. */
  void expect(char wanted) {
    if (peekToken() != wanted) {
      throw unexpected("'" + wanted + "'");
    }
    position++;
  }

  /** Keeps all bytes from here on. */
  void mark() {
    mark = position;
  }

  /** Where the bytes begin that were kept; they may be overwritten from now on. */
  int release() {
    int start = mark;
    mark = -1;
    return start;
  }

  /** Keeps all bytes from here on, whatever is marked and released meanwhile. */
  void hold() {
    hold = position;
  }

  boolean isHeld() {
    return hold >= 0;
  }

  /** Where the bytes begin that were held. */
  int unhold() {
    int start = hold;
    hold = -1;
    return start;
  }

  private boolean more() {
    int keep = hold >= 0 ? hold : mark >= 0 ? mark : position;
    int kept = limit - keep;
    if (kept > maxValueBytes) {
      throw new SelectException(
          SelectError.OVER_MAX_RECORD_SIZE,
          "the value at byte "
              + (base + keep)
              + " is longer than "
              + maxValueBytes
              + " bytes, which is the limit");
    }
    byte[] target = kept > bytes.length / 2 ? new byte[bytes.length * 2] : bytes;
    System.arraycopy(bytes, keep, target, 0, kept);
    bytes = target;
    base += keep;
    position -= keep;
    limit = kept;
    mark = mark >= 0 ? mark - keep : -1;
    hold = hold >= 0 ? 0 : -1;
    int count = input.read(bytes, limit, bytes.length - limit);
    if (count <= 0) {
      return false;
    }
    limit += count;
    return true;
  }

  SelectException unexpected(String expected) {
    int c = peek();
    String found =
        c < 0
            ? "the end of the input"
            : c > ' ' && c < 0x7F ? "'" + (char) c + "'" : "byte 0x%02X".formatted(c);
    return error("expected " + expected + ", found " + found);
  }

  SelectException error(String message) {
    return new SelectException(
        SelectError.JSON_PARSING_ERROR, "JSON at byte " + offset() + ": " + message);
  }

  SelectException tooDeep() {
    return error("arrays and objects are nested deeper than " + maxDepth + ", which is the limit");
  }

  int maxDepth() {
    return maxDepth;
  }

  /**
   * Takes a string behind white space; it is marked, and its text lies between the release and the
   * position, without the closing quote.
   */
  void string() {
    expect('"');
    mark();
    inString();
  }

  private void inString() {
    escaped = false;
    while (true) {
      byte[] b = bytes;
      int at = position;
      int end = limit;
      while (at < end && b[at] != '"' && b[at] != '\\' && (b[at] >= ' ' || b[at] < 0)) {
        at++;
      }
      position = at;
      int c = peek();
      if (c == '"') {
        return;
      } else if (c == '\\') {
        escaped = true;
        position++;
        escape();
      } else if (c >= 0 && c < ' ') {
        throw unexpected("no control character in a string");
      } else if (c < 0) {
        throw error("a string has no end");
      }
    }
  }

  private void escape() {
    int c = peek();
    if (c != 'u') {
      if (c < 0 || "\"\\/bfnrt".indexOf(c) < 0) {
        throw unexpected("one of \"\\/bfnrtu behind a backslash");
      }
      position++;
      return;
    }
    position++;
    for (int i = 0; i < 4; i++) {
      if (Character.digit(peek(), 16) < 0) {
        throw unexpected("a hexadecimal digit");
      }
      position++;
    }
  }

  /** Takes a number; it is marked, and lies between the release and the position. */
  void number() {
    mark();
    if (peek() == '-') {
      position++;
    }
    if (peek() == '0') {
      position++;
    } else {
      digits();
    }
    if (peek() == '.') {
      position++;
      digits();
    }
    if (peek() == 'e' || peek() == 'E') {
      position++;
      if (peek() == '-' || peek() == '+') {
        position++;
      }
      digits();
    }
  }

  private void digits() {
    int c = peek();
    if (c < '0' || c > '9') {
      throw unexpected("a digit");
    }
    while (c >= '0' && c <= '9') {
      position++;
      c = peek();
    }
  }

  /** Takes true, false or null. */
  void word(String word) {
    for (int i = 0; i < word.length(); i++) {
      if (peek() != word.charAt(i)) {
        throw unexpected(word);
      }
      position++;
    }
  }

  /** Takes a string without keeping it. */
  void skipString() {
    expect('"');
    inString();
    position++;
  }
}
