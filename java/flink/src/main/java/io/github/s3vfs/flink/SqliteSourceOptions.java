package io.github.s3vfs.flink;

import java.io.Serializable;
import java.time.Duration;

/**
 * How a source reads.
 *
 * @param mode what is read
 * @param splits how many splits a snapshot is divided into, at most; 0 for two for each parallel
 *     reader
 * @param batchSize how many changes are read at a time, 2 or more
 * @param pollInterval how often the changes of a table are looked for; cut to 24 days
 * @param badRows what becomes of rows with a value that does not fit its column's type
 * @param retryTimeout how long failures that may pass are retried before the job fails: no answer
 *     from S3, credentials that have expired, a database that is locked
 * @param busyTimeout how long to wait for writers of a local file; cut to 24 days
 */
public record SqliteSourceOptions(
    Mode mode,
    int splits,
    int batchSize,
    Duration pollInterval,
    BadRows badRows,
    Duration retryTimeout,
    Duration busyTimeout)
    implements Serializable {

  private static final long serialVersionUID = 1;

  /** SQLite counts the milliseconds that it waits in 32 bits: longer times are cut to 24 days. */
  private static final Duration LONGEST = Duration.ofMillis(Integer.MAX_VALUE);

  /** What is read. */
  public enum Mode {
    /** All rows, then all changes, without end. */
    CHANGELOG,
    /** All rows of one version, and then it ends. */
    SNAPSHOT
  }

  /** What becomes of rows with a value that does not fit. */
  public enum BadRows {
    /** The job fails. */
    FAIL,
    /** They are left out, as if they were not there, and counted. */
    SKIP
  }

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if one is out of its bounds
   */
  public SqliteSourceOptions {
    require(splits >= 0, "splits", splits);
    require(batchSize >= 2, "batchSize", batchSize);
    require(pollInterval.compareTo(Duration.ofMillis(1)) >= 0, "pollInterval", pollInterval);
    require(!retryTimeout.isNegative(), "retryTimeout", retryTimeout);
    require(!busyTimeout.isNegative(), "busyTimeout", busyTimeout);
    pollInterval = cut(pollInterval);
    busyTimeout = cut(busyTimeout);
  }

  /** A time, or the longest that there is. */
  static Duration cut(Duration time) {
    return time.compareTo(LONGEST) < 0 ? time : LONGEST;
  }

  private static void require(boolean holds, String name, Object value) {
    if (!holds) {
      throw new IllegalArgumentException(name + " is " + value);
    }
  }

  private static SqliteSourceOptions of(Mode mode) {
    return new SqliteSourceOptions(
        mode,
        0,
        1_000,
        Duration.ofMillis(500),
        BadRows.FAIL,
        Duration.ofMinutes(1),
        Duration.ofSeconds(90));
  }

  /** All rows and then all changes; a look every 500 ms, 1,000 changes at a time. */
  public static SqliteSourceOptions changelog() {
    return of(Mode.CHANGELOG);
  }

  /** All rows of the version that there is when the job starts. */
  public static SqliteSourceOptions snapshot() {
    return of(Mode.SNAPSHOT);
  }

  /**
   * With another number of splits.
   *
   * @param most 0 or more
   * @return the options
   */
  public SqliteSourceOptions splits(int most) {
    return new SqliteSourceOptions(
        mode, most, batchSize, pollInterval, badRows, retryTimeout, busyTimeout);
  }

  /**
   * With batches of another size.
   *
   * @param changes 2 or more
   * @return the options
   */
  public SqliteSourceOptions batchSize(int changes) {
    return new SqliteSourceOptions(
        mode, splits, changes, pollInterval, badRows, retryTimeout, busyTimeout);
  }

  /**
   * With looks at other intervals.
   *
   * @param interval a millisecond or more
   * @return the options
   */
  public SqliteSourceOptions pollInterval(Duration interval) {
    return new SqliteSourceOptions(
        mode, splits, batchSize, interval, badRows, retryTimeout, busyTimeout);
  }

  /**
   * With bad rows left out, or not.
   *
   * @param what becomes of them
   * @return the options
   */
  public SqliteSourceOptions badRows(BadRows what) {
    return new SqliteSourceOptions(
        mode, splits, batchSize, pollInterval, what, retryTimeout, busyTimeout);
  }

  /**
   * With more or less patience.
   *
   * @param timeout 0 or more
   * @return the options
   */
  public SqliteSourceOptions retryTimeout(Duration timeout) {
    return new SqliteSourceOptions(
        mode, splits, batchSize, pollInterval, badRows, timeout, busyTimeout);
  }

  /**
   * With another time to wait for writers.
   *
   * @param timeout 0 or more
   * @return the options
   */
  public SqliteSourceOptions busyTimeout(Duration timeout) {
    return new SqliteSourceOptions(
        mode, splits, batchSize, pollInterval, badRows, retryTimeout, timeout);
  }
}
