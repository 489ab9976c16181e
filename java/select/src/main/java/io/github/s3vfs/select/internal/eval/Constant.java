package io.github.s3vfs.select.internal.eval;

/** A value that is the same in all rows. */
public final class Constant extends Expr {
  private final Value value;
  private final int truth;

  /** Of a value that nobody changes any more. */
  public Constant(Value value) {
    this.value = value;
    this.truth = value.truth();
  }

  @Override
  public Value eval() {
    return value;
  }

  @Override
  public int test() {
    return truth;
  }

  @Override
  public boolean excludes(Bounds bounds) {
    return truth <= 0;
  }

  @Override
  public boolean constant() {
    return true;
  }
}
