package io.github.s3vfs.select.internal.json;

import io.github.s3vfs.select.internal.io.ByteSink;

/** Escapes in strings, which are known to be right. */
final class JsonEscapes {
  private JsonEscapes() {}

  /** Appends the text of a string that has escapes. */
  static void unescape(byte[] b, int start, int end, ByteSink out) {
    int at = start;
    while (at < end) {
      byte c = b[at++];
      if (c != '\\') {
        out.put(c);
        continue;
      }
      byte letter = b[at++];
      switch (letter) {
        case 'b' -> out.put('\b');
        case 'f' -> out.put('\f');
        case 'n' -> out.put('\n');
        case 'r' -> out.put('\r');
        case 't' -> out.put('\t');
        case 'u' -> {
          int code = hex(b, at);
          at += 4;
          boolean pair =
              Character.isHighSurrogate((char) code)
                  && at + 6 <= end
                  && b[at] == '\\'
                  && b[at + 1] == 'u'
                  && Character.isLowSurrogate((char) hex(b, at + 2));
          if (pair) {
            code = Character.toCodePoint((char) code, (char) hex(b, at + 2));
            at += 6;
          }
          boolean half = code >= 0xD800 && code <= 0xDFFF;
          out.put(Character.toString(half ? 0xFFFD : code));
        }
        default -> out.put(letter);
      }
    }
  }

  private static int hex(byte[] b, int at) {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      value = value * 16 + Character.digit(b[at + i], 16);
    }
    return value;
  }
}
