package io.github.s3vfs.transfer;

import io.github.s3vfs.scenario.Sql;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Regular SQLite files, made by SQLite. */
final class LocalDatabase {
  private LocalDatabase() {}

  /** A database with a table t of rows that hold a value, which also says how it was made. */
  static byte[] of(Path directory, int pageSize, int rows, String value, String... more)
      throws SQLException, IOException {
    Path file = Files.createTempFile(directory, "local", ".sqlite");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      Sql.execute(connection, "PRAGMA page_size = " + pageSize);
      Sql.execute(connection, more);
      Sql.execute(
          connection,
          "CREATE TABLE t(id INTEGER PRIMARY KEY, v, filler)",
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
              + rows
              + ") INSERT INTO t SELECT i, '"
              + value
              + "', zeroblob(300) FROM n");
    }
    return Files.readAllBytes(file);
  }

  /** Asserts that it is an intact database, and answers its values of v. */
  static List<String> values(Path file) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      return values(connection);
    }
  }

  /** As the other one, of an open database. */
  static List<String> values(Connection connection) throws SQLException {
    Sql.assertIntact(connection);
    List<String> values = new ArrayList<>();
    Sql.rows(connection, "SELECT DISTINCT v FROM t ORDER BY v")
        .forEach(row -> values.add(row.get(0)));
    return values;
  }
}
