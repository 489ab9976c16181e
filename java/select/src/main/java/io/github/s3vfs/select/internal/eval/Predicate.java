package io.github.s3vfs.select.internal.eval;

/** An expression that is true, false or unknown. */
abstract class Predicate extends Expr {
  private final Value value = new Value();

  @Override
  public abstract int test();

  @Override
  public final Value eval() {
    value.setTruth(test());
    return value;
  }
}
