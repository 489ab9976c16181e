package io.github.s3vfs.testkit;

import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One lock per object, striped: what is done to an object under its lock is atomic to everyone
 * else.
 *
 * <p>Locks are reentrant. Two objects share a lock now and then, so whoever needs the locks of two
 * objects must take them together, by {@link #lock(S3Request)}; a thread that holds one must not go
 * for another's.
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
    return stripes[stripe(bucket, key)];
  }

  /**
   * Takes the locks of the object a request writes and of the one it copies from; the result gives
   * them back.
   */
  Runnable lock(S3Request request) {
    int target = stripe(request.bucket(), request.key());
    S3Request.CopySource source = request.copySource();
    int other = source == null ? target : stripe(source.bucket(), source.key());
    ReentrantLock first = stripes[Math.min(target, other)];
    ReentrantLock second = stripes[Math.max(target, other)];
    first.lock();
    second.lock();
    return () -> {
      second.unlock();
      first.unlock();
    };
  }

  private int stripe(String bucket, String key) {
    int hash = 31 * bucket.hashCode() + key.hashCode();
    return (hash ^ (hash >>> 16)) & (stripes.length - 1);
  }
}
