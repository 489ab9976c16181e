package io.github.s3vfs.benchmark;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.sqlite.ProgressHandler;
import org.sqlite.SQLiteConnection;

/**
 * A scan of the table item that ends early when it takes too long: SQLite's virtual machine tells
 * how far it has come, because it takes as many steps for each row.
 *
 * <p>For one scan, by one thread.
 */
final class TableScan extends ProgressHandler {
  /** After so much time it is clear how long the rest will take. */
  static final Duration LIMIT = Duration.ofSeconds(15);

  /** Instructions of SQLite's virtual machine. */
  private static final int STEP = 20_000;

  private final long limitNanos;
  private long began;
  private long steps;
  private boolean stopped;

  private TableScan(long limitNanos) {
    this.limitNanos = limitNanos;
  }

  /** How many steps the scan of a local file takes. */
  static long steps(Path file) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      TableScan scan = new TableScan(Long.MAX_VALUE);
      scan.read(connection);
      return scan.steps;
    }
  }

  /**
   * Scans for {@link #LIMIT} at most.
   *
   * @param allSteps what the whole scan takes
   * @return the part of the table that was read, 1 for all of it
   */
  static double run(Connection connection, long allSteps) throws SQLException {
    TableScan scan = new TableScan(LIMIT.toNanos());
    scan.read(connection);
    return scan.stopped ? (double) scan.steps / allSteps : 1;
  }

  private void read(Connection connection) throws SQLException {
    began = System.nanoTime();
    SQLiteConnection sqlite = connection.unwrap(SQLiteConnection.class);
    ProgressHandler.setHandler(sqlite, STEP, this);
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(ItemTable.SCAN)) {
      if (!result.next() || result.getLong(1) == 0) {
        throw new IllegalStateException("no rows in the table");
      }
    } catch (SQLException e) {
      if (!stopped) {
        throw e;
      }
    } finally {
      ProgressHandler.clearHandler(sqlite);
    }
  }

  /** Called by SQLite; anything but 0 ends the scan. */
  @Override
  protected int progress() {
    steps++;
    stopped = System.nanoTime() - began > limitNanos;
    return stopped ? 1 : 0;
  }
}
