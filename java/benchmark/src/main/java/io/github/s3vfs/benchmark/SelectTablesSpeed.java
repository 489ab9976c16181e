package io.github.s3vfs.benchmark;

import io.github.s3vfs.select.ObjectSource;
import io.github.s3vfs.select.S3Select;
import io.github.s3vfs.select.S3SelectTables;
import io.github.s3vfs.select.SelectOptions;
import io.github.s3vfs.select.SelectRows;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The same question asked of SQLite, over an object as a virtual table, and of the engine alone.
 */
final class SelectTablesSpeed {
  private static final int WARM_UPS = 4;
  private static final double TARGET = 0.5;

  private record Question(String sql, String engine) {}

  private static final List<Question> QUESTIONS =
      List.of(
          new Question(
              "select count(*), sum(c2) from t where c6 = 'red'",
              "select count(*), sum(cast(_2 as int)) from s3object where _6 = 'red'"),
          new Question(
              "select count(*), sum(c2) from t where c2 > 500",
              "select count(*), sum(cast(_2 as int)) from s3object where cast(_2 as int) > 500"),
          new Question(
              "select sum(c2), avg(c4), max(c1) from t",
              "select sum(cast(_2 as int)), avg(cast(_4 as float)), max(cast(_1 as int))"
                  + " from s3object"));

  private final Results results;
  private final ObjectSource source;

  SelectTablesSpeed(Results results, byte[] csv) {
    this.results = results;
    this.source = ObjectSource.of(csv);
  }

  void run() throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:");
        Statement statement = connection.createStatement()) {
      var unused = S3SelectTables.of(location -> source).register(connection);
      statement.execute(
          "CREATE VIRTUAL TABLE temp.t USING s3_csv('s3://bucket/rows.csv',"
              + " columns='c1 INT, c2 INT, c3 TEXT, c4 REAL, c5 TEXT, c6 TEXT')");
      for (Question question : QUESTIONS) {
        for (int i = 0; i < WARM_UPS; i++) {
          ratio(statement, question);
        }
        List<Double> ratios = Rounds.SHORT.run(round -> ratio(statement, question));
        results.atLeast(
            "virtual table: " + question.sql() + ": speed to the engine alone",
            "ratio",
            Spread.of(ratios, r -> r),
            TARGET);
      }
    }
  }

  private double ratio(Statement statement, Question question) throws SQLException {
    long start = System.nanoTime();
    long counted = bySql(statement, question.sql());
    long between = System.nanoTime();
    long expected = byEngine(question.engine());
    if (counted != expected) {
      throw new IllegalStateException(question.sql() + ": " + counted + ", not " + expected);
    }
    return (double) (System.nanoTime() - between) / (between - start);
  }

  private static long bySql(Statement statement, String sql) throws SQLException {
    try (ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getLong(1) : -1;
    }
  }

  private long byEngine(String query) {
    try (SelectRows rows = S3Select.query(query, source, SelectOptions.DEFAULT)) {
      return rows.next() ? rows.getLong(0) : -1;
    }
  }
}
