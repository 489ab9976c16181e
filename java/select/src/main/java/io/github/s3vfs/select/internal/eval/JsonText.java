package io.github.s3vfs.select.internal.eval;

import io.github.s3vfs.select.internal.io.ByteSink;

/** Values as JSON. */
public final class JsonText {
  private static final byte[] NULL = {'n', 'u', 'l', 'l'};
  private static final String HEX = "0123456789abcdef";

  private JsonText() {}

  /** Writes a value; numbers that JSON does not have are null. */
  public static void value(Value value, ByteSink sink) {
    switch (value.kind) {
      case NULL -> sink.put(NULL);
      case BOOL, INT, DECIMAL -> Text.write(value, sink);
      case DOUBLE -> {
        if (Double.isNaN(value.real) || Double.isInfinite(value.real)) {
          sink.put(NULL);
        } else {
          Text.writeDouble(value.real, sink);
        }
      }
      case STRING -> string(value.bytes, value.start, value.end, sink);
      case TIMESTAMP -> {
        sink.put('"');
        Timestamps.write(value, sink);
        sink.put('"');
      }
      case NESTED -> nested(value.bytes, value.start, value.end, sink);
    }
  }

  /** Writes text with quotes and escapes; bytes that are not UTF-8 become U+FFFD. */
  public static void string(byte[] b, int start, int end, ByteSink sink) {
    sink.put('"');
    int at = start;
    while (at < end) {
      int next = Text.next(b, at, end);
      byte c = b[at];
      if (c < 0) {
        boolean single = next == at + 1;
        int codePoint = Text.codePoint(b, at, next);
        boolean bad = single || (codePoint >= 0xD800 && codePoint <= 0xDFFF);
        if (bad) {
          sink.put("\uFFFD");
        } else {
          sink.put(b, at, next);
        }
      } else if (c == '"' || c == '\\') {
        sink.put('\\');
        sink.put(c);
      } else if (c < ' ') {
        control(c, sink);
      } else {
        sink.put(c);
      }
      at = next;
    }
    sink.put('"');
  }

  private static void control(byte c, ByteSink sink) {
    switch (c) {
      case '\n' -> sink.put("\\n");
      case '\t' -> sink.put("\\t");
      case '\r' -> sink.put("\\r");
      default -> {
        sink.put("\\u00");
        sink.put(HEX.charAt(c >> 4));
        sink.put(HEX.charAt(c & 15));
      }
    }
  }

  /** Copies JSON without the white space between its tokens. */
  static void nested(byte[] b, int start, int end, ByteSink sink) {
    boolean quoted = false;
    for (int i = start; i < end; i++) {
      byte c = b[i];
      if (!quoted && (c == ' ' || c == '\n' || c == '\t' || c == '\r')) {
        continue;
      }
      sink.put(c);
      if (c == '"') {
        quoted = !quoted;
      } else if (c == '\\' && i + 1 < end) {
        sink.put(b[++i]);
      }
    }
  }
}
