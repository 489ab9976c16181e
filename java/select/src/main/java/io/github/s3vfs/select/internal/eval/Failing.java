package io.github.s3vfs.select.internal.eval;

import io.github.s3vfs.select.SelectException;

/**
 * An expression of constants that can not be computed: the first row that needs it ends the query.
 */
public final class Failing extends Expr {
  private final SelectException failure;

  /** Of an error that comes with any row, at its place in the query. */
  public Failing(SelectException failure) {
    this.failure = failure;
  }

  @Override
  public Value eval() {
    throw failure;
  }
}
