package io.github.s3vfs.internal.store;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The objects of one bucket. Thread-safe.
 *
 * <p>Every method starts its request and returns at once. The futures fail with {@link
 * io.github.s3vfs.S3VfsException} only (never wrapped), whose kind says:
 *
 * <ul>
 *   <li>{@code CONFLICT}: the condition of a write did not hold (412, 409, or 404 under If-Match);
 *       nothing was changed by this request
 *   <li>{@code ACCESS_DENIED}, {@code NOT_FOUND} (the bucket is missing), {@code INVALID}: refused,
 *       nothing was changed
 *   <li>{@code UNAVAILABLE}: no answer, or 5xx, after the retries; a write may have taken effect,
 *       or may still take effect later
 *   <li>{@code CLOSED}: the store was closed before the request was sent
 * </ul>
 *
 * Cancelling a future gives the request up; whether it takes effect is then unknown.
 */
public interface ObjectStore {

  /** The bucket's name, for messages. */
  String bucket();

  /**
   * Reads an object, or a part of it.
   *
   * @param key the object's key
   * @param range the bytes wanted, or null for all of them. A range that begins at or behind the
   *     object's end gives an empty body; one that ends behind it is cut.
   * @param condition {@link Condition#NONE}, {@code ifMatch} (the read is then of exactly that
   *     version, and fails with {@code CONFLICT} when it is gone), or {@code ifNoneMatch} ({@link
   *     Fetched.Status#NOT_MODIFIED} when the object still has that ETag)
   */
  CompletableFuture<Fetched> get(String key, @Nullable ByteRange range, Condition condition);

  /**
   * Stores an object in one request that is not split, so that the condition is atomic.
   *
   * @param key the object's key
   * @param body 1 byte to 64 MiB; must not be changed until the future is done
   * @param condition {@link Condition#NONE}, {@code ifMatch} or {@code ifAbsent}
   * @return the new object's ETag, opaque, as the store gave it
   */
  CompletableFuture<String> put(String key, byte[] body, Condition condition);

  /** The largest body in bytes that {@link #put} takes under a condition. */
  default long maxConditionalPut() {
    return Long.MAX_VALUE;
  }

  /** Deletes an object; one that is not there is no error. */
  CompletableFuture<Void> delete(String key);

  /**
   * Deletes objects, 1,000 per request, in no particular order; missing ones are no error. On a
   * failure some may be left; the message names one of them.
   */
  CompletableFuture<Void> deleteAll(Collection<String> keys);

  /**
   * All objects whose key begins with the prefix, sorted by key (by UTF-16 code unit) whatever
   * order the store lists them in. One request per 1,000 objects, one after the other.
   */
  CompletableFuture<List<Listed>> list(String prefix);

  /**
   * The distinct continuations of the prefix up to and including the next "/" (S3's common
   * prefixes), sorted. One request per 1,000 of them.
   */
  CompletableFuture<List<String>> listPrefixes(String prefix);
}
