package io.github.s3vfs.select.internal.eval;

import java.util.function.LongSupplier;

/** A projection that has a name: computed once a row, whoever asks. */
public final class Alias extends Expr {
  private final Expr projection;
  private final LongSupplier row;
  private final Value value = new Value();
  private long computed = -1;

  /** With the number of the row that is read now. */
  public Alias(Expr projection, LongSupplier row) {
    this.projection = projection;
    this.row = row;
  }

  @Override
  public Value eval() {
    long now = row.getAsLong();
    if (now != computed) {
      value.set(projection.eval());
      computed = now;
    }
    return value;
  }

  @Override
  public boolean constant() {
    return projection.constant();
  }
}
