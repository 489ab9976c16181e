package io.github.s3vfs.internal.store;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.time.InstantSource;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An object store in memory, for tests: atomic, counted, with faults by plan. Thread-safe. Requests
 * run on the caller's thread, so a single-threaded test is deterministic, unless an executor is
 * given.
 *
 * <p>ETags are opaque and depend on the content alone, as S3's mostly do, so that code which takes
 * an equal ETag for an unchanged object is found out; {@link #uniqueEtags} makes each write's
 * different, as those of encrypted objects are.
 */
public final class InMemoryObjectStore implements ObjectStore {
  /** The requests there are. */
  public enum Request {
    GET,
    PUT,
    DELETE,
    DELETE_ALL,
    LIST,
    LIST_PREFIXES
  }

  private final String bucket;
  private final Executor executor;
  private final MemoryObjects objects;
  private final FaultPlan faults = new FaultPlan();
  private final Object lock = new Object();
  private final Map<Request, Integer> counts = new EnumMap<>(Request.class);
  private boolean closed;

  /** A store whose requests are done when the call returns. */
  public InMemoryObjectStore(String bucket) {
    this(bucket, Runnable::run);
  }

  /**
   * @param executor runs each request; for latency, one of {@link
   *     CompletableFuture#delayedExecutor(long, java.util.concurrent.TimeUnit, Executor)}
   */
  public InMemoryObjectStore(String bucket, Executor executor) {
    this(bucket, executor, new MemoryObjects(bucket));
  }

  private InMemoryObjectStore(String bucket, Executor executor, MemoryObjects objects) {
    this.bucket = bucket;
    this.executor = executor;
    this.objects = objects;
  }

  @Override
  public String bucket() {
    return bucket;
  }

  @Override
  public CompletableFuture<Fetched> get(
      String key, @Nullable ByteRange range, Condition condition) {
    if (condition.kind() == Condition.Kind.IF_ABSENT) {
      throw new IllegalArgumentException("a read is not IF_ABSENT");
    }
    return submit(Request.GET, key, () -> objects.read(key, range, condition));
  }

  @Override
  public CompletableFuture<String> put(String key, byte[] body, Condition condition) {
    if (body.length == 0 || body.length > 64 << 20) {
      throw new IllegalArgumentException("body of " + body.length + " bytes");
    }
    if (condition.kind() == Condition.Kind.IF_NONE_MATCH) {
      throw new IllegalArgumentException("a write is not IF_NONE_MATCH");
    }
    byte[] copy = body.clone();
    return submit(Request.PUT, key, () -> objects.write(key, copy, condition));
  }

  @Override
  public CompletableFuture<Void> delete(String key) {
    return submit(Request.DELETE, key, () -> objects.remove(List.of(key)));
  }

  @Override
  public CompletableFuture<Void> deleteAll(Collection<String> keys) {
    List<String> all = List.copyOf(keys);
    if (all.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    return submit(Request.DELETE_ALL, all.get(0), () -> objects.remove(all));
  }

  @Override
  public CompletableFuture<List<Listed>> list(String prefix) {
    return submit(Request.LIST, prefix, () -> objects.list(prefix));
  }

  @Override
  public CompletableFuture<List<String>> listPrefixes(String prefix) {
    return submit(Request.LIST_PREFIXES, prefix, () -> objects.listPrefixes(prefix));
  }

  /** The faults to come. */
  public FaultPlan faults() {
    return faults;
  }

  /** Requests of this kind so far, whatever became of them. A deleteAll or list counts once. */
  public int count(Request request) {
    synchronized (lock) {
      return counts.getOrDefault(request, 0);
    }
  }

  /** All requests so far. */
  public int requests() {
    synchronized (lock) {
      return counts.values().stream().mapToInt(Integer::intValue).sum();
    }
  }

  /** Begins to count anew. */
  public void resetCounts() {
    synchronized (lock) {
      counts.clear();
    }
  }

  /** An object's bytes, or null, without a request. */
  public byte @Nullable [] peek(String key) {
    return objects.peek(key);
  }

  /** Stores an object as another program would; it may be empty. */
  public void poke(String key, byte[] body) {
    objects.poke(key, body);
  }

  /** Removes an object as another program would. */
  public void drop(String key) {
    objects.remove(List.of(key));
  }

  /** Removes the bucket; all requests fail from now on. */
  public void dropBucket() {
    objects.dropBucket();
  }

  /** All keys, sorted, without a request. */
  public List<String> keys() {
    return objects.keys();
  }

  /** The keys that begin with a prefix, sorted. */
  public List<String> keys(String prefix) {
    return keys().stream().filter(key -> key.startsWith(prefix)).sorted().toList();
  }

  /** A store with the same objects, ETags and clock; no counts, no faults, not closed. */
  public InMemoryObjectStore copy() {
    return new InMemoryObjectStore(bucket, executor, objects.copy());
  }

  /** Makes the objects those of another store. */
  public void restore(InMemoryObjectStore from) {
    objects.replaceAll(from.objects.copy());
  }

  /** From now on each write gets an ETag never seen before. */
  public void uniqueEtags() {
    objects.uniqueEtags();
  }

  /** What {@link Fetched#date} is taken from; it says whole seconds, as a Date header does. */
  public void setClock(InstantSource clock) {
    objects.clock(clock);
  }

  /** Requests sent from now on fail with {@code CLOSED}. */
  public void close() {
    synchronized (lock) {
      closed = true;
    }
  }

  private <T> CompletableFuture<T> submit(Request kind, String key, Supplier<T> effect) {
    FaultPlan.Hit<T> hit;
    synchronized (lock) {
      if (closed) {
        return CompletableFuture.failedFuture(
            new S3VfsException(ErrorKind.CLOSED, kind + " " + objects.at(key) + ": closed"));
      }
      counts.merge(kind, 1, Integer::sum);
      hit = faults.hit(kind, key, effect);
    }
    CompletableFuture<T> result = new CompletableFuture<>();
    Executor by = hit.executor(executor);
    by.execute(
        () -> {
          if (!result.isDone()) {
            try {
              result.complete(hit.run());
            } catch (RuntimeException e) {
              result.completeExceptionally(e);
            }
          }
          faults.runLate(hit);
        });
    return result;
  }
}
