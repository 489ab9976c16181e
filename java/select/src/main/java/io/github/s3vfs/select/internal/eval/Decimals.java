package io.github.s3vfs.select.internal.eval;

import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Decimals: their operators, and how large and how small they can be. */
final class Decimals {
  /** Most digits in front of the point, and behind it. */
  static final int MAX_DIGITS = 500;

  private static final MathContext PRECISION = new MathContext(38, RoundingMode.HALF_EVEN);
  private static final MathContext REMAINDER = new MathContext(200, RoundingMode.DOWN);

  private Decimals() {}

  /** Computes {@code a operator b}; the divisor is not zero. */
  static BigDecimal apply(char operator, BigDecimal a, BigDecimal b) {
    try {
      return bounded(
          switch (operator) {
            case '+' -> a.add(b, PRECISION);
            case '-' -> a.subtract(b, PRECISION);
            case '*' -> a.multiply(b, PRECISION);
            case '/' -> a.divide(b, PRECISION);
            default -> a.remainder(b, REMAINDER);
          });
    } catch (ArithmeticException e) {
      throw new SelectException(
          SelectError.INTEGER_OVERFLOW,
          "the result of '" + operator + "' with decimals has too many digits",
          e);
    }
  }

  /** A result, if it is not out of the range of decimals. */
  static BigDecimal bounded(BigDecimal value) {
    if (fits(value)) {
      return value;
    } else if (value.signum() == 0) {
      return BigDecimal.ZERO;
    }
    throw new SelectException(
        SelectError.INTEGER_OVERFLOW,
        "a decimal has up to "
            + MAX_DIGITS
            + " digits in front of the point, and as many behind it");
  }

  /** Whether a value has not too many digits when it is written out. */
  static boolean fits(BigDecimal value) {
    return value.scale() <= MAX_DIGITS
        && value.scale() >= -MAX_DIGITS
        && whole(value) <= MAX_DIGITS;
  }

  /** How many digits it has in front of the point; negative for zeros behind it. */
  static long whole(BigDecimal value) {
    return (long) value.precision() - value.scale();
  }

  /** Without an exponent, unless there would be too many zeros. */
  static String text(BigDecimal value) {
    boolean plain = Math.abs((long) value.scale()) <= MAX_DIGITS;
    return plain ? value.toPlainString() : value.toString();
  }
}
