package io.github.s3vfs.simulation;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What renews a claim: a task that runs again and again until it is cancelled. */
final class Repetition extends CompletableFuture<Void> implements Choice {
  private final SimulatedProcess process;
  private final Scheduler scheduler;
  private final long delay;
  private final Runnable task;
  private long at;
  private boolean running;

  Repetition(SimulatedProcess process, Scheduler scheduler, Duration delay, Runnable task) {
    this.process = process;
    this.scheduler = scheduler;
    this.delay = delay.toNanos();
    this.task = task;
    this.at = scheduler.now() + this.delay;
  }

  @Override
  public long readyAt() {
    if (process.hasCrashed() || isDone()) {
      return 0;
    }
    return running ? Long.MAX_VALUE : at;
  }

  @Override
  public boolean isOver() {
    return process.hasCrashed() || isDone();
  }

  @Override
  public @Nullable Actor happen() {
    if (isOver()) {
      return null;
    }
    running = true;

    process.note("renews its claim");
    return process.start("renewal", 0, this::run);
  }

  private void run() {
    task.run();
    at = scheduler.now() + delay;
    running = false;
  }
}
