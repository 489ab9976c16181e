package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.store.ByteRange;
import io.github.s3vfs.internal.store.Condition;
import io.github.s3vfs.internal.store.Fetched;
import io.github.s3vfs.internal.store.InMemoryObjectStore.Request;
import io.github.s3vfs.internal.store.Listed;
import io.github.s3vfs.internal.store.ObjectStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A store as one process sees it that is cut off from it at one of its requests, for good. For one
 * thread.
 */
final class CutOffStore implements ObjectStore {
  /** Takes any number of bytes at once, but stores them in small segments. */
  private static final long MAX_CONDITIONAL_PUT = 20_000;

  /** What becomes of the request at which it is cut off. */
  enum Last {
    /** It is never sent. */
    LOST,
    /** It takes effect, and nobody is told. */
    UNANSWERED,
    /** It takes effect when {@link CutOffStore#late} says so. */
    LATE,
    /** Of several objects only each second one is deleted. */
    PARTLY
  }

  private final ObjectStore store;
  private final int until;
  private final Last last;
  private final Runnable beside;
  private final List<Request> sent = new ArrayList<>();
  private Runnable late = () -> {};

  /**
   * @param until which request is the last one, from 1
   * @param beside what others do before each request
   */
  CutOffStore(ObjectStore store, int until, Last last, Runnable beside) {
    this.store = store;
    this.until = until;
    this.last = last;
    this.beside = beside;
  }

  /** The requests so far, with the one at which it was cut off. */
  List<Request> sent() {
    return List.copyOf(sent);
  }

  /** What is under way takes effect, if its condition holds. */
  void late() {
    late.run();
    late = () -> {};
  }

  private <T> CompletableFuture<T> send(
      Request kind, Supplier<CompletableFuture<T>> whole, Supplier<CompletableFuture<T>> part) {
    if (sent.size() < until) {
      beside.run();
      sent.add(kind);
      if (sent.size() < until) {
        return whole.get();
      }
      Runnable effect =
          () -> {
            var unused = (last == Last.PARTLY ? part : whole).get();
          };
      switch (last) {
        case LOST -> {}
        case UNANSWERED, PARTLY -> effect.run();
        case LATE -> late = effect;
      }
    }
    return CompletableFuture.failedFuture(
        new S3VfsException(ErrorKind.CLOSED, "the process is cut off"));
  }

  private <T> CompletableFuture<T> send(Request kind, Supplier<CompletableFuture<T>> request) {
    return send(kind, request, request);
  }

  @Override
  public String bucket() {
    return store.bucket();
  }

  @Override
  public long maxConditionalPut() {
    return MAX_CONDITIONAL_PUT;
  }

  @Override
  public CompletableFuture<Fetched> get(
      String key, @Nullable ByteRange range, Condition condition) {
    return send(Request.GET, () -> store.get(key, range, condition));
  }

  @Override
  public CompletableFuture<String> put(String key, byte[] body, Condition condition) {
    return send(Request.PUT, () -> store.put(key, body, condition));
  }

  @Override
  public CompletableFuture<Void> delete(String key) {
    return send(Request.DELETE, () -> store.delete(key));
  }

  @Override
  public CompletableFuture<Void> deleteAll(Collection<String> keys) {
    List<String> all = List.copyOf(keys);
    List<String> some = new ArrayList<>();
    for (int i = 0; i < all.size(); i += 2) {
      some.add(all.get(i));
    }
    return send(Request.DELETE_ALL, () -> store.deleteAll(all), () -> store.deleteAll(some));
  }

  @Override
  public CompletableFuture<List<Listed>> list(String prefix) {
    return send(Request.LIST, () -> store.list(prefix));
  }

  @Override
  public CompletableFuture<List<String>> listPrefixes(String prefix) {
    return send(Request.LIST_PREFIXES, () -> store.listPrefixes(prefix));
  }
}
