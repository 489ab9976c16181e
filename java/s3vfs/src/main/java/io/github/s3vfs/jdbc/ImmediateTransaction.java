package io.github.s3vfs.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConnection;

/**
 * The transactions of {@link S3Transactions} on a connection that is borrowed for them. They are
 * begun and ended by SQL, with {@code autoCommit} true, because sqlite-jdbc cannot begin one as
 * IMMEDIATE, and begins the next one in {@code commit()}, which can fail after the COMMIT has not.
 * Belongs to one thread.
 */
final class ImmediateTransaction {
  private static final Logger LOG = LoggerFactory.getLogger(ImmediateTransaction.class);

  /** Gone when the work has ended the transaction, even if it has begun another one. */
  private static final String SAVEPOINT = "s3vfs_transaction";

  private final Connection connection;
  private final boolean autoCommit;

  /** Whether the last attempt is known to have left nothing. */
  private boolean undone;

  /**
   * @param connection is closed by {@link #giveBack}, or here if this fails
   */
  ImmediateTransaction(Connection connection) throws SQLException {
    this.connection = connection;
    try {
      this.autoCommit = connection.getAutoCommit();
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /** Begins, works, commits; after a failure no transaction is open. */
  <T extends @Nullable Object> T attempt(S3Transactions.Work<T> work) throws SQLException {
    undone = true;
    endWhatIsOpen();
    execute("BEGIN IMMEDIATE");
    try {
      execute("SAVEPOINT " + SAVEPOINT);
      T result = perform(work);
      checkThatItIsTheSame();
      commit();
      return result;
    } catch (Throwable failure) {
      rollBack(failure);
      throw failure;
    }
  }

  private <T extends @Nullable Object> T perform(S3Transactions.Work<T> work) throws SQLException {
    try (WorkConnection lent = new WorkConnection(connection)) {
      T result = work.run(lent.connection());
      lent.checkThatItIsOpen();
      return result;
    }
  }

  private void checkThatItIsTheSame() throws SQLException {
    try {
      execute("RELEASE " + SAVEPOINT);
    } catch (SQLException e) {
      undone = false;
      throw new SQLException(
          "the transaction was ended before its COMMIT, by the work or by SQLite", e);
    }
  }

  private void commit() throws SQLException {
    try {
      execute("COMMIT");
    } catch (SQLException e) {
      undone = !hasAttached();
      throw e;
    }
  }

  /** Whether other databases than main are attached, or may be. */
  private boolean hasAttached() {
    try (Statement statement = connection.createStatement();
        ResultSet list = statement.executeQuery("PRAGMA database_list")) {
      boolean found = false;
      while (list.next()) {
        String name = list.getString("name");
        found |= !name.equals("main") && !name.equals("temp");
      }
      return found;
    } catch (SQLException e) {
      return true;
    }
  }

  private void rollBack(Throwable failure) {
    try {
      execute("ROLLBACK");
    } catch (SQLException e) {
      if (WorkConnection.isOpen(connection)) {
        failure.addSuppressed(e);
      } // Otherwise SQLite has done so by itself.
    }
  }

  /** Whether nothing of the last attempt, which failed, is in the database. */
  boolean isUndone() {
    return undone;
  }

  /**
   * Sets autoCommit and rolls back what the data source, or a savepoint of the work, has left open;
   * also where sqlite-jdbc takes a transaction for open that is not.
   */
  private void endWhatIsOpen() throws SQLException {
    if (!isAutoCommit()) {
      quietly(() -> execute("BEGIN"));
      quietly(connection::rollback);
      quietly(() -> execute("BEGIN")); // sqlite-jdbc's own can have failed
      connection.setAutoCommit(true);
    }
  }

  /** As sqlite-jdbc sees it, which sets it at a savepoint, without a pool's knowledge. */
  private boolean isAutoCommit() throws SQLException {
    return connection.isWrapperFor(SQLiteConnection.class)
        ? connection.unwrap(SQLiteConnection.class).getAutoCommit()
        : connection.getAutoCommit();
  }

  private static void quietly(Explained.Action action) {
    try {
      action.run();
    } catch (SQLException e) {
      LOG.trace("while a connection is tidied up", e);
    }
  }

  /** Closes the connection, as it came. What fails then changes nothing of what was done. */
  void giveBack() {
    try (connection) {
      endWhatIsOpen();
      if (!autoCommit) {
        connection.setAutoCommit(false);
      }
    } catch (SQLException e) {
      LOG.warn("after the end of a transaction: {}", e.toString());
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
