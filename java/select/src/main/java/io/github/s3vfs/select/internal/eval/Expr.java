package io.github.s3vfs.select.internal.eval;

/** An expression, bound to where its columns come from. */
public abstract class Expr {
  /** Its value in the row that is read now; valid until it is computed again. */
  public abstract Value eval();

  /** The same as a condition: 1 for true, 0 for false, -1 for unknown. */
  public int test() {
    return eval().truth();
  }

  /** Whether it is the same in all rows. */
  public boolean constant() {
    return false;
  }

  /** Whether it is, as a condition, surely not true of any row within bounds. */
  public boolean excludes(Bounds bounds) {
    return false;
  }

  /** Whether all of them are the same in all rows. */
  static boolean constants(Expr... parts) {
    for (Expr part : parts) {
      if (!part.constant()) {
        return false;
      }
    }
    return true;
  }
}
