package io.github.s3vfs.simulation;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A thread of a simulated process; it runs only while the scheduler lets it. */
final class Actor implements Choice {
  private static final ExecutorService THREADS =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "simulated");
            thread.setDaemon(true);
            return thread;
          });

  private final Scheduler scheduler;
  private final String name;
  private final Runnable body;
  private final Semaphore turn = new Semaphore(0);
  private volatile @Nullable Thread thread;
  private boolean started;
  private boolean ended;
  private boolean crashed;
  private boolean interrupted;

  /** What it waits for, and until when at most. */
  private BooleanSupplier condition = () -> true;

  private long deadline;
  private @Nullable Answer<?> awaited;

  /**
   * @param start when it begins
   */
  Actor(Scheduler scheduler, String name, long start, Runnable body) {
    this.scheduler = scheduler;
    this.name = name;
    this.body = body;
    this.deadline = start;
    this.condition = () -> false;
  }

  String name() {
    return name;
  }

  /** From now on it does nothing any more. */
  void crash() {
    crashed = true;
  }

  boolean hasCrashed() {
    return crashed;
  }

  /** Interrupts it if it waits for an answer; whether it does. */
  boolean interrupt() {
    interrupted = awaited != null && started;
    return interrupted;
  }

  @Override
  public long readyAt() {
    if (ended) {
      return Long.MAX_VALUE;
    }
    return interrupted || condition.getAsBoolean() ? 0 : deadline;
  }

  @Override
  public Actor happen() {
    return this;
  }

  @Override
  public boolean isOver() {
    return ended;
  }

  /** Gives it the token. */
  void go() {
    if (started) {
      turn.release();
    } else {
      started = true;
      THREADS.execute(this::run);
    }
  }

  private void run() {
    thread = Thread.currentThread();
    boolean unused = Thread.interrupted();
    try {
      scheduler.checkAlive(this);
      body.run();
    } catch (Ended e) {
      // as it should
    } catch (Throwable e) {
      scheduler.failed(e);
    }
    ended = true;
    scheduler.leave(this);
  }

  /** Where its thread is, for messages. */
  String whereItIs() {
    Thread its = thread;
    StringBuilder text = new StringBuilder(name + " does not come back:");
    for (StackTraceElement element : its == null ? new StackTraceElement[0] : its.getStackTrace()) {
      text.append("\n  at ").append(element);
    }
    return text.toString();
  }

  /** Waits for the token. */
  void awaitTurn() {
    turn.acquireUninterruptibly();
  }

  /** Waits, with the token given away, until something holds or some time is reached. */
  void await(BooleanSupplier wanted, long until) {
    condition = wanted;
    deadline = until;
    scheduler.giveWay(this);
  }

  /** Waits for an answer, or a time. */
  void await(Answer<?> answer, long until) throws InterruptedException {
    awaited = answer;
    try {
      await(answer::isDone, until);
    } finally {
      awaited = null;
    }
    if (interrupted) {
      interrupted = false;
      throw new InterruptedException();
    }
  }
}
