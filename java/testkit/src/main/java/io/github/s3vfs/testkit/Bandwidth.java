package io.github.s3vfs.testkit;

import java.util.Arrays;

/**
 * A limit on bytes per second that all bodies share, in both directions together or in each.
 *
 * <p>Bytes are booked one after the other on a line of time; whoever books waits until its place
 * has passed, unless that is so near that a pause would take longer than it should. What was not
 * used is lost, but for as much. So the total never exceeds the limit by more than one booking and
 * {@value #BURST_NANOS} ns, and no byte is refused. Thread-safe.
 */
final class Bandwidth {
  /** Pauses are not exact; shorter ones would let single connections have less than there is. */
  private static final long BURST_NANOS = 2_000_000;

  private long bytesPerSecond;
  private boolean eachWay;

  /** Of both directions, or of requests and of answers. */
  private final long[] bookedUntil = new long[2];

  /**
   * Sets the limit, in bytes per second; zero means none.
   *
   * @param ofEachWay whether each direction has as much, as a full-duplex link has
   */
  synchronized void limit(long newBytesPerSecond, boolean ofEachWay) {
    bytesPerSecond = newBytesPerSecond;
    eachWay = ofEachWay;
    Arrays.fill(bookedUntil, System.nanoTime());
  }

  /** Waits for room for bytes of a request's body; returns at once when there is no limit. */
  void takeRequest(long bytes) {
    take(0, bytes);
  }

  /** Waits for room for bytes of an answer's body; returns at once when there is no limit. */
  void takeAnswer(long bytes) {
    take(1, bytes);
  }

  private void take(int direction, long bytes) {
    long wait;
    synchronized (this) {
      if (bytesPerSecond == 0 || bytes == 0) {
        return;
      }
      long now = System.nanoTime();
      int line = eachWay ? direction : 0;
      if (bookedUntil[line] - now < -BURST_NANOS) {
        bookedUntil[line] = now - BURST_NANOS;
      }
      bookedUntil[line] += (long) (bytes * 1e9 / bytesPerSecond);
      wait = bookedUntil[line] - now;
    }
    if (wait > BURST_NANOS) {
      Pause.nanos(wait);
    }
  }
}
