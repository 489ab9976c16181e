package io.github.s3vfs.internal.store;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A store whose requests are counted and told to the JDK's Flight Recorder. Thread-safe. */
public final class MeteredStore implements ObjectStore {
  private final ObjectStore store;
  private final Meter meter;
  private final Metering metering;

  /** The requests to a store count in this meter. */
  public MeteredStore(ObjectStore store, Meter meter) {
    this.store = store;
    this.meter = meter;
    this.metering = new Metering(meter, store.bucket());
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
    return metering.of(
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
    return metering.of(
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
    return metering.of(meter.deletes, "DELETE", key, () -> store.delete(key), nothing -> 0);
  }

  @Override
  public CompletableFuture<Void> deleteAll(Collection<String> keys) {
    String first = keys.stream().findFirst().orElse("");
    return metering.of(meter.deletes, "DELETE", first, () -> store.deleteAll(keys), nothing -> 0);
  }

  @Override
  public CompletableFuture<List<Listed>> list(String prefix) {
    return metering.of(meter.lists, "LIST", prefix, () -> store.list(prefix), listed -> 0);
  }

  @Override
  public CompletableFuture<List<String>> listPrefixes(String prefix) {
    return metering.of(meter.lists, "LIST", prefix, () -> store.listPrefixes(prefix), listed -> 0);
  }
}
