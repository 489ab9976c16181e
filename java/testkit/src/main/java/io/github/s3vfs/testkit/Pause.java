package io.github.s3vfs.testkit;

import java.util.concurrent.TimeUnit;

/** Waits a while. */
final class Pause {

  private Pause() {}

  /**
   * Waits {@code nanos} nanoseconds, less when the thread is interrupted; the interrupt is kept.
   */
  static void nanos(long nanos) {
    if (nanos <= 0) {
      return;
    }
    try {
      TimeUnit.NANOSECONDS.sleep(nanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
