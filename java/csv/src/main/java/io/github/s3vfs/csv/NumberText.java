package io.github.s3vfs.csv;

import org.jspecify.annotations.Nullable;

/** Decimal numbers as SQL writes them: no other digits, no white space, no hexadecimal. */
final class NumberText {
  private NumberText() {}

  /** A whole number of 64 bits, or null. */
  static @Nullable Long integer(String text) {
    int start = signs(text, 0);
    if (start == text.length() || digits(text, start) < text.length()) {
      return null;
    }
    try {
      return Long.valueOf(text);
    } catch (NumberFormatException e) {
      return null; // too large
    }
  }

  /** A number with or without a fraction and an exponent, or null. */
  static @Nullable Double real(String text) {
    int start = signs(text, 0);
    int at = digits(text, start);
    int count = at - start;
    if (at < text.length() && text.charAt(at) == '.') {
      int fraction = at + 1;
      at = digits(text, fraction);
      count += at - fraction;
    }
    if (count == 0) {
      return null;
    }
    if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
      int exponent = at + 1 + signs(text, at + 1);
      at = digits(text, exponent);
      if (at == exponent) {
        return null;
      }
    }
    return at == text.length() ? Double.valueOf(text) : null;
  }

  /** Whether a number would be written so: no plus, no leading zero. */
  static boolean isPlain(String text) {
    int start = text.startsWith("-") ? 1 : 0;
    return text.length() > start
        && text.charAt(start) != '+'
        && (text.charAt(start) != '0'
            || text.length() == start + 1
            || !isDigit(text.charAt(start + 1)));
  }

  private static int signs(String text, int at) {
    return at < text.length() && (text.charAt(at) == '-' || text.charAt(at) == '+') ? 1 : 0;
  }

  /** Where the digits that begin here end. */
  private static int digits(String text, int from) {
    int at = from;
    while (at < text.length() && isDigit(text.charAt(at))) {
      at++;
    }
    return at;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
