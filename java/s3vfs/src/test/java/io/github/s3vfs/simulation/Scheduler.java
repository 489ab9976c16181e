package io.github.s3vfs.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Chooses, by its random numbers, what happens next, and keeps the time. Used only by whoever has
 * the token, which hands all that is here from thread to thread.
 */
final class Scheduler {
  /** Nothing takes longer than so many steps, unless it goes round in circles. */
  private static final long MOST_STEPS = 200_000;

  /** An actor that runs for so long waits for something that the scheduler does not see. */
  private static final long STUCK_SECONDS = 30;

  private static final long STEP_NANOS = 20_000_000;

  private final SplittableRandom random;
  private final StepLog log;
  private final Runnable disturbance;
  private final List<Choice> choices = new ArrayList<>();
  private final List<Choice> ready = new ArrayList<>();
  private final List<Actor> actors = new ArrayList<>();
  private CountDownLatch finished = new CountDownLatch(0);
  private volatile @Nullable Actor running;
  private @Nullable Throwable failure;
  private long now;
  private final AtomicLong steps = new AtomicLong();

  /**
   * @param disturbance done at each step
   */
  Scheduler(SplittableRandom random, StepLog log, Runnable disturbance) {
    this.random = random;
    this.log = log;
    this.disturbance = disturbance;
  }

  /** Simulated time in nanoseconds. */
  long now() {
    return now;
  }

  long steps() {
    return steps.get();
  }

  /** Lets time pass. */
  void pass(long nanos) {
    now += nanos;
  }

  void add(Choice choice) {
    choices.add(choice);
    if (choice instanceof Actor actor) {
      actors.add(actor);
    }
  }

  /** The actor that has the token. */
  Actor running() {
    Actor actor = running;
    if (actor == null) {
      throw new IllegalStateException("no actor runs");
    }
    return actor;
  }

  List<Actor> actors() {
    return actors;
  }

  /** Runs until nothing is left to happen; throws what went wrong. */
  void run() {
    finished = new CountDownLatch(1);
    passOn(next());
    try {
      long before = -1;
      while (!finished.await(STUCK_SECONDS, TimeUnit.SECONDS)) {
        long after = steps.get();
        Actor actor = running;
        if (before == after && actor != null) {
          throw new IllegalStateException(actor.whereItIs());
        }
        before = after;
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    Throwable failed = failure;
    if (failed instanceof Violation violation) {
      throw violation;
    }
    if (failed != null) {
      throw new Violation("something that must not be thrown: " + failed, failed);
    }
  }

  /** Ends the simulation. */
  void failed(Throwable e) {
    if (failure == null) {
      log.add(now, "FAILED " + e);
      failure = e;
    }
  }

  void leave(Actor actor) {
    actors.remove(actor);
    choices.remove(actor);
    passOn(next());
  }

  /** Ends the thread of an actor that is not to run any more. */
  void checkAlive(Actor actor) {
    if (failure != null || actor.hasCrashed()) {
      throw new Ended();
    }
  }

  /** Lets others go on until it is this actor's turn again. */
  void giveWay(Actor me) {
    checkAlive(me);
    Actor next = next();
    if (next != me) {
      passOn(next);
      me.awaitTurn();
    }
    running = me;
    checkAlive(me);
  }

  /** Lets the actor that runs wait for an answer. */
  void await(Answer<?> answer, long nanos) throws InterruptedException {
    checkAlive(running());
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    running().await(answer, now + nanos);
  }

  private void passOn(@Nullable Actor actor) {
    running = actor;
    if (actor == null) {
      finished.countDown();
    } else {
      actor.go();
    }
  }

  /** What happens, until an actor is to run; null when all is over. */
  private @Nullable Actor next() {
    Actor actor = null;
    while (actor == null) {
      actor = ending();
      if (actor == null && (choices.isEmpty() || failure != null)) {
        return null;
      }
      if (actor == null) {
        try {
          actor = step();
        } catch (RuntimeException | Error e) {
          failed(e);
        }
      }
    }
    return actor;
  }

  /** One that is to end, the latest first: what it holds, earlier ones may wait for. */
  private @Nullable Actor ending() {
    for (int i = actors.size() - 1; i >= 0; i--) {
      if (failure != null || actors.get(i).hasCrashed()) {
        return actors.get(i);
      }
    }
    return null;
  }

  private @Nullable Actor step() {
    if (steps.incrementAndGet() > MOST_STEPS) {
      throw new Violation("it does not come to an end");
    }
    now += random.nextLong(STEP_NANOS);
    disturbance.run();
    ready.clear();
    long earliest = Long.MAX_VALUE;
    for (Choice choice : choices) {
      long at = choice.readyAt();
      earliest = Math.min(earliest, at);
      if (at <= now) {
        ready.add(choice);
      }
    }
    if (ready.isEmpty()) {
      if (earliest == Long.MAX_VALUE) {
        throw new Violation("nothing can go on");
      }
      now = earliest;
      return null;
    }
    Choice chosen = ready.get(random.nextInt(ready.size()));
    Actor actor = chosen.happen();
    if (chosen.isOver()) {
      choices.remove(chosen);
    }
    return actor;
  }
}
