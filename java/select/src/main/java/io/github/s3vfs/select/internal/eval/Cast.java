package io.github.s3vfs.select.internal.eval;

import io.github.s3vfs.select.Dialect;
import io.github.s3vfs.select.SelectException;
import io.github.s3vfs.select.internal.io.ByteSink;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;

/** CAST, and its short forms. NULL stays NULL. */
public final class Cast extends Expr {
  /** To what. */
  public enum Type {
    /** 64 bits. */
    INT,
    /** IEEE 754. */
    FLOAT,
    /** Digits and scale. */
    DECIMAL,
    /** Text. */
    STRING,
    /** An instant. */
    TIMESTAMP,
    /** True or false. */
    BOOL
  }

  private static final double TOO_LARGE = 0x1p63;

  /** Most digits of an integer. */
  private static final int LONG_DIGITS = 19;

  private static final byte[] TRUE = {'t', 'r', 'u', 'e'};

  private final Expr argument;
  private final Type type;
  private final int precision;
  private final int scale;
  private final Dialect dialect;
  private final Value result = new Value();
  private final ByteSink text = new ByteSink(32);

  /** To a type; precision and scale are of a decimal, 0 for any. */
  public Cast(Expr argument, Type type, int precision, int scale, Dialect dialect) {
    this.argument = argument;
    this.type = type;
    this.precision = precision;
    this.scale = scale;
    this.dialect = dialect;
  }

  @Override
  public Value eval() {
    Value value = argument.eval();
    if (value.isNull()) {
      return value;
    }
    switch (type) {
      case INT -> toInt(value);
      case FLOAT -> toFloat(value);
      case DECIMAL -> toDecimal(value);
      case STRING -> {
        text.truncate(0);
        Text.write(value, text);
        result.setString(text.array(), 0, text.length());
      }
      case TIMESTAMP -> toTimestamp(value);
      case BOOL -> toBool(value);
    }
    return result;
  }

  private void toInt(Value value) {
    switch (value.kind) {
      case STRING -> result.setInt(Numbers.parseLong(value.bytes, value.start, value.end));
      case INT, BOOL -> result.setInt(value.number);
      case DOUBLE -> {
        if (!(value.real >= -TOO_LARGE && value.real < TOO_LARGE)) {
          throw outOfRange();
        }
        result.setInt((long) value.real);
      }
      case DECIMAL -> {
        BigDecimal decimal = value.decimal();
        if (decimal.signum() == 0 || Decimals.whole(decimal) <= 0) {
          decimal = BigDecimal.ZERO;
        } else if (Decimals.whole(decimal) > LONG_DIGITS) {
          throw outOfRange();
        }
        BigInteger whole = decimal.setScale(0, RoundingMode.DOWN).toBigInteger();
        if (whole.bitLength() > 63) {
          throw outOfRange();
        }
        result.setInt(whole.longValue());
      }
      default -> throw impossible(value);
    }
  }

  private SelectException outOfRange() {
    return Numbers.failed(
        type.name().toLowerCase(java.util.Locale.ROOT),
        "converted value would fall out of the range of the result type!");
  }

  private SelectException impossible(Value value) {
    return Numbers.failed(
        type.name().toLowerCase(java.util.Locale.ROOT),
        "a " + Comparing.name(value.kind) + " cannot be converted");
  }

  private void toFloat(Value value) {
    switch (value.kind) {
      case STRING -> result.setDouble(Numbers.parseDouble(value.bytes, value.start, value.end));
      case INT, BOOL, DOUBLE, DECIMAL -> result.setDouble(Comparing.asDouble(value));
      default -> throw impossible(value);
    }
  }

  private void toDecimal(Value value) {
    BigDecimal decimal =
        switch (value.kind) {
          case STRING -> Numbers.parseDecimal(value.bytes, value.start, value.end);
          case INT, BOOL, DECIMAL -> Comparing.asDecimal(value);
          case DOUBLE -> {
            if (Double.isNaN(value.real) || Double.isInfinite(value.real)) {
              throw outOfRange();
            }
            yield BigDecimal.valueOf(value.real);
          }
          default -> throw impossible(value);
        };
    int most = precision > 0 ? precision : Decimals.MAX_DIGITS;
    if (decimal.signum() != 0 && Decimals.whole(decimal) > most) {
      throw outOfRange();
    }
    if (precision > 0) {
      if (Decimals.whole(decimal) < -scale) {
        decimal = BigDecimal.ZERO; // less than half of the last digit
      }
      decimal = decimal.setScale(scale, RoundingMode.HALF_UP);
      if (decimal.precision() > precision) {
        throw outOfRange();
      }
    } else {
      decimal = decimal.round(MathContext.DECIMAL128);
    }
    if (!Decimals.fits(decimal)) {
      throw outOfRange();
    }
    result.setDecimal(decimal);
  }

  private void toTimestamp(Value value) {
    switch (value.kind) {
      case STRING -> Timestamps.parse(value.bytes, value.start, value.end, result);
      case TIMESTAMP -> result.set(value);
      default -> throw impossible(value);
    }
  }

  /** Ceph's engine takes all text for false. */
  private void toBool(Value value) {
    switch (value.kind) {
      case STRING -> result.setBool(dialect == Dialect.AWS && isTrue(value));
      case TIMESTAMP -> throw impossible(value);
      default -> result.setBool(value.truth() > 0);
    }
  }

  private static boolean isTrue(Value value) {
    if (value.end - value.start != TRUE.length) {
      return false;
    }
    for (int i = 0; i < TRUE.length; i++) {
      if ((value.bytes[value.start + i] | 0x20) != TRUE[i]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean constant() {
    return argument.constant();
  }
}
