package io.github.s3vfs.csv;

/** Values in messages: short, on one line, in quotes. */
final class Excerpt {
  private static final int LENGTH = 40;

  private Excerpt() {}

  static String of(String value) {
    StringBuilder text = new StringBuilder("'");
    int end = Math.min(value.length(), LENGTH);
    if (end < value.length() && Character.isHighSurrogate(value.charAt(end - 1))) {
      end--;
    }
    for (int i = 0; i < end; i++) {
      char c = value.charAt(i);
      switch (c) {
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        default -> {
          if (Character.isISOControl(c) || c == CsvFormat.BYTE_ORDER_MARK) {
            text.append(String.format("\\u%04x", (int) c));
          } else {
            text.append(c);
          }
        }
      }
    }
    text.append('\'');
    if (end < value.length()) {
      text.append("... (").append(value.length()).append(" characters)");
    }
    return text.toString();
  }
}
