package io.github.s3vfs.select.internal.sql;

import io.github.s3vfs.select.internal.eval.Aggregate;
import io.github.s3vfs.select.internal.eval.Cast;
import io.github.s3vfs.select.internal.eval.Comparing;
import io.github.s3vfs.select.internal.eval.Step;
import io.github.s3vfs.select.internal.eval.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A part of the syntax tree; {@code at} is where it is in the query. */
sealed interface Node {
  int at();

  /** A value that is written down. */
  record Literal(int at, Value value) implements Node {}

  /** A column, an alias, or a path in JSON. */
  record Name(int at, List<Step> steps) implements Node {}

  /** Operators of one level, from left to right, and where they are. */
  record Arithmetic(int at, Node first, String operators, List<Integer> places, List<Node> rest)
      implements Node {}

  /** AND or OR of several. */
  record Logic(int at, boolean and, List<Node> parts) implements Node {}

  /** NOT. */
  record Not(int at, Node part) implements Node {}

  /** A comparison. */
  record Compare(int at, Comparing.Operator operator, Node left, Node right) implements Node {}

  /** BETWEEN. */
  record Between(int at, Node value, Node low, Node high) implements Node {}

  /** IN. */
  record In(int at, Node value, List<Node> list) implements Node {}

  /** LIKE. */
  record Like(int at, Node text, Node pattern, @Nullable Node escape) implements Node {}

  /** IS NULL and IS MISSING. */
  record IsNull(int at, Node value, boolean missing) implements Node {}

  /** CASE, with an operand or without. */
  record Case(
      int at,
      @Nullable Node operand,
      List<Node> conditions,
      List<Node> results,
      @Nullable Node otherwise)
      implements Node {}

  /** CAST. */
  record Convert(int at, Node value, Cast.Type type, int precision, int scale) implements Node {}

  /** A function; {@code part} is of those with a date part. */
  record Call(int at, String name, @Nullable String part, List<Node> arguments) implements Node {}

  /** An aggregate; without an argument it counts rows. */
  record Aggregation(int at, Aggregate.Function function, @Nullable Node argument)
      implements Node {}
}
