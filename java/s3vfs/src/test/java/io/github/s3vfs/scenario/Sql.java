package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Small conveniences of SQL for tests. */
public final class Sql {
  private Sql() {}

  public static void execute(Connection connection, String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** All rows, each as a list of its values as text; BLOBs as their hash. */
  public static List<List<String>> rows(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      List<List<String>> rows = new ArrayList<>();
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
          Object value = result.getObject(i);
          row.add(
              value instanceof byte[] b ? "x" + b.length + ":" + Arrays.hashCode(b) : value + "");
        }
        rows.add(row);
      }
      return rows;
    }
  }

  /** The only value of the only row. */
  public static String value(Connection connection, String sql) throws SQLException {
    List<List<String>> rows = rows(connection, sql);
    assertEquals(1, rows.size(), sql);
    return rows.get(0).get(0);
  }

  public static void assertIntact(Connection connection) throws SQLException {
    assertEquals("ok", value(connection, "PRAGMA integrity_check"));
  }

  /** The same length, and page for page the same. */
  public static void assertSamePages(byte[] expected, byte[] actual, String what) {
    int pageSize = Short.toUnsignedInt(ByteBuffer.wrap(expected).getShort(16));
    pageSize = pageSize == 1 ? 65536 : pageSize;
    assertEquals(expected.length, actual.length, what + ": length");
    for (int at = 0; at < expected.length; at += pageSize) {
      int mismatch = Arrays.mismatch(expected, at, at + pageSize, actual, at, at + pageSize);
      if (mismatch >= 0) {
        fail(
            what
                + ": page "
                + (at / pageSize + 1)
                + " of "
                + expected.length / pageSize
                + " differs at byte "
                + mismatch);
      }
    }
  }
}
