package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.store.Await;
import io.github.s3vfs.internal.store.ObjectStore;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Deletes the head of one database. A DELETE has no condition: one without an answer could take
 * effect upon what is committed later, so this process commits nothing until it cannot any more.
 * Thread-safe.
 */
final class HeadDeletion {
  private final ObjectStore store;
  private final HeadObject head;
  private final Duration timeout;
  private final LongSupplier nanoTime;

  /** When the answer to the last one was not waited for any longer; null if it is known. */
  private volatile @Nullable Long unknownSince;

  /**
   * @param timeout how long one request may take
   * @param nanoTime a monotonic clock
   */
  HeadDeletion(ObjectStore store, HeadObject head, Duration timeout, LongSupplier nanoTime) {
    this.store = store;
    this.head = head;
    this.timeout = timeout;
    this.nanoTime = nanoTime;
  }

  /**
   * Deletes it; an interrupt does not end this.
   *
   * @throws S3VfsException {@code UNAVAILABLE}: it may still be deleted; else it is not
   */
  void run() {
    Await.undisturbed(this::runUndisturbed);
  }

  private void runUndisturbed() {
    try {
      Await.result(store.delete(head.key()), timeout, "DELETE " + head.describe());
    } catch (S3VfsException e) {
      if (e.kind() != ErrorKind.UNAVAILABLE) {
        throw e;
      }
      unknownSince = nanoTime.getAsLong();
      if (!isGone(e)) {
        throw e;
      }
    }
    unknownSince = null;
  }

  private boolean isGone(S3VfsException why) {
    try {
      return head.read(null) == null;
    } catch (S3VfsException e) {
      why.addSuppressed(e);
      return false;
    }
  }

  /** Whether one that was asked for may still take effect. */
  boolean isUnsettled() {
    return unknownSince != null;
  }

  /**
   * Makes sure that none takes effect any more.
   *
   * @throws S3VfsException {@code UNAVAILABLE} while one may
   */
  void settle() {
    Long since = unknownSince;
    if (since == null) {
      return;
    }
    long left = timeout.toNanos() - (nanoTime.getAsLong() - since);
    if (left >= 0 && head.read(null) != null) {
      throw new S3VfsException(
          ErrorKind.UNAVAILABLE,
          head.describe()
              + ": its deletion, which got no answer, may still take effect; try again in "
              + Duration.ofNanos(left).plusMillis(999).toSeconds()
              + " s");
    }
    unknownSince = null;
  }
}
