package io.github.s3vfs.internal.layout.blocks;

import io.github.s3vfs.internal.store.ByteRange;
import io.github.s3vfs.internal.store.Condition;
import io.github.s3vfs.internal.store.Fetched;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.store.Listed;
import io.github.s3vfs.internal.store.ObjectStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Writes down the requests that change something, in the order in which they take effect. */
final class RecordedStore implements ObjectStore {
  private final InMemoryObjectStore store;
  private final List<String> writes = Collections.synchronizedList(new ArrayList<>());

  RecordedStore(InMemoryObjectStore store) {
    this.store = store;
  }

  InMemoryObjectStore memory() {
    return store;
  }

  /** "PUT key", "DELETE key", "DELETE_ALL [keys]", the lease left out; forgotten by this call. */
  List<String> takeWrites() {
    return takeAllWrites().stream().filter(write -> !write.endsWith("-lease")).toList();
  }

  /** The same with the lease. */
  List<String> takeAllWrites() {
    List<String> taken = List.copyOf(writes);
    writes.clear();
    return taken;
  }

  @Override
  public String bucket() {
    return store.bucket();
  }

  @Override
  public CompletableFuture<Fetched> get(
      String key, @Nullable ByteRange range, Condition condition) {
    return store.get(key, range, condition);
  }

  @Override
  public CompletableFuture<String> put(String key, byte[] body, Condition condition) {
    writes.add("PUT " + key);
    return store.put(key, body, condition);
  }

  @Override
  public CompletableFuture<Void> delete(String key) {
    writes.add("DELETE " + key);
    return store.delete(key);
  }

  @Override
  public CompletableFuture<Void> deleteAll(Collection<String> keys) {
    writes.add("DELETE_ALL " + keys.stream().sorted().toList());
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
