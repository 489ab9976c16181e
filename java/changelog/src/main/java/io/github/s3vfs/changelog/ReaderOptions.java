package io.github.s3vfs.changelog;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a reader reads.
 *
 * @param name of the reader, in its log and the messages of its exceptions; null for none
 * @param stateDirectory where it keeps what it has told of, for the next process; null for a
 *     temporary file
 * @param maxBatchChanges the most changes of a batch, 2 or more: an update is two, which are never
 *     in two batches
 * @param autocommitDuration how long a batch is filled, 0 or more: when that has passed, and there
 *     are changes, they are handed out although the look goes on
 * @param pollInterval how often {@link ChangelogReader#poll(Duration)} looks
 * @param busyTimeout how long to wait for writers
 */
public record ReaderOptions(
    @Nullable String name,
    @Nullable Path stateDirectory,
    int maxBatchChanges,
    Duration autocommitDuration,
    Duration pollInterval,
    Duration busyTimeout) {

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if {@code maxBatchChanges} is less than 2, {@code
   *     pollInterval} is not positive, or another time is negative
   */
  public ReaderOptions {
    if (maxBatchChanges < 2) {
      throw new IllegalArgumentException("maxBatchChanges is " + maxBatchChanges);
    }
    if (pollInterval.isNegative() || pollInterval.isZero()) {
      throw new IllegalArgumentException("pollInterval is " + pollInterval);
    }
    autocommitDuration = Durations.notNegative("autocommitDuration", autocommitDuration);
    busyTimeout = Durations.notNegative("busyTimeout", busyTimeout);
  }

  /**
   * No name, a temporary state, 10,000 changes or what there is after 1.5 s, a look every 500 ms, 5
   * s for writers.
   */
  public static ReaderOptions defaults() {
    return new ReaderOptions(
        null,
        null,
        10_000,
        Duration.ofMillis(1_500),
        Duration.ofMillis(500),
        Duration.ofSeconds(5));
  }

  /**
   * With a name.
   *
   * @param readerName for people
   * @return the options
   */
  public ReaderOptions name(String readerName) {
    return new ReaderOptions(
        readerName, stateDirectory, maxBatchChanges, autocommitDuration, pollInterval, busyTimeout);
  }

  /**
   * With a state that the next process goes on with.
   *
   * @param directory is created; of one reader at a time
   * @return the options
   */
  public ReaderOptions stateDirectory(Path directory) {
    return new ReaderOptions(
        name, directory, maxBatchChanges, autocommitDuration, pollInterval, busyTimeout);
  }

  /**
   * With batches of another size.
   *
   * @param changes the most, 2 or more
   * @return the options
   */
  public ReaderOptions maxBatchChanges(int changes) {
    return new ReaderOptions(
        name, stateDirectory, changes, autocommitDuration, pollInterval, busyTimeout);
  }

  /**
   * With another time to fill a batch.
   *
   * @param duration 0 or more
   * @return the options
   */
  public ReaderOptions autocommitDuration(Duration duration) {
    return new ReaderOptions(
        name, stateDirectory, maxBatchChanges, duration, pollInterval, busyTimeout);
  }

  /**
   * With looks at other intervals.
   *
   * @param interval positive
   * @return the options
   */
  public ReaderOptions pollInterval(Duration interval) {
    return new ReaderOptions(
        name, stateDirectory, maxBatchChanges, autocommitDuration, interval, busyTimeout);
  }

  /**
   * With another time to wait for writers.
   *
   * @param timeout in milliseconds or coarser
   * @return the options
   */
  public ReaderOptions busyTimeout(Duration timeout) {
    return new ReaderOptions(
        name, stateDirectory, maxBatchChanges, autocommitDuration, pollInterval, timeout);
  }
}
