package io.github.s3vfs.spark;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.Locale;
import org.apache.spark.sql.connector.expressions.Expression;
import org.apache.spark.sql.execution.datasources.jdbc.JDBCOptions;
import org.apache.spark.sql.jdbc.JdbcDialect;
import org.apache.spark.sql.jdbc.JdbcSQLQueryBuilder;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.MetadataBuilder;
import scala.Option;
import scala.collection.immutable.Map;

/**
 * SQLite, for Spark's JDBC source: of all URLs that begin with {@code jdbc:sqlite:} or {@code
 * jdbc:s3vfs:}. Spark finds it by itself ({@link java.util.ServiceLoader}) on the class paths of
 * the driver program and of the executors.
 *
 * <p>Types follow what SQLite stores, not what a declaration promises elsewhere:
 *
 * <table>
 *   <caption>Types of columns</caption>
 *   <tr><th>declared</th><th>Spark</th></tr>
 *   <tr><td>INTEGER, INT, MEDIUMINT, TINYINT, SMALLINT, INT2, BIGINT, INT8</td><td>LONG: every integer
 *   of SQLite has 64 bits, and one that is too large for its type would be cut off without an error
 *   </td></tr>
 *   <tr><td>REAL, DOUBLE, FLOAT</td><td>DOUBLE</td></tr>
 *   <tr><td>TEXT, VARCHAR(n), CHAR(n), CLOB</td><td>STRING, neither padded nor limited</td></tr>
 *   <tr><td>DATETIME</td><td>TIMESTAMP</td></tr>
 *   <tr><td>others</td><td>as Spark chooses by what sqlite-jdbc says</td></tr>
 * </table>
 *
 * <p>The rows of {@code partitionColumn} are asked for so that SQLite reads those of a partition
 * and no others, if the column is the INTEGER PRIMARY KEY or has an index. Of a database on S3 no
 * more than 4 MiB of pages are fetched ahead of such a reader ({@code PRAGMA s3_read_ahead_bytes}).
 *
 * <p>Conditions are SQLite's to check where it does so as Spark: comparisons of one column with
 * integers, finite numbers and texts, the latter by their bytes; whether a text begins or ends with
 * another one or contains it; NULL; and AND, OR and NOT of those. All others are left to Spark, as
 * those of dates and times, and so is the order of rows.
 *
 * <p>Immutable and thread-safe.
 */
public final class SqliteDialect extends JdbcDialect {
  /** Bytes: as fast as an executor takes rows, where an answer of S3 takes 20 ms. */
  static final int READ_AHEAD = 4 << 20;

  private static final long serialVersionUID = 1;

  /** Made by Spark. */
  public SqliteDialect() {}

  @Override
  public boolean canHandle(String url) {
    String lower = url.toLowerCase(Locale.ROOT);
    return lower.startsWith("jdbc:sqlite:") || lower.startsWith("jdbc:s3vfs:");
  }

  @Override
  public Option<DataType> getCatalystType(
      int sqlType, String typeName, int size, MetadataBuilder metadata) {
    return switch (sqlType) {
      case Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT ->
          Option.apply(DataTypes.LongType);
      case Types.REAL, Types.FLOAT, Types.DOUBLE -> Option.apply(DataTypes.DoubleType);
      case Types.CHAR, Types.VARCHAR, Types.CLOB -> Option.apply(DataTypes.StringType);
      case Types.DATE ->
          Option.apply(typeName.equalsIgnoreCase("DATETIME") ? DataTypes.TimestampType : null);
      default -> Option.empty();
    };
  }

  @Override
  public void beforeFetch(Connection connection, Map<String, String> properties) {
    super.beforeFetch(connection, properties);
    if (!properties.exists(
        option -> option._1.equalsIgnoreCase(JDBCOptions.JDBC_PARTITION_COLUMN()))) {
      return;
    }
    // Another executor reads what is behind the end of a partition.
    try (Statement statement = connection.createStatement()) {
      boolean unused = statement.execute("PRAGMA s3_read_ahead_bytes = " + READ_AHEAD);
    } catch (SQLException e) {
      throw new IllegalStateException("PRAGMA s3_read_ahead_bytes: " + e.getMessage(), e);
    }
  }

  /** Only what SQLite answers as Spark would: it does not check those rows again. */
  @Override
  public Option<String> compileExpression(Expression expression) {
    return Option.apply(PushedPredicate.sql(expression));
  }

  @Override
  public JdbcSQLQueryBuilder getJdbcSQLQueryBuilder(JDBCOptions options) {
    return new SqliteQueryBuilder(this, options);
  }
}
