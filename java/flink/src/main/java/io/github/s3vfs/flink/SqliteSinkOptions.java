package io.github.s3vfs.flink;

import io.github.s3vfs.changelog.WriterOptions;
import io.github.s3vfs.changelog.WriterOptions.InitMode;
import java.io.Serializable;
import java.time.Duration;

/**
 * How a sink writes.
 *
 * @param mode what the table is to be
 * @param init what becomes of the table when a job starts without a checkpoint
 * @param maxBufferedBytes how much may wait for a checkpoint, in memory and then in the checkpoint;
 *     1 to 1 GiB
 * @param busyTimeout how long to wait for other writers of the database; cut to 24 days
 */
public record SqliteSinkOptions(
    Mode mode, InitMode init, long maxBufferedBytes, Duration busyTimeout) implements Serializable {

  private static final long serialVersionUID = 1;
  private static final long MOST = 1L << 30;

  /** What the table is to be. */
  public enum Mode {
    /** The rows that there are now, one for each key. */
    UPSERT,
    /** A log: a row for each element, with columns {@code time} and {@code diff} more. */
    STREAM
  }

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if one is out of its bounds
   */
  public SqliteSinkOptions {
    if (maxBufferedBytes < 1 || maxBufferedBytes > MOST) {
      throw new IllegalArgumentException("maxBufferedBytes is " + maxBufferedBytes);
    }
    if (busyTimeout.isNegative()) {
      throw new IllegalArgumentException("busyTimeout is " + busyTimeout);
    }
    busyTimeout = SqliteSourceOptions.cut(busyTimeout);
  }

  private static SqliteSinkOptions of(Mode mode) {
    return new SqliteSinkOptions(mode, InitMode.DEFAULT, 256L << 20, Duration.ofSeconds(90));
  }

  /** The rows that there are now, in a table that is there; 256 MiB may wait. */
  public static SqliteSinkOptions upsert() {
    return of(Mode.UPSERT);
  }

  /** A log of all elements, in a table that is there; 256 MiB may wait. */
  public static SqliteSinkOptions stream() {
    return of(Mode.STREAM);
  }

  /**
   * With another beginning.
   *
   * @param mode what becomes of the table
   * @return the options
   */
  public SqliteSinkOptions init(InitMode mode) {
    return new SqliteSinkOptions(this.mode, mode, maxBufferedBytes, busyTimeout);
  }

  /**
   * With room for more or less between two checkpoints.
   *
   * @param bytes 1 to 1 GiB
   * @return the options
   */
  public SqliteSinkOptions maxBufferedBytes(long bytes) {
    return new SqliteSinkOptions(mode, init, bytes, busyTimeout);
  }

  /**
   * With another time to wait for other writers.
   *
   * @param timeout 0 or more
   * @return the options
   */
  public SqliteSinkOptions busyTimeout(Duration timeout) {
    return new SqliteSinkOptions(mode, init, maxBufferedBytes, timeout);
  }

  /** Those of the change streams. */
  WriterOptions writer(SqliteTable table, InitMode now) {
    WriterOptions made =
        mode == Mode.STREAM
            ? WriterOptions.streamOfChanges()
            : WriterOptions.snapshot(table.key().toArray(String[]::new));
    return made.init(now).busyTimeout(busyTimeout).name("sink of " + table.name());
  }
}
