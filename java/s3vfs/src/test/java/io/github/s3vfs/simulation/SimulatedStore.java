package io.github.s3vfs.simulation;

import io.github.s3vfs.internal.layout.snapshot.SimulatedVolumes;
import io.github.s3vfs.internal.store.ByteRange;
import io.github.s3vfs.internal.store.Condition;
import io.github.s3vfs.internal.store.Fetched;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.store.Listed;
import io.github.s3vfs.internal.store.ObjectStore;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The store as one process has it: whatever it sends waits for its fate. */
final class SimulatedStore implements ObjectStore {
  private final InMemoryObjectStore objects;
  private final SimulatedProcess process;
  private final Scheduler scheduler;
  private final History history;
  private final Function<Request<?>, Fate> fates;

  SimulatedStore(
      InMemoryObjectStore objects,
      SimulatedProcess process,
      Scheduler scheduler,
      History history,
      Function<Request<?>, Fate> fates) {
    this.objects = objects;
    this.process = process;
    this.scheduler = scheduler;
    this.history = history;
    this.fates = fates;
  }

  private <T> CompletableFuture<T> send(
      String what, Supplier<CompletableFuture<T>> effect, UnaryOperator<T> cut) {
    scheduler.checkAlive(scheduler.running());
    process.note(scheduler.running().name() + ' ' + what);
    Answer<T> answer = new Answer<>(scheduler, process::fault);
    scheduler.add(new Request<>(process, what, answer, effect, cut, fates));
    return answer;
  }

  private static boolean isHead(String key) {
    return key.endsWith(SimulatedVolumes.HEAD);
  }

  @Override
  public String bucket() {
    return objects.bucket();
  }

  @Override
  public CompletableFuture<Fetched> get(
      String key, @Nullable ByteRange range, Condition condition) {
    String what = "GET " + key + (range == null ? "" : " at " + range.offset());
    return send(what, () -> objects.get(key, range, condition), SimulatedStore::cut);
  }

  private static Fetched cut(Fetched whole) {
    byte[] body = Arrays.copyOf(whole.body(), whole.body().length / 2);
    return new Fetched(
        whole.status(), body, whole.etag(), whole.objectSize(), whole.date(), whole.lastModified());
  }

  @Override
  public CompletableFuture<String> put(String key, byte[] body, Condition condition) {
    byte[] bytes = body.clone();
    Commit commit = process.commit();
    return send(
        "PUT " + key + ' ' + condition.kind(),
        () -> {
          CompletableFuture<String> done = objects.put(key, bytes, condition);
          if (isHead(key) && !done.isCompletedExceptionally()) {
            history.headWritten(bytes, commit, scheduler.now());
          }
          return done;
        },
        UnaryOperator.identity());
  }

  @Override
  public CompletableFuture<Void> delete(String key) {
    return send(
        "DELETE " + key,
        () -> {
          if (isHead(key)) {
            history.headDeleted(scheduler.now());
          }
          return objects.delete(key);
        },
        UnaryOperator.identity());
  }

  @Override
  public CompletableFuture<Void> deleteAll(Collection<String> keys) {
    List<String> all = List.copyOf(keys);
    return send("DELETE " + all, () -> objects.deleteAll(all), UnaryOperator.identity());
  }

  @Override
  public CompletableFuture<List<Listed>> list(String prefix) {
    return send("LIST " + prefix, () -> objects.list(prefix), UnaryOperator.identity());
  }

  @Override
  public CompletableFuture<List<String>> listPrefixes(String prefix) {
    return send("LIST " + prefix, () -> objects.listPrefixes(prefix), UnaryOperator.identity());
  }
}
