package io.github.s3vfs.select.internal.json;

import io.github.s3vfs.select.internal.eval.Expr;
import io.github.s3vfs.select.internal.eval.Value;
import io.github.s3vfs.select.internal.io.ByteSink;

/** The value of a path in the row that is read. */
final class Slot extends Expr {
  final Value value = new Value();
  final ByteSink text = new ByteSink(32);

  void reset() {
    value.setMissing();
  }

  @Override
  public Value eval() {
    return value;
  }
}
