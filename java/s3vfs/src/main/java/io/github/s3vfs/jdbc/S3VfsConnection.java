package io.github.s3vfs.jdbc;

import io.github.s3vfs.internal.vfs.BlobOwner;
import io.github.s3vfs.internal.vfs.LastFailure;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sqlite.ExtendedCommand;
import org.sqlite.SQLiteConfig.TransactionMode;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import org.sqlite.core.DB;
import org.sqlite.jdbc4.JDBC4Connection;

/**
 * A connection of sqlite-jdbc that explains failures of S3, and does not lose sight of its
 * transaction: while {@code autoCommit} is false, one is open in SQLite. Where SQLite has rolled
 * one back by itself, the connection takes no statements until the program has said that it knows,
 * by {@link #rollback()} or {@link #setAutoCommit} (ADR 8). It is one of sqlite-jdbc's in every
 * other way: extensions, functions and hooks that want a {@code SQLiteConnection} work.
 */
final class S3VfsConnection extends JDBC4Connection implements BlobOwner {

  /** SQLite's message where there was no error. */
  private static final String NO_ERROR = " (not an error)";

  /** Its messages of result codes that callers tell from others. */
  private static final Map<String, SQLiteErrorCode> CODES =
      Map.of(
          " (database is locked)", SQLiteErrorCode.SQLITE_BUSY,
          " (disk I/O error)", SQLiteErrorCode.SQLITE_IOERR,
          " (attempt to write a readonly database)", SQLiteErrorCode.SQLITE_READONLY);

  // No initial values: the constructor of the superclass makes statements.

  /** With what SQLite has rolled back a transaction that the program has not ended yet. */
  private @Nullable SQLException rolledBack;

  /** Whether the last thing that the program did with its transaction was a COMMIT that failed. */
  private boolean commitFailed;

  /** What is to be closed with this connection; guarded by the database's monitor. */
  private @Nullable Set<Blob> blobs;

  /**
   * @param url as sqlite-jdbc reads it
   */
  S3VfsConnection(S3VfsUrl url, Properties properties) throws SQLException {
    super(url.sqliteUrl(), url.address(), properties);
  }

  /** To be called before a statement is executed. */
  @Override
  public void beforeExecution() throws SQLException {
    refuseAfterRollback();
    commitFailed = false;
  }

  /**
   * To be called after SQL was executed without an exception. sqlite-jdbc's {@code restore} tells
   * of failures of the file that is read only: those of this connection are found out here.
   *
   * @throws SQLException what a restore failed with
   */
  void afterExecution(String sql) throws SQLException {
    if (ExtendedCommand.parse(sql) instanceof ExtendedCommand.RestoreCommand) {
      String error = lastError();
      if (!error.equals(NO_ERROR)) {
        SQLiteErrorCode code = CODES.getOrDefault(error, SQLiteErrorCode.SQLITE_ERROR);
        throw failed(LastFailure.explain(DB.newSQLException(code.code, "Restore failed" + error)));
      }
    }
  }

  /** What SQLite says of the last call, in parentheses. */
  private String lastError() {
    try {
      getDatabase().throwex(SQLiteErrorCode.SQLITE_ERROR.code);
      return NO_ERROR;
    } catch (SQLException e) {
      String message = String.valueOf(e.getMessage());
      return message.substring(Math.max(0, message.lastIndexOf(" (")));
    }
  }

  /**
   * To be called after a failure: SQLite may have rolled back.
   *
   * @return the same exception
   */
  @Override
  public SQLException failed(SQLException e) {
    if (rolledBack == null && !getConnectionConfig().isAutoCommit() && begins()) {
      rolledBack = e;
    }
    return e;
  }

