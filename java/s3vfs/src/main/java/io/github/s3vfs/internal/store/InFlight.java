package io.github.s3vfs.internal.store;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Requests that are under way, whoever waits for them or has stopped to wait. Thread-safe. Futures
 * are told apart by identity, which is what their {@code equals} does.
 */
@SuppressWarnings("CollectionUndefinedEquality")
public final class InFlight {
  private final Set<CompletableFuture<?>> requests = ConcurrentHashMap.newKeySet();

  /** Takes note of a request until it is done. */
  public <T> CompletableFuture<T> track(CompletableFuture<T> request) {
    requests.add(request);
    var unused = request.whenComplete((value, error) -> requests.remove(request));
    return request;
  }

  /**
   * Waits until every request that is under way now has an outcome, whatever it is.
   *
   * @throws io.github.s3vfs.S3VfsException {@code UNAVAILABLE} or {@code INTERRUPTED}
   */
  public void settle(Duration timeout, String what) {
    for (CompletableFuture<?> request : requests) {
      CompletableFuture<Boolean> over = request.handle((value, error) -> true);
      Await.result(over, timeout, what);
    }
  }

  /** Gives up what is under way; whether it takes effect is then unknown. */
  public void cancel() {
    for (CompletableFuture<?> request : requests) {
      request.cancel(true);
    }
  }
}
