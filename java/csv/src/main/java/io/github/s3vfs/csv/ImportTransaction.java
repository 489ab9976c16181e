package io.github.s3vfs.csv;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * The transaction of an import: its own where the connection is in autocommit mode, otherwise a
 * part of the caller's, which is neither committed nor rolled back. Belongs to one thread.
 */
final class ImportTransaction {
  private final Connection connection;
  private final @Nullable Savepoint savepoint;

  /**
   * Begins it.
   *
   * @param commits whether {@link #commit} will be called
   * @throws S3VfsException {@code INVALID} if that is not possible in the caller's transaction, or
   *     if that was begun by SQL
   */
  ImportTransaction(Connection connection, boolean commits) throws SQLException {
    this.connection = connection;
    boolean own = connection.getAutoCommit();
    if (!own && commits) {
      throw new S3VfsException(
          ErrorKind.INVALID,
          "commitEvery is not possible on a connection that is in a transaction");
    }
    if (own) {
      checkIsNotOpen();
      connection.setAutoCommit(false);
      savepoint = null;
    } else {
      savepoint = connection.setSavepoint();
    }
  }

  /** It would be, without the driver's knowledge, by BEGIN in SQL. */
  private void checkIsNotOpen() {
    try (Statement statement = connection.createStatement()) {
      statement.execute("BEGIN");
      statement.execute("ROLLBACK");
    } catch (SQLException e) {
      throw new S3VfsException(
          ErrorKind.INVALID,
          "no transaction can be begun; where there is one, it must be known to the driver"
              + " (setAutoCommit(false) in place of BEGIN): "
              + e.getMessage(),
          e);
    }
  }

  /** Commits what there is, and goes on. */
  void commit() throws SQLException {
    connection.commit();
  }

  /** Whether a constraint or trigger has ended the transaction, as RAISE(ROLLBACK) does. */
  boolean isLost() {
    try (Statement statement = connection.createStatement()) {
      statement.execute("BEGIN");
      return true;
    } catch (SQLException e) {
      return false; // there is one already
    }
  }

  /** Ends it with success. */
  void end() throws SQLException {
    if (savepoint == null) {
      connection.commit();
      connection.setAutoCommit(true);
    } else {
      connection.releaseSavepoint(savepoint);
    }
  }

  /** Ends it without a trace. What fails meanwhile is added to the reason. */
  void undo(Throwable reason) {
    if (savepoint == null) {
      attempt(connection::rollback, reason);
      attempt(() -> connection.setAutoCommit(true), reason);
    } else {
      Savepoint begin = savepoint;
      attempt(
          () -> {
            connection.rollback(begin);
            connection.releaseSavepoint(begin);
          },
          reason);
    }
  }

  @FunctionalInterface
  private interface Step {
    void run() throws SQLException;
  }

  private static void attempt(Step step, Throwable reason) {
    try {
      step.run();
    } catch (SQLException | RuntimeException e) {
      reason.addSuppressed(e);
    }
  }
}
