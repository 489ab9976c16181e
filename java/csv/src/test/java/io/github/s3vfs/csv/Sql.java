package io.github.s3vfs.csv;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Small conveniences of SQL for tests. */
final class Sql {
  private Sql() {}

  /** An empty database in memory. */
  static Connection memory() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite::memory:");
  }

  static void execute(Connection connection, String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** All rows, in their order; each as SQL literals, so that types and every bit show. */
  static List<String> rows(Connection connection, String table) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT * FROM " + table + " ORDER BY rowid")) {
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        StringBuilder row = new StringBuilder();
        for (int i = 1; i <= columns; i++) {
          row.append(i > 1 ? "|" : "").append(literal(result.getObject(i)));
        }
        rows.add(row.toString());
      }
    }
    return rows;
  }

  private static String literal(@Nullable Object value) {
    if (value instanceof byte[] bytes) {
      return "x'" + java.util.HexFormat.of().formatHex(bytes) + "'";
    }
    return value instanceof String text ? "'" + text + "'" : String.valueOf(value);
  }

  static long count(Connection connection, String table) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT count(*) FROM " + table)) {
      return result.getLong(1);
    }
  }

  /** Never null. */
  static String message(Throwable e) {
    return String.valueOf(e.getMessage());
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
