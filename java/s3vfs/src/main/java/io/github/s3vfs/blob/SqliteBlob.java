package io.github.s3vfs.blob;

import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.jna.NativeBlob;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import org.sqlite.SQLiteConnection;

/**
 * Opens values of a database for reading and writing parts of them, as {@code sqlite3_blob_open}
 * does (https://sqlite.org/c3ref/blob_open.html). It works on every connection of sqlite-jdbc that
 * is a connection of this process, of this library's driver or not, and on what wraps one.
 */
public final class SqliteBlob {
  private SqliteBlob() {}

  /**
   * Opens one value. Until it is closed it keeps a read transaction open, or a write transaction if
   * it is writable: in S3 that pins the version that is read, or the right to write. Without a
   * transaction of the connection's ({@code autoCommit}) closing the last one that is open commits.
   * While a blob is open for writing, SQLite refuses COMMIT with BUSY; also the one that
   * sqlite-jdbc adds to a statement that writes in {@code autoCommit}. So set that to false where
   * you use both.
   *
   * <p>The value must be a BLOB or a TEXT. SQLite opens none in a view, a virtual table, a table
   * {@code WITHOUT ROWID} or with generated columns; and none for writing in an indexed column, or
   * in a foreign key of the table while {@code foreign_keys} is on.
   *
   * <p>The caller closes it. It is closed, too, when the connection is: to a pool, that a blob is
   * still open means nothing, so close it before you give a connection back.
   *
   * @param connection open; a {@code SQLiteConnection}, or one that can be unwrapped to that
   * @param database {@code main}, {@code temp}, or the name of an attached one
   * @param table the name of a table, not quoted
   * @param column the name of a column, not quoted
   * @param rowid of the row: its {@code INTEGER PRIMARY KEY}, where it has one
   * @param writable whether it is opened for writing, too
   * @throws SQLException SQLite's, with its result code and message: what is missing, or why the
   *     value cannot be opened; BUSY if another connection writes; MISUSE if the connection is
   *     closed, or is none of sqlite-jdbc's. S3's error is its cause, if there is one
   */
  public static SqliteBlobChannel open(
      Connection connection,
      String database,
      String table,
      String column,
      long rowid,
      boolean writable)
      throws SQLException {
    Objects.requireNonNull(database, "database");
    Objects.requireNonNull(table, "table");
    Objects.requireNonNull(column, "column");
    SQLiteConnection target =
        connection instanceof SQLiteConnection own
            ? own
            : connection.unwrap(SQLiteConnection.class);
    if (connection.isClosed()) {
      throw new SQLException("the connection is closed", null, SqliteBlobChannel.MISUSE);
    }
    NativeBlob blob;
    try {
      blob = NativeBlob.open(target, database, table, column, rowid, writable);
    } catch (S3VfsException e) {
      throw new SQLException(e.getMessage(), e);
    }
    String name = database + "." + table + "." + column;
    return new SqliteBlobChannel(connection, blob, name, rowid, writable);
  }
}
