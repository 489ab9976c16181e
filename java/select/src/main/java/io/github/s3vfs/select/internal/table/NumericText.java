package io.github.s3vfs.select.internal.table;

import java.nio.charset.StandardCharsets;

/**
 * Texts that are numbers to SQLite: blanks, a sign, digits with a point among them or not, an
 * exponent, blanks. Values are correctly rounded.
 */
final class NumericText {
  /** Powers of ten that are exact. */
  private static final double[] POWERS = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22
  };

  /** Whole numbers below it are exact as floating-point numbers. */
  private static final long EXACT = 1L << 53;

  /** What a text is. */
  enum Form {
    NONE,
    INTEGER,
    REAL
  }

  private NumericText() {}

  /** Looks at the text of a cell, and puts its value into the cell's number or real. */
  static Form read(Cell cell) {
    byte[] b = cell.bytes;
    int at = cell.start;
    int end = cell.end;
    while (at < end && isBlank(b[at])) {
      at++;
    }
    while (end > at && isBlank(b[end - 1])) {
      end--;
    }
    int start = at;
    boolean negative = at < end && b[at] == '-';
    if (negative || (at < end && b[at] == '+')) {
      at++;
    }
    int digits = 0;
    int behindPoint = 0;
    boolean point = false;
    boolean fits = true;
    long mantissa = 0;
    for (; at < end; at++) {
      int digit = b[at] - '0';
      if (digit >= 0 && digit <= 9) {
        fits &= mantissa < 922_337_203_685_477_580L; // one more digit does not overflow
        if (fits) {
          mantissa = mantissa * 10 + digit;
        }
        digits++;
        behindPoint += point ? 1 : 0;
      } else if (b[at] == '.' && !point) {
        point = true;
      } else {
        break;
      }
    }
    if (digits == 0) {
      return Form.NONE;
    }
    if (at == end && !point) {
      return integer(cell, start, end, negative, fits, mantissa);
    }
    int exponent = 0;
    if (at < end) {
      if ((b[at] | 0x20) != 'e') {
        return Form.NONE;
      }
      at++;
      boolean down = at < end && b[at] == '-';
      if (down || (at < end && b[at] == '+')) {
        at++;
      }
      if (at == end) {
        return Form.NONE;
      }
      for (; at < end; at++) {
        int digit = b[at] - '0';
        if (digit < 0 || digit > 9) {
          return Form.NONE;
        }
        exponent = Math.min(exponent * 10 + digit, 1 << 20);
      }
      exponent = down ? -exponent : exponent;
    }
    int power = exponent - behindPoint;
    if (fits && mantissa < EXACT && power >= -22 && power <= 22) {
      double value = power < 0 ? mantissa / POWERS[-power] : mantissa * POWERS[power];
      cell.real = negative ? -value : value;
    } else {
      cell.real = parse(b, start, end);
    }
    return Form.REAL;
  }

  private static Form integer(
      Cell cell, int start, int end, boolean negative, boolean fits, long mantissa) {
    if (fits) {
      cell.number = negative ? -mantissa : mantissa;
      return Form.INTEGER;
    }
    try {
      cell.number = Long.parseLong(text(cell.bytes, start, end));
      return Form.INTEGER;
    } catch (NumberFormatException e) {
      cell.real = parse(cell.bytes, start, end);
      return Form.REAL;
    }
  }

  private static double parse(byte[] b, int start, int end) {
    return Double.parseDouble(text(b, start, end));
  }

  private static String text(byte[] b, int start, int end) {
    return new String(b, start, end - start, StandardCharsets.ISO_8859_1);
  }

  private static boolean isBlank(byte c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }
}
