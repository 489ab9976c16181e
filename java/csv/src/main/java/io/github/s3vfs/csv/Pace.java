package io.github.s3vfs.csv;

import java.io.InterruptedIOException;

/** Tells about progress, and ends the work of a thread that was interrupted. Not thread-safe. */
final class Pace {
  private static final int ROWS = 1000;
  private static final long BYTES = 4 << 20;

  private final CsvProgress progress;
  private final String work;
  private long rows;
  private long told;

  Pace(CsvProgress progress, String work) {
    this.progress = progress;
    this.work = work;
  }

  /**
   * One more row.
   *
   * @throws InterruptedIOException if the thread was interrupted, whose status stays set
   */
  void row(ByteCount bytes) throws InterruptedIOException {
    rows++;
    long now = bytes.bytes();
    if (rows % ROWS == 0 || now - told >= BYTES) {
      told = now;
      progress.update(rows, now);
    }
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException(work + " was interrupted after " + rows + " rows");
    }
  }

  void end(ByteCount bytes) {
    progress.update(rows, bytes.bytes());
  }

  long rows() {
    return rows;
  }

  /** How many bytes there are up to now. */
  interface ByteCount {
    long bytes();
  }
}
