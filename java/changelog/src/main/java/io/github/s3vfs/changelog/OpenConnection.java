package io.github.s3vfs.changelog;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The connection of a reader or writer. One that a data source has lent is given back as it was.
 * Not thread-safe.
 */
final class OpenConnection implements AutoCloseable {
  private final Connection connection;
  private final boolean lent;
  private final boolean autoCommitBefore;
  private final long busyTimeoutBefore;

  /**
   * Takes a connection over.
   *
   * @param lent whether others use it afterwards
   * @param busyTimeout how long it is to wait for locks
   */
  OpenConnection(Connection connection, boolean lent, Duration busyTimeout) throws SQLException {
    this.connection = connection;
    this.lent = lent;
    try {
      autoCommitBefore = connection.getAutoCommit();
      connection.setAutoCommit(true); // transactions are begun by statements
      busyTimeoutBefore = number("PRAGMA busy_timeout");
      // SQLite takes what is above for 0.
      long most = Integer.MAX_VALUE;
      execute("PRAGMA busy_timeout = " + Math.min(most, Durations.millis(busyTimeout)));
    } catch (SQLException e) {
      try (connection) {
        throw e;
      }
    }
  }

  Connection jdbc() {
    return connection;
  }

  void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      boolean unused = statement.execute(sql);
    }
  }

  /** The number that a query answers; 0 if it has no row. */
  long number(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  /** Takes back what a transaction has done, if one is under way. */
  void rollBack() throws SQLException {
    try {
      execute("ROLLBACK");
    } catch (SQLException e) {
      // SQLite may have rolled back already, or not have begun.
      if (e.getMessage() == null || !e.getMessage().contains("no transaction is active")) {
        throw e;
      }
    }
  }

  @Override
  public void close() throws SQLException {
    try (connection) {
      if (lent) {
        rollBack();
        execute("PRAGMA busy_timeout = " + busyTimeoutBefore);
        connection.setAutoCommit(autoCommitBefore);
      }
    }
  }

  /** Closes one, if there is one, after a failure that is going to be thrown. */
  static void closeAfter(@Nullable OpenConnection connection, Exception failure) {
    try {
      if (connection != null) {
        connection.close();
      }
    } catch (SQLException e) {
      failure.addSuppressed(e);
    }
  }
}
