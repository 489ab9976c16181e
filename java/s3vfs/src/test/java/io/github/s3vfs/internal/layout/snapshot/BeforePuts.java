package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.internal.store.ByteRange;
import io.github.s3vfs.internal.store.Condition;
import io.github.s3vfs.internal.store.Fetched;
import io.github.s3vfs.internal.store.Listed;
import io.github.s3vfs.internal.store.ObjectStore;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A store that does something before each PUT. */
record BeforePuts(ObjectStore store, Consumer<String> action) implements ObjectStore {
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
    action.accept(key);
    return store.put(key, body, condition);
  }

  @Override
  public CompletableFuture<Void> delete(String key) {
    return store.delete(key);
  }

  @Override
  public CompletableFuture<Void> deleteAll(Collection<String> keys) {
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
