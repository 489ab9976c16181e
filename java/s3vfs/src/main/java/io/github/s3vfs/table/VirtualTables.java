package io.github.s3vfs.table;

import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.jna.NativeTables;
import io.github.s3vfs.table.spi.RowModule;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import org.sqlite.SQLiteConnection;

/**
 * Makes kinds of virtual tables known to connections of sqlite-jdbc, of this library's driver or
 * not. Each connection has those that were registered with it, and no others. Their tables are
 * read-only, and can not be used in views and triggers of databases, only in temporary ones.
 */
public final class VirtualTables {
  private VirtualTables() {}

  /** A module on a connection. Thread-safe. */
  @FunctionalInterface
  public interface Registration extends AutoCloseable {
    /**
     * Takes the module from the connection. Tables that it has made fail sooner or later, when
     * SQLite reads the schema again: drop them first. Does nothing if the connection is closed, or
     * has got another module of that name since.
     *
     * @throws SQLException SQLite's
     */
    @Override
    void close() throws SQLException;
  }

  /**
   * Registers a module, in place of one of the same name. It is gone when the connection is closed;
   * also from a pool's point of view, which keeps connections and what was registered with them.
   *
   * @param connection open; a {@code SQLiteConnection}, or one that can be unwrapped to that
   * @param name for CREATE VIRTUAL TABLE, or of the table-valued function
   * @param module what tables it makes
   * @return to take it away again
   * @throws SQLException SQLite's; MISUSE if the connection is closed, or is none of sqlite-jdbc's;
   *     or the native library does not load
   */
  public static Registration register(Connection connection, String name, RowModule module)
      throws SQLException {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(module, "module");
    SQLiteConnection target =
        connection instanceof SQLiteConnection own
            ? own
            : connection.unwrap(SQLiteConnection.class);
    if (connection.isClosed()) {
      throw new SQLException("the connection is closed", null, 21); // SQLITE_MISUSE
    }
    try {
      return NativeTables.register(target, name, module)::close;
    } catch (S3VfsException e) {
      throw new SQLException(e.getMessage(), e);
    }
  }
}
