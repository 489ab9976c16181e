package io.github.s3vfs.select.internal.eval;

import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import java.math.BigDecimal;

/** Operators on numbers: integers stay exact, and NULL makes NULL. */
public final class Arithmetic extends Expr {
  private final Expr first;
  private final char[] operators;
  private final Expr[] rest;
  private final Place place;
  private final Value result = new Value();

  /** Operators of one level, from left to right. */
  public Arithmetic(Place place, Expr first, char[] operators, Expr... rest) {
    this.place = place;
    this.first = first;
    this.operators = operators;
    this.rest = rest;
  }

  @Override
  public Value eval() {
    Value left = first.eval();
    for (int i = 0; i < rest.length; i++) {
      Value right = rest[i].eval();
      apply(i, left, right);
      left = result;
    }
    return result;
  }

  private void apply(int index, Value left, Value right) {
    try {
      apply(operators[index], left, right, result);
    } catch (SelectException e) {
      throw place.of(index, e);
    }
  }

  @Override
  public boolean constant() {
    return first.constant() && constants(rest);
  }

  /** Computes {@code a operator b}; {@code out} may be one of the two. */
  static void apply(char operator, Value a, Value b, Value out) {
    if (a.kind == Kind.INT && b.kind == Kind.INT) {
      integers(operator, a.number, b.number, out);
      return;
    }
    check(operator, a);
    check(operator, b);
    if (a.isNull() || b.isNull()) {
      out.setNull();
    } else if (a.kind == Kind.DOUBLE || b.kind == Kind.DOUBLE || operator == '^') {
      doubles(operator, Comparing.asDouble(a), Comparing.asDouble(b), out);
    } else {
      decimals(operator, Comparing.asDecimal(a), Comparing.asDecimal(b), out);
    }
  }

  private static void check(char operator, Value value) {
    if (value.kind == Kind.STRING || value.kind == Kind.BOOL || value.kind == Kind.TIMESTAMP) {
      throw Value.mismatch(
          "illegal binary operation with "
              + Comparing.described(value)
              + ": '"
              + operator
              + "' takes numbers");
    }
  }

  private static void integers(char operator, long a, long b, Value out) {
    try {
      switch (operator) {
        case '+' -> out.setInt(Math.addExact(a, b));
        case '-' -> out.setInt(Math.subtractExact(a, b));
        case '*' -> out.setInt(Math.multiplyExact(a, b));
        case '/' -> {
          if (a == Long.MIN_VALUE && b == -1) {
            throw overflow(operator, a, b);
          }
          out.setInt(a / nonZero(b));
        }
        case '%' -> out.setInt(b == -1 ? 0 : a % nonZero(b));
        default -> power(a, b, out);
      }
    } catch (ArithmeticException e) {
      throw overflow(operator, a, b);
    }
  }

  private static void power(long a, long b, Value out) {
    if (b < 0) {
      doubles('^', (double) a, (double) b, out);
      return;
    }
    long result = 1;
    long base = a;
    long exponent = b;
    while (exponent > 0) {
      if ((exponent & 1) != 0) {
        result = Math.multiplyExact(result, base);
      }
      exponent >>= 1;
      if (exponent > 0) {
        if (base == 0 || base == 1) {
          break;
        }
        base = Math.multiplyExact(base, base);
      }
    }
    out.setInt(base == 0 && b > 0 ? 0 : result);
  }

  static SelectException overflow(char operator, long a, long b) {
    return new SelectException(
        SelectError.INTEGER_OVERFLOW,
        a + " " + operator + " " + b + " is out of the range of a 64-bit integer");
  }

  private static long nonZero(long divisor) {
    if (divisor == 0) {
      throw byZero();
    }
    return divisor;
  }

  private static SelectException byZero() {
    return new SelectException(SelectError.DIVISION_BY_ZERO, "division by zero is not allowed");
  }

  private static void doubles(char operator, double a, double b, Value out) {
    if ((operator == '/' || operator == '%') && b == 0) {
      throw byZero();
    }
    out.setDouble(
        switch (operator) {
          case '+' -> a + b;
          case '-' -> a - b;
          case '*' -> a * b;
          case '/' -> a / b;
          case '%' -> a % b;
          default -> Math.pow(a, b);
        });
  }

  private static void decimals(char operator, BigDecimal a, BigDecimal b, Value out) {
    if ((operator == '/' || operator == '%') && b.signum() == 0) {
      throw byZero();
    }
    out.setDecimal(Decimals.apply(operator, a, b));
  }

  /** The same with the other sign. */
  static void negate(Value value, Value out) {
    switch (value.kind) {
      case NULL, NESTED -> out.setNull();
      case INT -> {
        if (value.number == Long.MIN_VALUE) {
          throw overflow('-', 0, value.number);
        }
        out.setInt(-value.number);
      }
      case DOUBLE -> out.setDouble(-value.real);
      case DECIMAL -> out.setDecimal(value.decimal().negate());
      default -> check('-', value);
    }
  }
}
