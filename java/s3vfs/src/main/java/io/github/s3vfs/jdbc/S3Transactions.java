package io.github.s3vfs.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Write transactions that are begun again when another writer was faster:
 *
 * <pre>{@code
 * long id = S3Transactions.run(dataSource, connection -> insert(connection, name));
 * }</pre>
 *
 * <p>A transaction takes a connection of the data source, executes {@code BEGIN IMMEDIATE}, the
 * work, and {@code COMMIT}. If one of them fails with {@code SQLITE_BUSY}, in any of its forms such
 * as {@code SQLITE_BUSY_SNAPSHOT}, or with {@code SQLITE_LOCKED_SHAREDCACHE}, it is rolled back and
 * begun again after a random pause, which grows from 10 ms to 1 s at most. Any other failure is
 * rolled back and thrown. That includes a COMMIT with an I/O error, of which nobody knows whether
 * it took effect, and, where databases are attached, every COMMIT that fails: it may have taken
 * effect in one of them.
 *
 * <p>Whatever happens, the connection goes back as it came: no transaction is open, and {@code
 * autoCommit} is as it was. Statements that the work has left open are closed.
 *
 * <p>It works with every data source of sqlite-jdbc or {@link S3VfsDriver}, pools, and databases in
 * local files. A data source that hands out the connection of a transaction under way, as Spring's
 * {@code TransactionAwareDataSourceProxy} does, must not be used: that transaction would be rolled
 * back.
 *
 * <p>Thread-safe, if the data source is.
 */
public final class S3Transactions {
  /** For how long transactions are begun again where nothing else is said. */
  public static final Duration DEFAULT_LIMIT = Duration.ofSeconds(30);

  /** Those in which this thread is; removed when there are none. */
  private static final ThreadLocal<@Nullable Set<DataSource>> ENTERED = new ThreadLocal<>();

  private S3Transactions() {}

  /**
   * What is done in a transaction. It may be called several times, and what earlier calls have done
   * to the database is undone; what they have done elsewhere is not.
   *
   * @param <T> its result
   */
  @FunctionalInterface
  public interface Work<T extends @Nullable Object> {
    /**
     * Does it.
     *
     * @param connection for use during this call only, with its statements and their results. It
     *     refuses to commit, to roll back other than to a savepoint, and to leave the transaction
     *     in other ways; closing it does nothing. {@code unwrap(SQLiteConnection.class)} leads to
     *     sqlite-jdbc's connection, which refuses nothing
     * @return becomes the result of {@code run}
     * @throws SQLException rolls back; if it means that the database is busy, the work is called
     *     again. So does any other exception, which is never a reason to call the work again
     */
    T run(Connection connection) throws SQLException;
  }

  /**
   * Runs a transaction, again and again for {@link #DEFAULT_LIMIT} if need be.
   *
   * @return what the work has returned when it was committed
   * @throws SQLException as {@link #run(DataSource, Duration, Work)} does
   */
  public static <T extends @Nullable Object> T run(DataSource dataSource, Work<T> work)
      throws SQLException {
    return run(dataSource, DEFAULT_LIMIT, work);
  }

  /**
   * Runs a transaction, again and again if need be.
   *
   * @param limit none is begun later than this after the call. One that is under way then goes on:
   *     {@code busy_timeout} of the connection bounds how long BEGIN waits. Zero for one attempt
   * @return what the work has returned when it was committed
   * @throws SQLException of the last attempt, with those of earlier ones, the last ten at most,
   *     suppressed. If the thread is interrupted in a pause, the last exception is thrown, and the
   *     interrupt status stays set
   * @throws IllegalStateException if this thread is in the work of a transaction on this data
   *     source, for which it would wait
   * @throws IllegalArgumentException for a negative limit
   */
  public static <T extends @Nullable Object> T run(
      DataSource dataSource, Duration limit, Work<T> work) throws SQLException {
    BackOff backOff = new BackOff(limit, ThreadLocalRandom.current());
    enter(dataSource);
    try {
      ImmediateTransaction transaction = new ImmediateTransaction(dataSource.getConnection());
      try {
        return repeat(transaction, backOff, work);
      } finally {
        transaction.giveBack();
      }
    } finally {
      leave(dataSource);
    }
  }

  private static <T extends @Nullable Object> T repeat(
      ImmediateTransaction transaction, BackOff backOff, Work<T> work) throws SQLException {
    long start = System.nanoTime();
    while (true) {
      try {
        return transaction.attempt(work);
      } catch (SQLException e) {
        long pause = backOff.pauseNanos(System.nanoTime() - start);
        if (pause < 0 || !transaction.isUndone() || !BackOff.isBusy(e)) {
          throw backOff.last(e);
        }
        backOff.failed(e);
        try {
          TimeUnit.NANOSECONDS.sleep(pause);
        } catch (InterruptedException interrupt) {
          Thread.currentThread().interrupt();
          throw backOff.last(e);
        }
      }
    }
  }

  private static void enter(DataSource dataSource) {
    Set<DataSource> entered = ENTERED.get();
    if (entered == null) {
      entered = Collections.newSetFromMap(new IdentityHashMap<>());
      ENTERED.set(entered);
    }
    if (!entered.add(dataSource)) {
      throw new IllegalStateException(
          "S3Transactions.run within the work of another one on the same data source, which would"
              + " wait for it: use the connection that the work was given");
    }
  }

  private static void leave(DataSource dataSource) {
    Set<DataSource> entered = ENTERED.get();
    if (entered != null && entered.remove(dataSource) && entered.isEmpty()) {
      ENTERED.remove();
    }
  }
}
