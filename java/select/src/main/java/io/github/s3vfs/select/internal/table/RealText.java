package io.github.s3vfs.select.internal.table;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.stream.IntStream;

/**
 * Floating-point numbers as SQLite makes text of them: {@code %!.17g} of its printf, with fewer
 * digits where the others are only nines or zeros and the number is the same without them ({@code
 * sqlite3FpDecode}, from 3.53 on).
 */
final class RealText {
  private static final int DIGITS = 17;
  private static final MathContext ROUNDED = new MathContext(DIGITS, RoundingMode.HALF_UP);

  private static final long FRACTION = (1L << 52) - 1;
  private static final int MIN_SCALE = -291;
  private static final int MAX_SCALE = 341;
  private static final long[] POWERS =
      IntStream.rangeClosed(MIN_SCALE, MAX_SCALE).mapToLong(RealText::power).toArray();

  /** Nines and zeros count from here on. */
  private static final int NINES = 14;

  private static final int ZEROS = 13;

  private RealText() {}

  static String of(double value) {
    if (value == 0) {
      return "0.0";
    } else if (Double.isNaN(value) || Double.isInfinite(value)) {
      return value > 0 ? "Inf" : "-Inf";
    }
    double size = Math.abs(value);
    BigDecimal shown = digits(decoded(size), size).stripTrailingZeros();
    StringBuilder text = new StringBuilder(24);
    if (value < 0) {
      text.append('-');
    }
    write(shown.unscaledValue().toString(), shown.precision() - shown.scale(), text);
    return text.toString();
  }

  /** The 18 or 19 digits that SQLite has before it rounds, with its powers of 64 bits. */
  private static BigDecimal decoded(double size) {
    long fraction = Double.doubleToRawLongBits(size) & FRACTION;
    int power = Math.getExponent(size) - 63;
    long mantissa = fraction << 11 | Long.MIN_VALUE;
    if (size < Double.MIN_NORMAL) {
      int zeros = Long.numberOfLeadingZeros(fraction);
      mantissa = fraction << zeros;
      power = Double.MIN_EXPONENT - 52 - zeros;
    }
    int scale = DIGITS - (((power + 63) * 78_913) >> 18); // times log10(2), rounded down
    int bits = (scale * 108_853) >> 15; // times log2(10), rounded down
    long doubled = high(mantissa, POWERS[scale - MIN_SCALE]) >>> -(power + bits + 2);
    return BigDecimal.valueOf((doubled >>> 1) + (doubled & 1), scale);
  }

  /** The upper half of the product of two numbers without sign. */
  private static long high(long a, long b) {
    return Math.multiplyHigh(a, b) + (a >> 63 & b) + (b >> 63 & a);
  }

  /** The first 64 bits of a power of ten. */
  private static long power(int scale) {
    BigInteger ten = BigInteger.TEN.pow(Math.abs(scale));
    BigInteger value = scale < 0 ? BigInteger.ONE.shiftLeft(64 + ten.bitLength()).divide(ten) : ten;
    return value.shiftRight(value.bitLength() - 64).longValue();
  }

  private static BigDecimal digits(BigDecimal decoded, double size) {
    String digits = decoded.unscaledValue().toString();
    int point = decoded.precision() - decoded.scale();
    int kept = -1;
    int up = 0;
    if (digits.charAt(NINES) == '9' && digits.charAt(NINES + 1) == '9') {
      kept = behind(digits, NINES, '9');
      up = 1;
    } else if (point >= digits.length() || digits.substring(ZEROS, ZEROS + 3).equals("000")) {
      kept = behind(digits, ZEROS, '0');
    }
    if (kept >= 0) {
      long few = (kept == 0 ? 0 : Long.parseLong(digits.substring(0, kept))) + up;
      BigDecimal shorter = BigDecimal.valueOf(few, kept - point);
      if (shorter.doubleValue() == size) {
        return shorter;
      }
    }
    return decoded.round(ROUNDED);
  }

  /** Behind the last digit that is another one. */
  private static int behind(CharSequence digits, int end, char digit) {
    int at = end;
    while (at > 0 && digits.charAt(at - 1) == digit) {
      at--;
    }
    return at;
  }

  /** Writes digits that have the point behind so many of them. */
  private static void write(String digits, int point, StringBuilder text) {
    if (point > DIGITS || point < -3) {
      text.append(digits.charAt(0)).append('.');
      text.append(digits.length() == 1 ? "0" : digits.substring(1));
      int exponent = Math.abs(point - 1);
      text.append(point > 0 ? "e+" : "e-").append(exponent < 10 ? "0" : "").append(exponent);
    } else if (point <= 0) {
      text.append("0.").append("0".repeat(-point)).append(digits);
    } else if (digits.length() <= point) {
      text.append(digits).append("0".repeat(point - digits.length())).append(".0");
    } else {
      text.append(digits, 0, point).append('.').append(digits, point, digits.length());
    }
  }
}
