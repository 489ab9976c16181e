package io.github.s3vfs.select.internal.eval;

import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;

/** Numbers as text. */
public final class Numbers {
  private static final double[] POWERS = new double[23];

  /** Longest text that is read as a decimal; its powers of ten are bounded, too. */
  private static final int MAX_DECIMAL_TEXT = 400;

  static {
    double power = 1;
    for (int i = 0; i < POWERS.length; i++) {
      POWERS[i] = power;
      power *= 10;
    }
  }

  private Numbers() {}

  /** An integer; spaces in front and a sign are possible. */
  static long parseLong(byte[] b, int start, int end) {
    int at = start;
    while (at < end && isBlank(b[at])) {
      at++;
    }
    boolean negative = at < end && b[at] == '-';
    if (at < end && (b[at] == '-' || b[at] == '+')) {
      at++;
    }
    int first = at;
    long value = 0;
    // Below this no digit can overflow.
    int safe = Math.min(end, at + 18);
    while (at < safe) {
      int digit = b[at] - '0';
      if (digit < 0 || digit > 9) {
        break;
      }
      value = value * 10 + digit;
      at++;
    }
    if (at == end && at > first) {
      return negative ? -value : value;
    }
    return slow(b, at, first, end, negative, value);
  }

  private static long slow(byte[] b, int from, int first, int end, boolean negative, long head) {
    int at = from;
    long value = -head;
    boolean overflow = false;
    while (at < end && b[at] >= '0' && b[at] <= '9') {
      int digit = b[at++] - '0';
      if (value < (Long.MIN_VALUE + digit) / 10) {
        overflow = true;
      } else {
        value = value * 10 - digit;
      }
    }
    if (at == first) {
      throw failed("int", "text cannot be converted to a number");
    } else if (at < end) {
      throw failed("int", "extra characters after the number");
    } else if (overflow || (!negative && value == Long.MIN_VALUE)) {
      throw failed("int", "converted value would fall out of the range of the result type!");
    }
    return negative ? value : -value;
  }

  static SelectException failed(String type, String why) {
    return new SelectException(SelectError.CAST_FAILED, type + " failed : " + why);
  }

  static boolean isBlank(byte b) {
    return b == ' ' || (b >= '\t' && b <= '\r');
  }

  /** A floating-point number, with spaces in front; digits with a point, and an exponent. */
  static double parseDouble(byte[] b, int start, int end) {
    int at = start;
    while (at < end && isBlank(b[at])) {
      at++;
    }
    int begin = at;
    boolean negative = at < end && b[at] == '-';
    if (at < end && (b[at] == '-' || b[at] == '+')) {
      at++;
    }
    long digits = 0;
    int count = 0;
    int scale = 0;
    boolean point = false;
    for (; at < end; at++) {
      int c = b[at];
      if (c >= '0' && c <= '9') {
        digits = digits * 10 + (c - '0');
        count++;
        scale += point ? 1 : 0;
      } else if (c == '.' && !point) {
        point = true;
      } else {
        break;
      }
    }
    if (count == 0) {
      return special(b, point ? end : at, end, negative);
    }
    if (at == end && count <= 15 && scale < POWERS.length) {
      double value = digits / POWERS[scale];
      return negative ? -value : value;
    }
    return exact(b, begin, at, end);
  }

  /** A word in place of digits. */
  private static double special(byte[] b, int at, int end, boolean negative) {
    if (end - at > 8) {
      throw failed("float", "text cannot be converted to a number");
    }
    return switch (new String(b, at, end - at, StandardCharsets.ISO_8859_1)
        .toLowerCase(java.util.Locale.ROOT)) {
      case "nan" -> Double.NaN;
      case "inf", "infinity" -> negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
      default -> throw failed("float", "text cannot be converted to a number");
    };
  }

  private static double exact(byte[] b, int begin, int digitsEnd, int end) {
    int at = exponentEnd(b, digitsEnd, end);
    if (at < end) {
      throw failed("float", "extra characters after the number");
    }
    return Double.parseDouble(new String(b, begin, end - begin, StandardCharsets.ISO_8859_1));
  }

  /** Behind an exponent, if there is one. */
  private static int exponentEnd(byte[] b, int from, int end) {
    if (from >= end || (b[from] != 'e' && b[from] != 'E')) {
      return from;
    }
    int at = from + 1;
    if (at < end && (b[at] == '+' || b[at] == '-')) {
      at++;
    }
    int first = at;
    while (at < end && b[at] >= '0' && b[at] <= '9') {
      at++;
    }
    return at == first ? from : at;
  }

  /** A decimal. */
  static BigDecimal parseDecimal(byte[] b, int start, int end) {
    int at = start;
    while (at < end && isBlank(b[at])) {
      at++;
    }
    try {
      BigDecimal value =
          end - at > MAX_DECIMAL_TEXT
              ? null
              : new BigDecimal(new String(b, at, end - at, StandardCharsets.ISO_8859_1));
      if (value == null || Math.abs((long) value.scale()) > MAX_DECIMAL_TEXT) {
        throw failed("decimal", "converted value would fall out of the range of the result type!");
      }
      return value;
    } catch (NumberFormatException e) {
      throw failed("decimal", "text cannot be converted to a number");
    }
  }

  /** A number of any type as CAST reads it, with spaces in front; false if it is none. */
  static boolean parseField(byte[] b, int start, int end, Value out) {
    int at = start;
    while (at < end && isBlank(b[at])) {
      at++;
    }
    return parse(b, at, end, out);
  }

  /** A number of any type, without spaces; false if it is none. */
  public static boolean parse(byte[] b, int start, int end, Value out) {
    int at = start;
    if (at < end && (b[at] == '-' || b[at] == '+')) {
      at++;
    }
    int first = at;
    while (at < end && b[at] >= '0' && b[at] <= '9') {
      at++;
    }
    int digits = at - first;
    if (at == end && digits > 0 && digits <= 18) {
      out.setInt(parseLong(b, start, end));
      return true;
    }
    int whole = at;
    if (at < end && b[at] == '.') {
      at++;
      while (at < end && b[at] >= '0' && b[at] <= '9') {
        at++;
      }
      digits += at - whole - 1;
    }
    if (digits == 0 || exponentEnd(b, at, end) != end) {
      return false;
    } else if (whole == end && digits < MAX_DECIMAL_TEXT) {
      large(b, start, end, out);
    } else {
      out.setDouble(parseDouble(b, start, end));
    }
    return true;
  }

  private static void large(byte[] b, int start, int end, Value out) {
    BigDecimal value = parseDecimal(b, start, end);
    if (value.toBigInteger().bitLength() < 64) {
      out.setInt(value.longValueExact());
    } else {
      out.setDecimal(value);
    }
  }
}
