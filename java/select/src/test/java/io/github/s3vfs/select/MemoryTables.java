package io.github.s3vfs.select;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A connection with tables over objects in memory, which are addressed as those in S3. */
final class MemoryTables implements AutoCloseable {
  final Connection connection;
  final Map<String, byte[]> objects = new HashMap<>();
  int opened;

  MemoryTables() throws SQLException {
    connection = DriverManager.getConnection("jdbc:sqlite::memory:");
    var unused = tables().register(connection);
  }

  S3SelectTables tables() {
    return S3SelectTables.of(
        location -> {
          byte[] bytes = objects.get(location.toString());
          if (bytes == null) {
            throw new S3VfsException(ErrorKind.NOT_FOUND, location + ": not found");
          }
          opened++;
          return ObjectSource.of(bytes);
        });
  }

  MemoryTables put(String url, String content) {
    objects.put(url, content.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  void run(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Each row as {@code type:value|type:value}. */
  List<String> rows(String sql, Object... parameters) throws SQLException {
    return rows(connection, sql, parameters);
  }

  static List<String> rows(Connection connection, String sql, Object... parameters)
      throws SQLException {
    List<String> found = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      try (ResultSet rows = statement.executeQuery()) {
        int columns = rows.getMetaData().getColumnCount();
        while (rows.next()) {
          StringBuilder row = new StringBuilder();
          for (int i = 1; i <= columns; i++) {
            Object value = rows.getObject(i);
            row.append(i == 1 ? "" : "|").append(shown(value));
          }
          found.add(row.toString());
        }
      }
    }
    return found;
  }

  /** What an exception says. */
  static String message(SQLException failure) {
    return String.valueOf(failure.getMessage());
  }

  private static String shown(@Nullable Object value) {
    if (value == null) {
      return "null";
    } else if (value instanceof byte[] bytes) {
      return "x" + new String(bytes, StandardCharsets.ISO_8859_1);
    }
    String type = value instanceof Double ? "r" : value instanceof Number ? "i" : "t";
    return type + value;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
