package io.github.s3vfs.testkit;

import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One lock per object, striped: what is done to an object under its lock is atomic to everyone
 * else.
 *
 * <p>Locks are reentrant. A thread may hold the lock of one object only, or it can deadlock with
 * another.
 */
final class KeyLocks {

  private final ReentrantLock[] stripes = new ReentrantLock[1024];

  KeyLocks() {
    for (int i = 0; i < stripes.length; i++) {
      stripes[i] = new ReentrantLock();
    }
  }

  /** The object's lock. */
  Lock of(String bucket, String key) {
    int hash = 31 * bucket.hashCode() + key.hashCode();
    return stripes[(hash ^ (hash >>> 16)) & (stripes.length - 1)];
  }
}
