package io.github.s3vfs.select.internal.sql;

import io.github.s3vfs.select.internal.eval.Aggregate;
import io.github.s3vfs.select.internal.eval.Expr;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A query that is bound to its rows.
 *
 * @param columns what comes out
 * @param where which rows, or null for all
 * @param aggregates that take all rows; if there are some, there is one row of results
 * @param limit rows at most; -1 for all
 */
public record Plan(
    List<Column> columns, @Nullable Expr where, List<Aggregate> aggregates, long limit) {
  /**
   * One column of the result.
   *
   * @param name its name
   * @param expression its value; null for all columns of the row
   */
  public record Column(String name, @Nullable Expr expression) {}
}
