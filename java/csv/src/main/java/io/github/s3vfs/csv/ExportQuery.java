package io.github.s3vfs.csv;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;

/**
 * What gives the rows of an export. A statement without rows, or behind another one, is not run.
 */
@FunctionalInterface
interface ExportQuery {
  /** Hands the rows over. */
  void run(Rows rows) throws SQLException, IOException;

  /** What is done with the rows. */
  @FunctionalInterface
  interface Rows {
    void take(ResultSet rows) throws SQLException, IOException;
  }

  static ExportQuery of(Connection connection, String sql) {
    return rows -> {
      if (sql.isBlank()) {
        throw noRows();
      }
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        requireRows(statement);
        if (isSqlite(connection) && SqlTail.isThere(sql)) {
          throw new CsvException("there is more than one statement; none was run");
        }
        run(statement, rows);
      }
    };
  }

  static ExportQuery of(PreparedStatement statement) {
    return rows -> {
      requireRows(statement);
      run(statement, rows);
    };
  }

  private static void run(PreparedStatement statement, Rows rows) throws SQLException, IOException {
    try (ResultSet result = statement.executeQuery()) {
      rows.take(result);
    }
  }

  /** Others may have other rules about where a statement ends. */
  private static boolean isSqlite(Connection connection) throws SQLException {
    return "SQLite".equals(connection.getMetaData().getDatabaseProductName());
  }

  private static void requireRows(PreparedStatement statement) throws SQLException, IOException {
    ResultSetMetaData columns = statement.getMetaData();
    if (columns == null || !hasColumns(columns)) {
      throw noRows();
    }
  }

  private static boolean hasColumns(ResultSetMetaData columns) {
    try {
      return columns.getColumnCount() > 0;
    } catch (SQLException e) {
      return false; // so says sqlite-jdbc
    }
  }

  private static CsvException noRows() {
    return new CsvException("the statement has no rows to export; it was not run");
  }
}
