package io.github.s3vfs.transfer;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.util.concurrent.TimeUnit;

/** Holds back who would be faster than so many bytes per second. Belongs to one thread. */
final class Pace {
  private final long bytesPerSecond;
  private long next = System.nanoTime();

  /**
   * @param bytesPerSecond 0 for no limit
   */
  Pace(long bytesPerSecond) {
    this.bytesPerSecond = bytesPerSecond;
  }

  /**
   * Waits until so many bytes may go.
   *
   * @param what names it in messages
   * @throws S3VfsException {@code INTERRUPTED}
   */
  void await(long bytes, Object what) {
    if (bytesPerSecond == 0) {
      return;
    }
    long now = System.nanoTime();
    long wait = Math.max(0, next - now);
    next = now + wait + (long) (1e9 * bytes / bytesPerSecond);
    try {
      TimeUnit.NANOSECONDS.sleep(wait);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new S3VfsException(
          ErrorKind.INTERRUPTED, what + ": interrupted while it was held back", e);
    }
  }
}
