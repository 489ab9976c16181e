package io.github.s3vfs.select.internal.sql;

import io.github.s3vfs.select.Compression;
import io.github.s3vfs.select.CsvInput;
import io.github.s3vfs.select.Dialect;
import io.github.s3vfs.select.FileHeaderInfo;
import io.github.s3vfs.select.SelectOptions;
import io.github.s3vfs.select.internal.eval.Cast;
import io.github.s3vfs.select.internal.eval.Comparing;
import io.github.s3vfs.select.internal.eval.Kind;
import io.github.s3vfs.select.internal.eval.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A query that a store can be asked to run in place of this engine: aggregates of integers in CSV.
 * The store is asked for the count, and for sum, least and largest of each column that is
 * aggregated, whatever the query wants: they say whether its sums, that may have gone through
 * floating-point numbers, are exact. docs/SELECT.md has the exact list.
 */
public final class PushedAggregates {
  /** Up to here each integer is a floating-point number. */
  private static final long EXACT = 1L << 53;

  private static final int MOST_COLUMNS = 64;
  private static final int MOST_CONDITIONS = 256;

  private static final Pattern COLUMN = Pattern.compile("_([1-9]\\d{0,3})");

  /** What Ceph's gateway puts around rows. */
  private static final Pattern WRAPPING = Pattern.compile("</?(Payload|Records)>|\\s");

  private static final Pattern VALUE = Pattern.compile("(-?\\d{1,18})?");

  /** Not pushable. */
  private static final class Inexpressible extends Exception {
    private static final long serialVersionUID = 1L;

    Inexpressible() {
      super(null, null, false, false);
    }
  }

  private final Query query;
  private final Dialect dialect;
  private final List<String> columns = new ArrayList<>();
  private final StringBuilder local = new StringBuilder("select ");
  private int conditions;
  private final String text;

  private PushedAggregates(Query query, Dialect dialect) throws Inexpressible {
    this.query = query;
    this.dialect = dialect;
    String separator = "";
    for (Query.Projection projection : query.projections()) {
      local.append(separator).append(projection(projection));
      separator = ", ";
    }
    local.append(" from s3object");
    StringBuilder remote =
        new StringBuilder("select count(").append(ceph() ? "0" : "*").append(')');
    for (String column : columns) {
      for (String function : List.of("sum", "min", "max")) {
        remote.append(", ").append(function).append('(').append(integer(column)).append(')');
      }
    }
    remote.append(ceph() ? " from stdin" : " from s3object s");
    if (query.where() != null) {
      remote.append(" where ").append(condition(query.where()));
    }
    text = remote.append(ceph() ? ";" : "").toString();
  }

  /** The query for a store; null if it is not one that is pushed down. */
  public static @Nullable PushedAggregates of(Query query, SelectOptions options) {
    boolean plain =
        options.input() instanceof CsvInput csv
            && isUsual(csv)
            && options.compression() == Compression.NONE
            && options.scanRange().isAll();
    if (!plain || query.limit() >= 0 || !query.from().isEmpty()) {
      return null;
    }
    try {
      return new PushedAggregates(query, options.dialect());
    } catch (Inexpressible e) {
      return null;
    }
  }

  private static boolean isUsual(CsvInput csv) {
    CsvInput usual = CsvInput.DEFAULT;
    String escape = csv.quoteEscape();
    return csv.fileHeaderInfo() != FileHeaderInfo.USE
        && ("\\".equals(escape) || "\"".equals(escape))
        && csv.withHeader(usual.fileHeaderInfo()).withQuotes(csv.quote(), "\\").equals(usual);
  }

  /** What the store is asked. */
  public String text() {
    return text;
  }

  /** The query that makes the result of {@link #values}. */
  public Query local() {
    return Query.parse(local.toString());
  }

