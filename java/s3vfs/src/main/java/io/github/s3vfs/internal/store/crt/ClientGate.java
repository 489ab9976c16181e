package io.github.s3vfs.internal.store.crt;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/**
 * Keeps clients from being closed while a request is handed to one: the native side would be freed
 * under it, and the process would end. Knows which of them was ever answered. Thread-safe.
 */
final class ClientGate {
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final Set<S3AsyncClient> answered = ConcurrentHashMap.newKeySet();
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

  /** A client has got an answer, whatever it was. */
  void answered(S3AsyncClient client) {
    if (!answered.contains(client)) {
      answered.add(client);
    }
  }

  boolean hasAnswered(S3AsyncClient client) {
    return answered.contains(client);
  }

  /** Closes clients when nobody hands them a request; from then on none is sent. */
  void close(Runnable close) {
    lock.writeLock().lock();
    try {
      closed = true;
      close.run();
      answered.clear();
    } finally {
      lock.writeLock().unlock();
    }
  }
}
