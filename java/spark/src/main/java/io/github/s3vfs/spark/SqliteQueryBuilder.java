package io.github.s3vfs.spark;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.connector.expressions.filter.Predicate;
import org.apache.spark.sql.execution.datasources.jdbc.JDBCOptions;
import org.apache.spark.sql.execution.datasources.jdbc.JDBCPartition;
import org.apache.spark.sql.jdbc.JdbcDialect;
import org.apache.spark.sql.jdbc.JdbcSQLQueryBuilder;
import org.jspecify.annotations.Nullable;

/**
 * The query that reads a partition.
 *
 * <p>Of the partitions that Spark makes of a {@code partitionColumn} the first one is {@code "c" <
 * x or "c" is null}. SQLite reads the whole table for that if the column cannot be NULL, because
 * the second condition, which is false then, keeps it from using an index for the first one. Here
 * the two are asked for one after the other, by {@code UNION ALL}: rows below {@code x} are a range
 * of the index, and rows with NULL another one, or none if there can be none.
 *
 * <p>Not thread-safe.
 */
final class SqliteQueryBuilder extends JdbcSQLQueryBuilder {
  /** As {@code JDBCRelation.columnPartition} of Spark writes it, of numbers and of times. */
  private static final Pattern FIRST_PARTITION =
      Pattern.compile("((\"[^\"]+\") < (?:-?[0-9.]+|'[^']*')) or (\\2 is null)");

  private final JdbcDialect dialect;
  private final JDBCOptions options;

  /** The two conditions of the first partition; null of any other one. */
  private @Nullable Matcher first;

  SqliteQueryBuilder(JdbcDialect dialect, JDBCOptions options) {
    super(dialect, options);
    this.dialect = dialect;
    this.options = options;
  }

  @Override
  public JdbcSQLQueryBuilder withPredicates(Predicate[] predicates, JDBCPartition part) {
    Matcher matcher =
        part.whereClause() == null ? null : FIRST_PARTITION.matcher(part.whereClause());
    if (matcher == null || !matcher.matches()) {
      return super.withPredicates(predicates, part);
    }
    first = matcher;
    return super.withPredicates(predicates, new JDBCPartition(null, part.idx()));
  }

  @Override
  public String build() {
    Matcher conditions = first;
    if (conditions == null) {
      return super.build();
    }
    return options.prepareQuery()
        + "SELECT "
        + hintClause()
        + columnList()
        + " FROM ("
        + rows(conditions.group(1))
        + " UNION ALL "
        + rows(conditions.group(3))
        + ") "
        + String.join(
            " ",
            tableSampleClause(),
            whereClause(),
            groupByClause(),
            orderByClause(),
            dialect.getLimitClause(limit()),
            dialect.getOffsetClause(offset()));
  }

  private String rows(String condition) {
    return "SELECT * FROM " + tableOrQuery() + " WHERE " + condition;
  }
}
