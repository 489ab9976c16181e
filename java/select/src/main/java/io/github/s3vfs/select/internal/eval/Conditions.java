package io.github.s3vfs.select.internal.eval;

import io.github.s3vfs.select.SelectException;
import io.github.s3vfs.select.internal.eval.Comparing.Operator;

/** Comparisons, BETWEEN, IN, IS NULL. */
public final class Conditions {
  private Conditions() {}

  /** A comparison; unknown if one side is NULL. */
  public static Expr compare(Place place, Operator operator, Expr left, Expr right) {
    return new Compare(place, operator, left, right);
  }

  /** Whether a value is between two others, or one of them. */
  public static Expr between(Place place, Expr value, Expr low, Expr high) {
    return new Between(place, value, low, high);
  }

  /** Whether a value is one of others; unknown if not, and one of them is NULL. */
  public static Expr in(Place place, Expr value, Expr... list) {
    return new In(place, value, list);
  }

  /** Whether there is no value. */
  public static Expr isNull(Expr value) {
    return new IsNull(value, false);
  }

  /** Whether a value is not in the row. */
  public static Expr isMissing(Expr value) {
    return new IsNull(value, true);
  }

  private static int order(Place place, Value a, Value b) {
    try {
      return Comparing.order(a, b);
    } catch (SelectException e) {
      throw place.of(0, e);
    }
  }

  private static final class Compare extends Predicate {
    private final Place place;
    private final Operator operator;
    private final Expr left;
    private final Expr right;
    private final Value number = new Value();

    Compare(Place place, Operator operator, Expr left, Expr right) {
      this.place = place;
      this.operator = operator;
      this.left = left;
      this.right = right;
    }

    @Override
    public int test() {
      Value a = left.eval();
      if (a.isNull()) {
        return -1;
      }
      Value b = right.eval();
      if (b.isNull()) {
        return -1;
      }
      if (a.kind != b.kind) {
        a = Comparing.field(a, b, number);
        b = Comparing.field(b, a, number);
      }
      return operator.of(order(place, a, b));
    }

    @Override
    public boolean excludes(Bounds bounds) {
      Bounds.Range range = bounds.of(left);
      if (range != null) {
        return right instanceof Constant && range.excludes(operator, right.eval());
      }
      range = bounds.of(right);
      return range != null
          && left instanceof Constant
          && range.excludes(operator.swapped(), left.eval());
    }

    @Override
    public boolean constant() {
      return constants(left, right);
    }
  }

  private static final class Between extends Predicate {
    private final Place place;
    private final Expr value;
    private final Expr low;
    private final Expr high;

    Between(Place place, Expr value, Expr low, Expr high) {
      this.place = place;
      this.value = value;
      this.low = low;
      this.high = high;
    }

    @Override
    public int test() {
      Value v = value.eval();
      if (v.isNull()) {
        return -1;
      }
      int above = side(v, low, Operator.GE);
      if (above == 0) {
        return 0;
      }
      int below = side(v, high, Operator.LE);
      return below == 0 ? 0 : Math.min(above, below);
    }

    @Override
    public boolean excludes(Bounds bounds) {
      Bounds.Range range = bounds.of(value);
      return range != null
          && ((low instanceof Constant && range.excludes(Operator.GE, low.eval()))
              || (high instanceof Constant && range.excludes(Operator.LE, high.eval())));
    }

    private int side(Value v, Expr bound, Operator operator) {
      Value b = bound.eval();
      return b.isNull() ? -1 : operator.of(order(place, v, b));
    }

    @Override
    public boolean constant() {
      return constants(value, low, high);
    }
  }

  private static final class In extends Predicate {
    private final Place place;
    private final Expr value;
    private final Expr[] list;

    In(Place place, Expr value, Expr... list) {
      this.place = place;
      this.value = value;
      this.list = list;
    }

    @Override
    public int test() {
      Value v = value.eval();
      if (v.isNull()) {
        return -1;
      }
      int result = 0;
      for (Expr member : list) {
        Value m = member.eval();
        if (m.isNull()) {
          result = -1;
        } else if (order(place, v, m) == 0) {
          return 1;
        }
      }
      return result;
    }

    @Override
    public boolean excludes(Bounds bounds) {
      Bounds.Range range = bounds.of(value);
      if (range == null) {
        return false;
      }
      for (Expr member : list) {
        if (!(member instanceof Constant) || !range.excludes(Operator.EQ, member.eval())) {
          return false;
        }
      }
      return true;
    }

    @Override
    public boolean constant() {
      return value.constant() && constants(list);
    }
  }

  private static final class IsNull extends Predicate {
    private final Expr value;
    private final boolean missing;

    IsNull(Expr value, boolean missing) {
      this.value = value;
      this.missing = missing;
    }

    @Override
    public int test() {
      Value v = value.eval();
      return (missing ? v.isMissing() : v.isNull()) ? 1 : 0;
    }

    @Override
    public boolean constant() {
      return value.constant();
    }
  }
}
