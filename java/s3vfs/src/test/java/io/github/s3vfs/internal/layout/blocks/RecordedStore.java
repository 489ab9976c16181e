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
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes down the requests that change something, in the order in which they take effect, and lets
 * a test do something just before a request.
 */
final class RecordedStore implements ObjectStore {
  private final InMemoryObjectStore store;
  private final List<String> writes = Collections.synchronizedList(new ArrayList<>());
  private final List<String> unconditional = Collections.synchronizedList(new ArrayList<>());
  private volatile long maxConditionalPut = Long.MAX_VALUE;
  private final Map<String, Runnable> before = new ConcurrentHashMap<>();

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

  /** The keys of all PUTs without a condition so far. */
  List<String> unconditionalPuts() {
    return List.copyOf(unconditional);
  }

  /** From now on larger bodies cannot be stored under a condition. */
  void maxConditionalPut(long bytes) {
    maxConditionalPut = bytes;
  }

  @Override
  public long maxConditionalPut() {
    return maxConditionalPut;
  }

  /** Runs something before the next request of that description, as in "LIST db/". */
  void before(String request, Runnable action) {
    before.put(request, action);
  }

  private void announce(String request) {
    Runnable action = before.remove(request);
    if (action != null) {
      action.run();
    }
  }

  @Override
  public String bucket() {
    return store.bucket();
  }

  @Override
  public CompletableFuture<Fetched> get(
      String key, @Nullable ByteRange range, Condition condition) {
    announce("GET " + key);
    return store.get(key, range, condition);
  }

  @Override
  public CompletableFuture<String> put(String key, byte[] body, Condition condition) {
    announce("PUT " + key);
    writes.add("PUT " + key);
    if (condition.kind() == Condition.Kind.NONE) {
      unconditional.add(key);
    }
    return store.put(key, body, condition);
  }

  @Override
  public CompletableFuture<Void> delete(String key) {
    announce("DELETE " + key);
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
    announce("LIST " + prefix);
    return store.list(prefix);
  }

  @Override
  public CompletableFuture<List<String>> listPrefixes(String prefix) {
    return store.listPrefixes(prefix);
  }
}
