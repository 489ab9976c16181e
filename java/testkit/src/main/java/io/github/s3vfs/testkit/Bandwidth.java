package io.github.s3vfs.testkit;

/**
 * A limit on bytes per second that all bodies share, in both directions together.
 *
 * <p>Bytes are booked one after the other on a line of time; whoever books waits until its place
 * has passed. So the total never exceeds the limit by more than one booking, and no byte is
 * refused. Thread-safe.
 */
final class Bandwidth {

  private long bytesPerSecond;
  private long bookedUntil;

  /** Sets the limit, in bytes per second; zero means none. */
  synchronized void limit(long newBytesPerSecond) {
    bytesPerSecond = newBytesPerSecond;
    bookedUntil = System.nanoTime();
  }

  /** Waits for room for {@code bytes}; returns at once when there is no limit. */
  void take(long bytes) {
    long wait;
    synchronized (this) {
      if (bytesPerSecond == 0 || bytes == 0) {
        return;
      }
      long now = System.nanoTime();
      if (bookedUntil - now < 0) {
        bookedUntil = now;
      }
      bookedUntil += (long) (bytes * 1e9 / bytesPerSecond);
      wait = bookedUntil - now;
    }
    Pause.nanos(wait);
  }
}
