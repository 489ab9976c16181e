package io.github.s3vfs.internal.store.crt;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * Keeps clients from being closed while a request is handed to one: the native side would be freed
 * under it, and the process would end. Thread-safe.
 */
final class ClientGate {
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private boolean closed;

  /**
   * Hands a request over.
   *
   * @throws S3VfsException {@code CLOSED}
   */
  <T> T send(Supplier<T> send) {
    lock.readLock().lock();
    try {
      if (closed) {
        throw new S3VfsException(ErrorKind.CLOSED, "the S3 clients were closed");
      }
      return send.get();
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Closes clients when nobody hands them a request; from then on none is sent. */
  void close(Runnable close) {
    lock.writeLock().lock();
    try {
      closed = true;
      close.run();
    } finally {
      lock.writeLock().unlock();
    }
  }
}
