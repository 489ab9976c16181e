package io.github.s3vfs.scenario;

import io.github.s3vfs.internal.store.ByteRange;
import io.github.s3vfs.internal.store.Condition;
import io.github.s3vfs.internal.store.Fetched;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.store.Listed;
import io.github.s3vfs.internal.store.ObjectStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Keeps every write request of a process that changes something, so that it can be said what was
 * stored at any moment.
 */
final class WriteLog implements ObjectStore {

  /** One request: an object's new content, or null for a deletion. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Write(List<String> keys, byte @Nullable [] body, Condition condition) {
    static Write deletion(String key) {
      return new Write(List.of(key), null, Condition.NONE);
    }

    /** As the server does it: only if its condition holds. */
    void arriveAt(InMemoryObjectStore store) {
      if (body == null) {
        applyTo(store);
      } else {
        var unused = store.put(keys.get(0), body, condition); // whether it is refused or not
      }
    }

    void applyTo(InMemoryObjectStore store) {
      for (String key : keys) {
        if (body == null) {
          store.drop(key);
        } else {
          store.poke(key, body);
        }
      }
    }

    @Override
    public String toString() {
      return (body == null ? "DELETE " : "PUT ") + keys;
    }
  }

  private final InMemoryObjectStore store;
  private final long maxConditionalPut;
  private final List<Write> writes = new ArrayList<>();

  WriteLog(InMemoryObjectStore store) {
    this(store, store.maxConditionalPut());
  }

  /**
   * @param maxConditionalPut how many bytes the store takes at once
   */
  WriteLog(InMemoryObjectStore store, long maxConditionalPut) {
    this.store = store;
    this.maxConditionalPut = maxConditionalPut;
  }

  List<Write> writes() {
    return writes;
  }

  @Override
  public String bucket() {
    return store.bucket();
  }

  @Override
  public long maxConditionalPut() {
    return maxConditionalPut;
  }

  @Override
  public CompletableFuture<Fetched> get(
      String key, @Nullable ByteRange range, Condition condition) {
    return store.get(key, range, condition);
  }

  @Override
  public CompletableFuture<String> put(String key, byte[] body, Condition condition) {
    Write write = new Write(List.of(key), body.clone(), condition);
    return store
        .put(key, body, condition)
        .thenApply(
            etag -> {
              writes.add(write);
              return etag;
            });
  }

  @Override
  public CompletableFuture<Void> delete(String key) {
    writes.add(Write.deletion(key));
    return store.delete(key);
  }

  @Override
  public CompletableFuture<Void> deleteAll(Collection<String> keys) {
    // S3 deletes them in any order, and may stop half-way: one by one, then.
    keys.forEach(key -> writes.add(Write.deletion(key)));
    return store.deleteAll(keys);
  }

  @Override
  public CompletableFuture<List<Listed>> list(String prefix) {
    return store.list(prefix);
  }

  @Override
  public CompletableFuture<List<String>> listPrefixes(String prefix) {
    return store.listPrefixes(prefix);
  }
}