  /** Begins a transaction, without a lock on anything, unless there is one. */
  private boolean begins() {
    try {
      getDatabase().exec("begin;", false);
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  private void refuseAfterRollback() throws SQLException {
    SQLException reason = rolledBack;
    if (reason != null) {
      throw refusal(reason);
    }
  }

  /** With the code of the reason, so that who begins again because of that does so here, too. */
  private static SQLException refusal(SQLException reason) {
    String message =
        "the transaction was rolled back by SQLite: call rollback() before you go on ("
            + reason.getMessage()
            + ")";
    SQLException refusal =
        reason instanceof SQLiteException s
            ? new SQLiteException(message, s.getResultCode())
            : new SQLException(message, reason.getSQLState(), reason.getErrorCode());
    refusal.initCause(reason);
    return refusal;
  }

  @Override
  public void commit() throws SQLException {
    refuseAfterRollback();
    if (getAutoCommit()) {
      super.commit(); // which says that this is wrong
    }
    try {
      Explained.run(() -> getDatabase().exec("commit;", false));
    } catch (SQLException e) {
      commitFailed = true;
      throw failed(e);
    }
    beginNext();
  }

  @Override
  public void rollback() throws SQLException {
    if (getAutoCommit()) {
      super.rollback(); // which says that this is wrong
    }
    Explained.run(() -> getDatabase().exec("rollback;", false));
    forget();
    beginNext();
  }

  private void forget() {
    rolledBack = null;
    commitFailed = false;
  }

  /**
   * Begins the next transaction, in the mode that is set or, if another one writes, without a lock:
   * what was committed was committed, whoever else writes now.
   */
  private void beginNext() throws SQLException {
    commitFailed = false;
    setFirstStatementExecuted(false);
    setCurrentTransactionMode(getConnectionConfig().getTransactionMode());
    try {
      Explained.run(() -> getDatabase().exec(transactionPrefix(), false));
    } catch (SQLException e) {
      if (!begins()) {
        throw e;
      }
      setCurrentTransactionMode(TransactionMode.DEFERRED);
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>Commits the transaction, if there is one, unless its COMMIT has failed and nothing was done
   * since: then it is rolled back. If this fails, {@code autoCommit} is what was asked for only if
   * that is true; the transaction is rolled back.
   */
  @Override
  public void setAutoCommit(boolean autoCommit) throws SQLException {
    checkOpen();
    if (getConnectionConfig().isAutoCommit() == autoCommit) {
      return;
    }
    if (!autoCommit) {
      try {
        Explained.run(() -> super.setAutoCommit(false));
      } catch (SQLException e) {
        getConnectionConfig().setAutoCommit(true);
        throw e;
      }
      return;
    }
    SQLException untold = commitFailed ? null : rolledBack;
    if (commitFailed || untold != null) {
      forget();
      setCurrentTransactionMode(null);
      getConnectionConfig().setAutoCommit(true);
      Explained.run(() -> getDatabase().exec("rollback;", false));
      if (untold != null) {
        throw refusal(untold);
      }
      return;
    }
    try {
      Explained.run(() -> super.setAutoCommit(true));
    } catch (SQLException e) {
      try {
        getDatabase().exec("rollback;", false);
      } catch (SQLException none) {
        // SQLite has done so by itself.
      }
      setCurrentTransactionMode(null);
      throw e;
    }
  }

  @Override
  public Statement createStatement(int type, int concurrency, int holdability) throws SQLException {
    return Explained.statement(
        Statement.class, call(() -> super.createStatement(type, concurrency, holdability)), this);
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int type, int concurrency, int holdability)
      throws SQLException {
    return Explained.statement(
        PreparedStatement.class,
        call(() -> super.prepareStatement(sql, type, concurrency, holdability)),
        this);
  }

  @Override
  public DatabaseMetaData getMetaData() throws SQLException {
    return Explained.metaData(call(super::getMetaData), this);
  }

  @Override
  public void rollback(Savepoint savepoint) throws SQLException {
    run(() -> super.rollback(savepoint));
  }

  @Override
  public Savepoint setSavepoint() throws SQLException {
    beforeExecution();
    return call(super::setSavepoint);
  }

  @Override
  public Savepoint setSavepoint(String name) throws SQLException {
    beforeExecution();
    return call(() -> super.setSavepoint(name));
  }

  @Override
  public void releaseSavepoint(Savepoint savepoint) throws SQLException {
    run(() -> super.releaseSavepoint(savepoint));
  }

  @Override
  public byte[] serialize(String schema) throws SQLException {
    return call(() -> super.serialize(schema));
  }

  @Override
  public void opened(Blob blob) {
    Set<Blob> open = blobs;
    if (open == null) {
      open = new HashSet<>();
      blobs = open;
    }
    open.add(blob);
  }

  @Override
  public void closed(Blob blob) {
    if (blobs != null) {
      blobs.remove(blob);
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>Closes the blobs that are open on it first; if what was written to them cannot be committed,
   * the connection is closed, too, before this fails.
   */
  @Override
  public void close() throws SQLException {
    SQLException failure = null;
    for (Blob blob : openBlobs()) {
      try {
        blob.close();
      } catch (SQLException e) {
        failure = failure == null ? e : failure;
      }
    }
    Explained.run(super::close);
    if (failure != null) {
      throw failure;
    }
  }

  private List<Blob> openBlobs() {
    synchronized (getDatabase()) {
      return blobs == null ? List.of() : List.copyOf(blobs);
    }
  }

  private <T> T call(Explained.Call<T> call) throws SQLException {
    try {
      return Explained.call(call);
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  private void run(Explained.Action action) throws SQLException {
    beforeExecution();
    try {
      Explained.run(action);
    } catch (SQLException e) {
      throw failed(e);
    }
  }
}
