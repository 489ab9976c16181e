package io.github.s3vfs.changelog;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a writer writes. Checked when a writer is opened.
 *
 * @param name of the writer, in the messages of its exceptions; null for none
 * @param mode what the table is to be
 * @param initMode what becomes of the table first
 * @param primaryKey in the mode {@code SNAPSHOT}, the columns that identify a row; if empty, those
 *     that the schema names
 * @param maxBatchSize the most events of one transaction; a longer batch is several
 * @param busyTimeout how long to wait for other writers
 */
public record WriterOptions(
    @Nullable String name,
    Mode mode,
    InitMode initMode,
    List<String> primaryKey,
    int maxBatchSize,
    Duration busyTimeout) {

  private static final Duration BUSY_TIMEOUT = Duration.ofSeconds(30);

  /** What the table is to be. */
  public enum Mode {
    /** A log: a row for each event, with columns {@code time} and {@code diff} more. */
    STREAM_OF_CHANGES,
    /** The rows that there are now, one for each key. */
    SNAPSHOT
  }

  /** What becomes of the table when a writer is opened. */
  public enum InitMode {
    /** Nothing: it must be there. */
    DEFAULT,
    /** It is created if it is not there. */
    CREATE,
    /** It is dropped and created. */
    REPLACE
  }

  /**
   * Copies the key, and checks the time.
   *
   * @throws IllegalArgumentException if {@code busyTimeout} is negative
   */
  public WriterOptions {
    primaryKey = List.copyOf(primaryKey);
    busyTimeout = Durations.notNegative("busyTimeout", busyTimeout);
  }

  /** A log of all events, into a table that is there. */
  public static WriterOptions streamOfChanges() {
    return new WriterOptions(
        null, Mode.STREAM_OF_CHANGES, InitMode.DEFAULT, List.of(), Integer.MAX_VALUE, BUSY_TIMEOUT);
  }

  /**
   * The rows that there are now, in a table that is there.
   *
   * @param primaryKey the columns that identify a row; if none, those that the schema names
   * @return the options
   */
  public static WriterOptions snapshot(String... primaryKey) {
    return new WriterOptions(
        null,
        Mode.SNAPSHOT,
        InitMode.DEFAULT,
        List.of(primaryKey),
        Integer.MAX_VALUE,
        BUSY_TIMEOUT);
  }

  /**
   * With a name.
   *
   * @param writerName for people
   * @return the options
   */
  public WriterOptions name(String writerName) {
    return new WriterOptions(writerName, mode, initMode, primaryKey, maxBatchSize, busyTimeout);
  }

  /**
   * With another beginning.
   *
   * @param initMode what becomes of the table
   * @return the options
   */
  public WriterOptions init(InitMode initMode) {
    return new WriterOptions(name, mode, initMode, primaryKey, maxBatchSize, busyTimeout);
  }

  /**
   * With another key.
   *
   * @param columns that identify a row
   * @return the options
   */
  public WriterOptions key(String... columns) {
    return new WriterOptions(name, mode, initMode, List.of(columns), maxBatchSize, busyTimeout);
  }

  /**
   * With smaller transactions.
   *
   * @param events the most of one transaction, 1 or more
   * @return the options
   */
  public WriterOptions maxBatchSize(int events) {
    return new WriterOptions(name, mode, initMode, primaryKey, events, busyTimeout);
  }

  /**
   * With another time to wait for other writers; 30 s otherwise.
   *
   * @param timeout in milliseconds or coarser
   * @return the options
   */
  public WriterOptions busyTimeout(Duration timeout) {
    return new WriterOptions(name, mode, initMode, primaryKey, maxBatchSize, timeout);
  }
}
