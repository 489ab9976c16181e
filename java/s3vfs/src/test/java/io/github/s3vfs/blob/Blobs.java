package io.github.s3vfs.blob;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.scenario.Sql;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.junit.jupiter.api.function.Executable;

/** What the tests of blobs share. */
final class Blobs {
  static final int ABORT = 4;

  private Blobs() {}

  /** Of stock sqlite-jdbc, with a table {@code t(b)}. */
  static Connection memory(byte[]... values) throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:");
    Sql.execute(connection, "CREATE TABLE t(id INTEGER PRIMARY KEY, b BLOB, other)");
    for (byte[] value : values) {
      insert(connection, value);
    }
    return connection;
  }

  static void insert(Connection connection, byte[] value) throws SQLException {
    try (PreparedStatement s = connection.prepareStatement("INSERT INTO t(b) VALUES (?)")) {
      s.setBytes(1, value);
      s.executeUpdate();
    }
  }

  static SqliteBlobChannel reader(Connection connection, long rowid) throws SQLException {
    return SqliteBlob.open(connection, "main", "t", "b", rowid, false);
  }

  static SqliteBlobChannel writer(Connection connection, long rowid) throws SQLException {
    return SqliteBlob.open(connection, "main", "t", "b", rowid, true);
  }

  static byte[] value(Connection connection, long rowid) throws SQLException {
    try (PreparedStatement s = connection.prepareStatement("SELECT b FROM t WHERE id = ?")) {
      s.setLong(1, rowid);
      try (ResultSet result = s.executeQuery()) {
        assertTrue(result.next());
        return result.getBytes(1);
      }
    }
  }

  /** 0, 1, 2 and so on. */
  static byte[] counting(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i ^ i >> 8);
    }
    return bytes;
  }

  static byte[] readFully(SqliteBlobChannel blob, int count) throws Exception {
    ByteBuffer buffer = ByteBuffer.allocate(count);
    blob.readFully(buffer);
    return buffer.array();
  }

  /** Asserts that an action fails with SQLite's result code. */
  static SQLException fails(int code, Executable action) {
    Exception failure = assertThrows(Exception.class, action);
    SQLException sql =
        failure instanceof SqliteBlobException e ? e.sqlException() : (SQLException) failure;
    assertEquals(code, sql.getErrorCode(), sql.getMessage());
    return sql;
  }

  /** Asserts that opening fails with an SQL error of this message. */
  static void cannotOpen(
      Connection connection, String database, String table, String column, long rowid, String why) {
    SQLException failure =
        fails(1, () -> SqliteBlob.open(connection, database, table, column, rowid, false).close());
    says(failure, why);
  }

  /** Asserts that a text is in the message. */
  static void says(SQLException failure, String text) {
    assertTrue(String.valueOf(failure.getMessage()).contains(text), failure::toString);
  }
}
