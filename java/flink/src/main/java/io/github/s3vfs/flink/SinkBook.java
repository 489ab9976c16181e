package io.github.s3vfs.flink;

import io.github.s3vfs.flink.SqliteSinkOptions.Mode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The table {@code s3vfs_flink_sinks}, beside those that are written to: which sink of which job a
 * table belongs to, and the last checkpoint whose rows it has. A sink keeps its name in
 * checkpoints; a job that goes on from a checkpoint of another one has the same sink, and takes the
 * table over. All methods run in a transaction of their caller. Immutable.
 */
final class SinkBook {
  private static final Logger LOG = LoggerFactory.getLogger(SinkBook.class);
  private static final String CREATE =
      "CREATE TABLE IF NOT EXISTS main.s3vfs_flink_sinks("
          + "table_name TEXT NOT NULL COLLATE NOCASE PRIMARY KEY, sink TEXT NOT NULL,"
          + " job TEXT NOT NULL, checkpoint INTEGER NOT NULL, time INTEGER NOT NULL)";

  private final SqliteTable table;
  private final String sink;
  private final String job;

  /** What is written down of a table. */
  private record Entry(String sink, String job, long checkpoint, long time) {}

  SinkBook(SqliteTable table, String sink, String job) {
    this.table = table;
    this.sink = sink;
    this.job = job;
  }

  /** The table belongs to this sink from now on, and has no rows of it. */
  void take(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      int unused = statement.executeUpdate(CREATE);
    }
    set(connection, 0, System.currentTimeMillis());
  }

  /**
   * The job goes on from a checkpoint.
   *
   * @throws SinkRefusedException if the table is not this sink's, or is a log that has rows of a
   *     later checkpoint
   */
  void resume(Connection connection, long restored, Mode mode) throws SQLException {
    Entry found = entry(connection);
    if (found.checkpoint() > restored && mode == Mode.STREAM) {
      throw new SinkRefusedException(
          table
              + ": it has the rows of checkpoint "
              + found.checkpoint()
              + " already, and the job was started from checkpoint "
              + restored
              + ": a log would have rows twice. Start it from checkpoint "
              + found.checkpoint()
              + " or a later one, or without a checkpoint");
    }
    if (found.checkpoint() > restored) {
      LOG.warn("{} goes back from checkpoint {} to {}", table, found.checkpoint(), restored);
    }
    set(connection, Math.min(found.checkpoint(), restored), found.time());
  }

  /**
   * The table gets the rows of a checkpoint in this transaction.
   *
   * @param resumed whether the job has just gone on from a checkpoint, maybe one of another job
   * @return false if it has them already
   * @throws SinkRefusedException if the table is not this sink's, or another job has gone on
   */
  boolean advance(Connection connection, long checkpoint, long time, boolean resumed)
      throws SQLException {
    Entry found = entry(connection);
    if (!resumed && !found.job().equals(job)) {
      throw new SinkRefusedException(
          table
              + ": the job "
              + found.job()
              + " was started from a checkpoint of this one, and writes to it now; this is "
              + job);
    }
    boolean isNew = checkpoint > found.checkpoint();
    if (isNew) {
      set(connection, checkpoint, time);
    }
    return isNew;
  }

  private void set(Connection connection, long checkpoint, long time) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "INSERT OR REPLACE INTO main.s3vfs_flink_sinks VALUES (?, ?, ?, ?, ?)")) {
      statement.setString(1, table.name());
      statement.setString(2, sink);
      statement.setString(3, job);
      statement.setLong(4, checkpoint);
      statement.setLong(5, time);
      int unused = statement.executeUpdate();
    }
  }

  /** What is written down, if it is this sink's. */
  private Entry entry(Connection connection) throws SQLException {
    if (!exists(connection)) {
      throw unknown();
    }
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT sink, job, checkpoint, time FROM main.s3vfs_flink_sinks"
                + " WHERE table_name = ?")) {
      statement.setString(1, table.name());
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          throw unknown();
        }
        Entry found = new Entry(row.getString(1), row.getString(2), row.getLong(3), row.getLong(4));
        if (!found.sink().equals(sink)) {
          throw new SinkRefusedException(
              table
                  + ": another sink has taken it over, of the job "
                  + found.job()
                  + " (this is "
                  + job
                  + "): a table has one sink");
        }
        return found;
      }
    }
  }

  private static boolean exists(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT 1 FROM main.sqlite_schema WHERE name = 's3vfs_flink_sinks'")) {
      return row.next();
    }
  }

  private SinkRefusedException unknown() {
    return new SinkRefusedException(
        table
            + ": the database does not know this sink any more: it was deleted or replaced while"
            + " the job ran. Start the job without its checkpoint to write everything again");
  }
}
