package io.github.s3vfs.select.internal.eval;

import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import org.jspecify.annotations.Nullable;

/** An aggregate: takes rows one after the other, and has its value at the end. NULL is skipped. */
public final class Aggregate extends Expr {
  /** The functions. */
  public enum Function {
    /** Rows, or values that are not NULL. */
    COUNT,
    /** Their sum. */
    SUM,
    /** Their sum by their count. */
    AVG,
    /** The least. */
    MIN,
    /** The most. */
    MAX
  }

  private final Place place;
  private final Function function;
  private final @Nullable Expr argument;
  private final Value best = new Value();
  private final Value result = new Value();
  private Value current = result;
  private long count;
  private Kind kind = Kind.INT;

  /** The sum of integers, as far as it fits; the rest in {@link #large}. */
  private long whole;

  private BigInteger large = BigInteger.ZERO;
  private double real;
  private BigDecimal decimal = BigDecimal.ZERO;

  /** Of an expression; without one, of rows. */
  public Aggregate(Place place, Function function, @Nullable Expr argument) {
    this.place = place;
    this.function = function;
    this.argument = argument;
  }

  /** Computes the argument in the row that is read now; if that fails, nothing has changed. */
  public void evaluate() {
    if (argument != null) {
      current = argument.eval();
    }
  }

  /** Takes what {@link #evaluate} has computed. */
  public void accept() {
    if (argument == null) {
      count++;
      return;
    }
    Value value = current;
    if (value.isNull()) {
      return;
    }
    switch (function) {
      case COUNT -> {}
      case SUM, AVG -> add(value);
      case MIN -> keep(value, -1);
      case MAX -> keep(value, 1);
    }
    count++;
  }

  private void keep(Value value, int sign) {
    if (value.kind == Kind.DOUBLE && Double.isNaN(value.real)) {
      return;
    }
    if (best.isNull() || order(value) == sign) {
      if (value.kind == Kind.STRING) {
        best.set(value.copy());
      } else {
        best.set(value);
      }
    }
  }

  private int order(Value value) {
    if (value.kind == Kind.INT && best.kind == Kind.INT) {
      return Long.compare(value.number, best.number);
    }
    try {
      return Comparing.order(value, best);
    } catch (SelectException e) {
      throw place.of(0, e);
    }
  }

  private void add(Value value) {
    switch (value.kind) {
      case INT -> addWhole(value.number);
      case DOUBLE -> {
        real += value.real;
        kind = Kind.DOUBLE;
      }
      case DECIMAL -> {
        decimal = decimal.add(Decimals.bounded(value.decimal()));
        kind = kind == Kind.INT ? Kind.DECIMAL : kind;
      }
      default ->
          throw place.of(
              0,
              Value.mismatch(
                  "illegal aggregation of " + Comparing.described(value) + ": it takes numbers"));
    }
  }

  private void addWhole(long number) {
    long sum = whole + number;
    if (((whole ^ sum) & (number ^ sum)) < 0) {
      large = large.add(BigInteger.valueOf(whole));
      sum = number;
    }
    whole = sum;
  }

  @Override
  public Value eval() {
    switch (function) {
      case COUNT -> result.setInt(count);
      case SUM -> sum();
      case AVG -> average();
      case MIN, MAX -> result.set(best);
    }
    return result;
  }

  private BigInteger integers() {
    return large.add(BigInteger.valueOf(whole));
  }

  private void sum() {
    if (count == 0) {
      result.setNull();
      return;
    }
    switch (kind) {
      case INT -> {
        BigInteger sum = integers();
        if (sum.bitLength() > 63) {
          throw new SelectException(
              SelectError.INTEGER_OVERFLOW,
              "sum: " + sum + " is out of the range of a 64-bit integer");
        }
        result.setInt(sum.longValue());
      }
      case DECIMAL -> result.setDecimal(Decimals.bounded(decimal.add(new BigDecimal(integers()))));
      default -> result.setDouble(total());
    }
  }

  private double total() {
    return real + decimal.doubleValue() + integers().doubleValue();
  }

  private void average() {
    if (count == 0) {
      result.setNull();
    } else if (kind == Kind.DECIMAL) {
      result.setDecimal(
          Decimals.bounded(
              decimal
                  .add(new BigDecimal(integers()))
                  .divide(BigDecimal.valueOf(count), MathContext.DECIMAL128)));
    } else {
      result.setDouble(total() / count);
    }
  }
}
