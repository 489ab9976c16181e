package io.github.s3vfs.select.internal.eval;

/** AND, OR and NOT in three-valued logic. */
public final class Logic {
  private Logic() {}

  /** True if all are; the first that is false ends it. */
  public static Expr and(Expr... parts) {
    return new All(parts);
  }

  /** True if one is, which ends it. */
  public static Expr or(Expr... parts) {
    return new Any(parts);
  }

  /** The opposite; unknown stays unknown. */
  public static Expr not(Expr part) {
    return new Not(part);
  }

  private static final class All extends Predicate {
    private final Expr[] parts;

    All(Expr... parts) {
      this.parts = parts;
    }

    @Override
    public int test() {
      int result = 1;
      for (Expr part : parts) {
        int truth = part.test();
        if (truth == 0) {
          return 0;
        }
        result = truth < 0 ? -1 : result;
      }
      return result;
    }

    @Override
    public boolean excludes(Bounds bounds) {
      for (Expr part : parts) {
        if (part.excludes(bounds)) {
          return true;
        }
      }
      return false;
    }

    @Override
    public boolean constant() {
      return constants(parts);
    }
  }

  private static final class Any extends Predicate {
    private final Expr[] parts;

    Any(Expr... parts) {
      this.parts = parts;
    }

    @Override
    public int test() {
      int result = 0;
      for (Expr part : parts) {
        int truth = part.test();
        if (truth > 0) {
          return 1;
        }
        result = truth < 0 ? -1 : result;
      }
      return result;
    }

    @Override
    public boolean excludes(Bounds bounds) {
      for (Expr part : parts) {
        if (!part.excludes(bounds)) {
          return false;
        }
      }
      return true;
    }

    @Override
    public boolean constant() {
      return constants(parts);
    }
  }

  private static final class Not extends Predicate {
    private final Expr part;

    Not(Expr part) {
      this.part = part;
    }

    @Override
    public int test() {
      int truth = part.test();
      return truth < 0 ? -1 : 1 - truth;
    }

    @Override
    public boolean constant() {
      return part.constant();
    }
  }
}
