package io.github.s3vfs.select.internal.eval;

import io.github.s3vfs.select.internal.eval.Comparing.Operator;
import org.jspecify.annotations.Nullable;

/** What is known of many rows at once: the least and the most value that a column has in them. */
public interface Bounds {
  /** Those of an expression; null if they are not known. */
  @Nullable Range of(Expr expression);

  /**
   * Bounds of one column. NaN may be there in any case.
   *
   * @param least no value is less; a NULL if all of them are NULL
   * @param most no value is more
   */
  record Range(Value least, Value most) {
    /** Whether a comparison with a constant is true of no value in between. */
    boolean excludes(Operator operator, Value constant) {
      if (least.isNull() || constant.isNull()) {
        return true;
      } else if (!Comparing.comparable(least, constant)) {
        return false; // which is an error once there is a row
      }
      int low = Comparing.order(least, constant);
      int high = Comparing.order(most, constant);
      return switch (operator) {
        case EQ -> low > 0 || high < 0;
        case NE -> false;
        case LT -> low >= 0;
        case LE -> low > 0;
        case GT -> high <= 0;
        case GE -> high < 0;
      };
    }
  }
}
