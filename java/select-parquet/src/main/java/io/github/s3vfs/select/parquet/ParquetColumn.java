package io.github.s3vfs.select.parquet;

import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import io.github.s3vfs.select.internal.eval.Expr;
import io.github.s3vfs.select.internal.eval.Kind;
import io.github.s3vfs.select.internal.eval.Value;
import java.io.IOException;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/** A column that a query refers to; in each row it is read at most once, and only if it is used. */
final class ParquetColumn extends Expr {
  private final ParquetReader reader;
  private final Type field;
  private final int firstLeaf;
  private final int leaves;
  private final @Nullable ColumnType flatType;
  private final boolean ofCondition;
  private final int maxBytes;
  private final Value value = new Value();

  private long at = -1;
  private @Nullable GroupColumn column;

  /**
   * A column at the top of the schema.
   *
   * @param firstLeaf index of its first leaf
   * @param leaves how many it has
   * @param ofCondition whether it is used by the condition
   * @param maxBytes of a value
   */
  ParquetColumn(
      ParquetReader reader,
      Type field,
      int firstLeaf,
      int leaves,
      boolean ofCondition,
      int maxBytes) {
    this.maxBytes = maxBytes;
    this.reader = reader;
    this.field = field;
    this.firstLeaf = firstLeaf;
    this.leaves = leaves;
    this.ofCondition = ofCondition;
    this.flatType =
        field.isPrimitive() && !field.isRepetition(Type.Repetition.REPEATED)
            ? new ColumnType(field.asPrimitiveType())
            : null;
  }

  Type field() {
    return field;
  }

  int firstLeaf() {
    return firstLeaf;
  }

  int leaves() {
    return leaves;
  }

  boolean isOfCondition() {
    return ofCondition;
  }

  /** Its type; null if it is nested. */
  @Nullable ColumnType flatType() {
    return flatType;
  }

  /** Another row group begins. */
  void reset() {
    column = null;
    at = -1;
  }

  private void checkSize() {
    int size = value.kind() == Kind.STRING ? value.end() - value.start() : 0;
    if (size > maxBytes) {
      throw new SelectException(
          SelectError.OVER_MAX_RECORD_SIZE,
          "a value of "
              + size
              + " bytes in column "
              + field.getName()
              + ": the limit is "
              + maxBytes);
    }
  }

  @Override
  public Value eval() {
    long row = reader.row();
    if (row != at) {
      try {
        GroupColumn from = column;
        if (from == null) {
          from = reader.open(this);
          column = from;
        }
        from.read(row, value);
        checkSize();
      } catch (IOException | RuntimeException e) {
        throw reader.failure(this, e);
      }
      at = row;
    }
    return value;
  }
}
