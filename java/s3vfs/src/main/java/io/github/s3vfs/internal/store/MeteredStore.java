package io.github.s3vfs.internal.store;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** A store whose requests are counted and told to the JDK's Flight Recorder. Thread-safe. */
public final class MeteredStore implements ObjectStore {
  private final ObjectStore store;
  private final Meter meter;

  /** The requests to a store count in this meter. */
  public MeteredStore(ObjectStore store, Meter meter) {
    this.store = store;
    this.meter = meter;
  }

  @Override
  public String bucket() {
    return store.bucket();
  }

  @Override
  public long maxConditionalPut() {
    return store.maxConditionalPut();
  }

  @Override
  public CompletableFuture<Fetched> get(
      String key, @Nullable ByteRange range, Condition condition) {
    return metered(
        meter.gets,
        "GET",
        key,
        () -> store.get(key, range, condition),
        fetched -> {
          long bytes = fetched.found() ? fetched.body().length : 0;
          meter.bytesReceived.add(bytes);
          return bytes;
        });
  }

  @Override
  public CompletableFuture<String> put(String key, byte[] body, Condition condition) {
    return metered(
        meter.puts,
        "PUT",
        key,
        () -> store.put(key, body, condition),
        etag -> {
          meter.bytesSent.add(body.length);
          return body.length;
        });
  }

  @Override
  public CompletableFuture<Void> delete(String key) {
    return metered(meter.deletes, "DELETE", key, () -> store.delete(key), nothing -> 0);
  }

  @Override
  public CompletableFuture<Void> deleteAll(Collection<String> keys) {
    String first = keys.stream().findFirst().orElse("");
    return metered(meter.deletes, "DELETE", first, () -> store.deleteAll(keys), nothing -> 0);
  }

  @Override
  public CompletableFuture<List<Listed>> list(String prefix) {
    return metered(meter.lists, "LIST", prefix, () -> store.list(prefix), listed -> 0);
  }

  @Override
  public CompletableFuture<List<String>> listPrefixes(String prefix) {
    return metered(meter.lists, "LIST", prefix, () -> store.listPrefixes(prefix), listed -> 0);
  }

  private <T> CompletableFuture<T> metered(
      LongAdder kind,
      String operation,
      String key,
      Supplier<CompletableFuture<T>> request,
      ToLongFunction<T> bytes) {
    long start = System.nanoTime();
    RequestEvent event = Recording.begun() ? new RequestEvent() : null;
    if (event != null) {
      event.begin();
    }
    CompletableFuture<T> answer = request.get();
    kind.increment();
    var unused =
        answer.whenComplete(
            (value, error) -> {
              long size = error == null ? bytes.applyAsLong(value) : 0;
              if (error != null) {
                meter.failures.increment();
              }
              if (error instanceof S3VfsException e && e.kind() == ErrorKind.CONFLICT) {
                meter.conflicts.increment();
              }
              meter.over(System.nanoTime() - start);
              if (event != null && event.shouldCommit()) {
                event.operation = operation;
                event.bucket = store.bucket();
                event.key = key;
                event.bytes = size;
                event.outcome = outcome(value, error);
                event.commit();
              }
            });
    return answer;
  }

  private static String outcome(@Nullable Object value, @Nullable Throwable error) {
    if (error != null) {
      return error instanceof S3VfsException e ? words(e.kind()) : "failed";
    }
    return value instanceof Fetched fetched && !fetched.found() ? words(fetched.status()) : "ok";
  }

  private static String words(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
