package io.github.s3vfs.select.internal.eval;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The order of values. */
public final class Comparing {
  /** What {@link #order} gives where there is none: NaN is neither less nor more than anything. */
  static final int NONE = 2;

  /** Most bytes of a text in a message. */
  private static final int MAX_SHOWN = 60;

  private static final double EXACT = 1L << 53;

  private Comparing() {}

  /**
   * -1, 0, 1 or {@link #NONE}. None of the two is NULL.
   *
   * @throws io.github.s3vfs.select.SelectException if they are of types that have no order
   */
  static int order(Value a, Value b) {
    if (a.kind == Kind.INT && b.kind == Kind.INT) {
      return Long.compare(a.number, b.number);
    } else if (a.kind == Kind.STRING && b.kind == Kind.STRING) {
      return Integer.signum(
          Arrays.compareUnsigned(a.bytes, a.start, a.end, b.bytes, b.start, b.end));
    }
    return mixed(a, b);
  }

  private static int mixed(Value a, Value b) {
    if (isNumber(a) && isNumber(b)) {
      return numbers(a, b);
    } else if (a.kind == Kind.TIMESTAMP && b.kind == Kind.TIMESTAMP) {
      int seconds = Long.compare(a.number, b.number);
      return seconds != 0 ? seconds : Integer.compare(a.nanos, b.nanos);
    }
    Value left = asNumber(a, b);
    Value right = asNumber(b, a);
    if (left == null || right == null) {
      throw Value.mismatch(
          "operands not of the same type: " + described(a) + " and " + described(b));
    }
    return numbers(left, right);
  }

  /** Whether two values have an order. */
  static boolean comparable(Value a, Value b) {
    return (isNumber(a) && isNumber(b)) || a.kind == b.kind;
  }

  /** The type, and the beginning of a text. */
  static String described(Value value) {
    if (value.kind != Kind.STRING) {
      return name(value.kind);
    }
    String text =
        new String(
            value.bytes,
            value.start,
            Math.min(value.end - value.start, MAX_SHOWN),
            StandardCharsets.UTF_8);
    boolean all = value.end - value.start <= MAX_SHOWN;
    return "string '" + text + (all ? "'" : "...'");
  }

  static String name(Kind kind) {
    return switch (kind) {
      case INT -> "int";
      case DOUBLE -> "float";
      case STRING -> "string";
      case BOOL -> "bool";
      case DECIMAL -> "decimal";
      case TIMESTAMP -> "timestamp";
      case NULL, NESTED -> "null";
    };
  }

  /** BOOL counts as one, so that it can be compared with a number. */
  private static boolean isNumber(Value value) {
    return value.kind == Kind.INT
        || value.kind == Kind.DOUBLE
        || value.kind == Kind.DECIMAL
        || value.kind == Kind.BOOL;
  }

  /** A field of CSV that is compared with a number is one if its text is. */
  private static @Nullable Value asNumber(Value value, Value other) {
    if (isNumber(value)) {
      return value;
    } else if (value.kind == Kind.STRING && value.flag && other.kind != Kind.BOOL) {
      Value number = new Value();
      return Numbers.parseField(value.bytes, value.start, value.end, number) ? number : null;
    }
    return null;
  }

  /** A field of CSV beside a number as one, in a cell that is there; otherwise the value itself. */
  static Value field(Value value, Value other, Value cell) {
    boolean beside = value.kind == Kind.STRING && value.flag && isNumber(other);
    return beside
            && other.kind != Kind.BOOL
            && Numbers.parseField(value.bytes, value.start, value.end, cell)
        ? cell
        : value;
  }

  private static int numbers(Value a, Value b) {
    if (a.kind == Kind.DOUBLE || b.kind == Kind.DOUBLE) {
      double left = asDouble(a);
      double right = asDouble(b);
      if (Double.isNaN(left) || Double.isNaN(right)) {
        return NONE;
      }
      boolean rounded = Math.abs(left) >= EXACT && Math.abs(right) >= EXACT;
      boolean exact = a.kind == Kind.DOUBLE && b.kind == Kind.DOUBLE;
      if (exact || !rounded || Double.isInfinite(left) || Double.isInfinite(right)) {
        return left < right ? -1 : left > right ? 1 : 0;
      }
    } else if (a.kind != Kind.DECIMAL && b.kind != Kind.DECIMAL) {
      return Long.compare(a.number, b.number);
    }
    return Integer.signum(asDecimal(a).compareTo(asDecimal(b)));
  }

  static double asDouble(Value value) {
    return switch (value.kind) {
      case DOUBLE -> value.real;
      case DECIMAL -> value.decimal().doubleValue();
      default -> value.number;
    };
  }

  static BigDecimal asDecimal(Value value) {
    return switch (value.kind) {
      case DOUBLE -> new BigDecimal(value.real);
      case DECIMAL -> value.decimal();
      default -> BigDecimal.valueOf(value.number);
    };
  }

  /** Whether they are equal; values of types that can not be compared are not. */
  static boolean same(Value a, Value b) {
    if (isNumber(a) && isNumber(b)) {
      return numbers(a, b) == 0;
    } else if (a.kind != b.kind) {
      Value left = asNumber(a, b);
      Value right = asNumber(b, a);
      return left != null && right != null && numbers(left, right) == 0;
    }
    return order(a, b) == 0;
  }

  /** The operators. */
  public enum Operator {
    /** Equal. */
    EQ,
    /** Not equal. */
    NE,
    /** Less. */
    LT,
    /** Less or equal. */
    LE,
    /** More. */
    GT,
    /** More or equal. */
    GE;

    /** The operator that holds with the sides swapped. */
    Operator swapped() {
      return switch (this) {
        case EQ, NE -> this;
        case LT -> GT;
        case LE -> GE;
        case GT -> LT;
        case GE -> LE;
      };
    }

    int of(int order) {
      if (order == NONE) {
        return this == NE ? 1 : 0;
      }
      boolean holds =
          switch (this) {
            case EQ -> order == 0;
            case NE -> order != 0;
            case LT -> order < 0;
            case LE -> order <= 0;
            case GT -> order > 0;
            case GE -> order >= 0;
          };
      return holds ? 1 : 0;
    }
  }
}
