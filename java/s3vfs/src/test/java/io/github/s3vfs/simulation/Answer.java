package io.github.s3vfs.simulation;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A future that an actor waits for by giving the token away. */
final class Answer<T> extends CompletableFuture<T> {
  private final Scheduler scheduler;
  private final Runnable late;

  /**
   * @param late told when a wait for it has timed out
   */
  Answer(Scheduler scheduler, Runnable late) {
    this.scheduler = scheduler;
    this.late = late;
  }

  @Override
  public T get(long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    if (!isDone()) {
      scheduler.await(this, unit.toNanos(timeout));
      if (!isDone()) {
        late.run();
        throw new TimeoutException();
      }
    }
    return super.get(timeout, unit);
  }
}
