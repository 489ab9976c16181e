package io.github.s3vfs.select.internal.sql;

import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import io.github.s3vfs.select.internal.eval.Step;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A parsed query, not yet bound to columns.
 *
 * @param text as it came
 * @param projections what is selected
 * @param from the path of rows in JSON, empty for CSV; starts with {@code [*]} if that was written
 * @param fromAt where FROM is
 * @param tableAlias the name of the table, or null
 * @param where the condition, or null
 * @param limit rows at most; -1 for all
 */
public record Query(
    String text,
    List<Projection> projections,
    List<Step> from,
    int fromAt,
    @Nullable String tableAlias,
    @Nullable Node where,
    long limit) {

  /**
   * One column of the result.
   *
   * @param expression null for {@code *}
   * @param alias its name, or null
   * @param at where it is
   */
  record Projection(@Nullable Node expression, @Nullable String alias, int at) {}

  /** Parses a query. */
  public static Query parse(String text) {
    return new Parser(text).query();
  }

  /** An error at a place in the query. */
  SelectException error(SelectError error, int at, String message) {
    return new Lexer(text).error(error, at, message);
  }
}
