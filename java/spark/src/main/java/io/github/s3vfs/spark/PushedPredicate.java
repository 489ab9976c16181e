package io.github.s3vfs.spark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.sql.connector.expressions.Expression;
import org.apache.spark.sql.connector.expressions.Literal;
import org.apache.spark.sql.connector.expressions.NamedReference;
import org.apache.spark.sql.connector.expressions.filter.Predicate;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.ShortType;
import org.jspecify.annotations.Nullable;

/**
 * Conditions of Spark that SQLite finds true for the same rows, as SQL. Spark does not look at
 * those again; it does so with all others, which are null here:
 *
 * <ul>
 *   <li>of dates, times, decimals and truth values: SQLite compares what is stored, a text or a
 *       number, and not what Spark reads from it
 *   <li>with NaN and infinite numbers, and texts with a NUL, which SQL has no literals for
 *   <li>with anything but one column and constants
 * </ul>
 *
 * <p>Texts are compared by their bytes whatever the column is declared to be; an index that is
 * ordered so, as they are without COLLATE, is used. SQLite's LIKE takes A for a, so it is not used.
 */
final class PushedPredicate {
  private static final String BYTES = " COLLATE BINARY";

  private PushedPredicate() {}

  /** The SQL; null if Spark has to look itself. */
  static @Nullable String sql(Expression expression) {
    if (!(expression instanceof Predicate predicate)) {
      return null;
    }
    Expression[] children = predicate.children();
    return switch (predicate.name()) {
      case "ALWAYS_TRUE" -> "1";
      case "ALWAYS_FALSE" -> "0";
      case "AND", "OR" -> joined(children, " " + predicate.name() + " ");
      case "NOT" -> {
        String inner = sql(children[0]);
        yield inner == null ? null : "NOT (" + inner + ")";
      }
      case "IS_NULL" -> isNull(children[0], " IS NULL");
      case "IS_NOT_NULL" -> isNull(children[0], " IS NOT NULL");
      case "IN" -> in(children);
      case "=", "<>", "<", "<=", ">", ">=" -> comparison(predicate.name(), children);
      case "<=>" -> comparison("IS", children);
      case "STARTS_WITH", "ENDS_WITH", "CONTAINS" -> part(predicate.name(), children);
      default -> null;
    };
  }

  private static @Nullable String joined(Expression[] children, String with) {
    List<String> all = new ArrayList<>();
    for (Expression child : children) {
      String one = sql(child);
      if (one == null) {
        return null;
      }
      all.add("(" + one + ")");
    }
    return String.join(with, all);
  }

  private static @Nullable String isNull(Expression operand, String how) {
    String column = column(operand);
    return column == null ? null : column + how;
  }

  private static @Nullable String in(Expression[] children) {
    List<String> values = new ArrayList<>();
    boolean text = false;
    for (Expression child : Arrays.asList(children).subList(1, children.length)) {
      String value = literal(child);
      if (value == null) {
        return null;
      }
      text |= isText(child);
      values.add(value);
    }
    String column = column(children[0]);
    return column == null || values.isEmpty()
        ? null
        : values.stream()
            .collect(Collectors.joining(", ", column + (text ? BYTES : "") + " IN (", ")"));
  }

  private static @Nullable String comparison(String operator, Expression[] children) {
    boolean columnFirst = children[0] instanceof NamedReference;
    Expression other = children[columnFirst ? 1 : 0];
    String column = column(children[columnFirst ? 0 : 1]);
    String value = literal(other);
    if (column == null || value == null) {
      return null;
    }
    String compared = column + (isText(other) ? BYTES : "");
    return columnFirst
        ? compared + " " + operator + " " + value
        : value + " " + operator + " " + compared;
  }

  /** Whether a text has another one in it, which is not empty. */
  private static @Nullable String part(String where, Expression[] children) {
    String column = column(children[0]);
    String value = isText(children[1]) ? literal(children[1]) : null;
    if (column == null || value == null || value.equals("''")) {
      return null;
    }
    // As bytes, a text does not end with a NUL in it.
    String wanted = "CAST(" + value + " AS BLOB)";
    return switch (where) {
      case "CONTAINS" -> "instr(" + column + ", " + value + ") > 0";
      case "STARTS_WITH" ->
          "substr(CAST(%1$s AS BLOB), 1, length(%2$s)) = %2$s".formatted(column, wanted);
      default -> "substr(CAST(%1$s AS BLOB), -length(%2$s)) = %2$s".formatted(column, wanted);
    };
  }

  private static @Nullable String column(Expression expression) {
    return expression instanceof NamedReference name && name.fieldNames().length == 1
        ? "\"" + name.fieldNames()[0].replace("\"", "\"\"") + "\""
        : null;
  }

  private static boolean isText(Expression expression) {
    return expression instanceof Literal<?> literal
        && literal.dataType().equals(DataTypes.StringType);
  }

  private static @Nullable String literal(Expression expression) {
    if (!(expression instanceof Literal<?> literal) || literal.value() == null) {
      return null;
    }
    String text = literal.value().toString();
    DataType type = literal.dataType();
    if (isText(literal)) {
      return text.indexOf('\0') < 0 ? "'" + text.replace("'", "''") + "'" : null;
    } else if (type instanceof DoubleType || type instanceof FloatType) {
      return Double.isFinite(((Number) literal.value()).doubleValue()) ? text : null;
    }
    return type instanceof LongType
            || type instanceof IntegerType
            || type instanceof ShortType
            || type instanceof ByteType
        ? text
        : null;
  }
}