  /**
   * The store's answer as one record of CSV for {@link #local}; null if it is none, or one that may
   * not be exact.
   */
  public @Nullable String values(String answer) {
    String[] fields = WRAPPING.matcher(answer).replaceAll("").split(",", -1);
    int expected = 1 + 3 * columns.size();
    boolean trailing = fields.length == expected + 1 && fields[expected].isEmpty();
    if (fields.length != expected && !trailing) {
      return null;
    }
    for (int i = 0; i < expected; i++) {
      boolean none = i > 0 && fields[0].equals("0");
      if (!none && (fields[i].isEmpty() || !VALUE.matcher(fields[i]).matches())) {
        return null;
      }
    }
    long count = Long.parseLong(fields[0]);
    StringBuilder record = new StringBuilder().append(count);
    for (int i = 1; i < expected; i += 3) {
      if (count == 0) {
        record.append(",,,");
        continue;
      }
      long least = Long.parseLong(fields[i + 1]);
      long largest = Long.parseLong(fields[i + 2]);
      long most = EXACT / count;
      if (least > largest || least < -most || largest > most) {
        return null;
      }
      record.append(',').append(fields[i]).append(',').append(least).append(',').append(largest);
    }
    return record.append('\n').toString();
  }

  private boolean ceph() {
    return dialect == Dialect.CEPH;
  }

  private String integer(String column) {
    return ceph() ? "int(" + column + ")" : "cast(s." + column + " as int)";
  }

  /** What is taken of the answer: its first field is the count, then come three for each column. */
  private String projection(Query.Projection projection) throws Inexpressible {
    if (!(projection.expression() instanceof Node.Aggregation aggregation)) {
      throw new Inexpressible();
    }
    int field =
        switch (aggregation.function()) {
          case COUNT -> {
            if (aggregation.argument() != null) {
              throw new Inexpressible();
            }
            yield 1;
          }
          case SUM -> 2 + 3 * index(aggregation.argument());
          case MIN -> 3 + 3 * index(aggregation.argument());
          case MAX -> 4 + 3 * index(aggregation.argument());
          case AVG -> throw new Inexpressible();
        };
    String alias = projection.alias();
    return "int(_" + field + ")" + (alias == null ? "" : " as \"" + alias + "\"");
  }

  private int index(@Nullable Node argument) throws Inexpressible {
    String column = column(argument);
    int known = columns.indexOf(column);
    if (known >= 0) {
      return known;
    } else if (columns.size() == MOST_COLUMNS) {
      throw new Inexpressible();
    }
    columns.add(column);
    return columns.size() - 1;
  }

  /** The column that is made an integer. */
  private String column(@Nullable Node node) throws Inexpressible {
    if (node instanceof Node.Convert cast
        && cast.type() == Cast.Type.INT
        && cast.value() instanceof Node.Name name) {
      List<Step> steps = Names.withoutTable(name.steps(), query.tableAlias());
      String key = steps.size() == 1 && !steps.get(0).quoted() ? steps.get(0).key() : null;
      Matcher matcher = COLUMN.matcher(String.valueOf(key));
      if (key != null && matcher.matches()) {
        return key;
      }
    }
    throw new Inexpressible();
  }

  private String condition(Node node) throws Inexpressible {
    if (node instanceof Node.Logic logic) {
      List<String> parts = new ArrayList<>();
      for (Node part : logic.parts()) {
        parts.add(condition(part));
      }
      return "(" + String.join(logic.and() ? " and " : " or ", parts) + ")";
    } else if (node instanceof Node.Compare compare && ++conditions <= MOST_CONDITIONS) {
      if (compare.left() instanceof Node.Literal literal) {
        return comparison(compare.right(), flipped(compare.operator()), literal);
      } else if (compare.right() instanceof Node.Literal literal) {
        return comparison(compare.left(), compare.operator(), literal);
      }
    }
    throw new Inexpressible();
  }

  private String comparison(Node left, Comparing.Operator operator, Node.Literal literal)
      throws Inexpressible {
    long number = literal.value().kind() == Kind.INT ? literal.value().number() : Long.MIN_VALUE;
    if (number < -EXACT || number > EXACT) {
      throw new Inexpressible();
    }
    String symbol =
        switch (operator) {
          case EQ -> ceph() ? "==" : "=";
          case NE -> "!=";
          case LT -> "<";
          case LE -> "<=";
          case GT -> ">";
          case GE -> ">=";
        };
    return integer(column(left)) + " " + symbol + " " + number;
  }

  private static Comparing.Operator flipped(Comparing.Operator operator) {
    return switch (operator) {
      case EQ, NE -> operator;
      case LT -> Comparing.Operator.GT;
      case LE -> Comparing.Operator.GE;
      case GT -> Comparing.Operator.LT;
      case GE -> Comparing.Operator.LE;
    };
  }
}
