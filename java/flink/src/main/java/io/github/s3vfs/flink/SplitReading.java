package io.github.s3vfs.flink;

import io.github.s3vfs.changelog.Change;
import java.util.List;

/**
 * Reads one split. For one thread at a time. {@code next} may take as long as a look at a table
 * does, and may be interrupted.
 */
interface SplitReading extends AutoCloseable {
  /**
   * The next changes; none if there are none now. An update's two changes are never in two batches.
   *
   * @throws io.github.s3vfs.changelog.ChangelogException if that fails; it may be called again
   */
  List<Change> next();

  /** Whether there will be no more. */
  boolean isFinished();

  /** Whether it was possible to read at all: failures after that may pass. */
  boolean hasBegun();

  /** The split as far as it was read. */
  SqliteSplit position(byte[] pending);

  /** Bytes of memory that the state takes; 0 if there is none. */
  long stateBytes();

  @Override
  void close();
}
