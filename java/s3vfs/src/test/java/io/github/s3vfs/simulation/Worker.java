package io.github.s3vfs.simulation;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.Session;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** What one actor of a process does, one action after the other. */
final class Worker {
  private static final Duration[] STALENESS = {
    Duration.ZERO, Duration.ZERO, Duration.ofMillis(500), Duration.ofSeconds(10)
  };

  private final SimulatedProcess process;
  private final Simulation simulation;
  private final SplittableRandom random;
  private final List<Action> actions;
  private @Nullable Connection connection;

  /**
   * @param actions one of them is chosen at a time; those that come more often are chosen more
   *     often
   */
  Worker(SimulatedProcess process, SplittableRandom random, List<Action> actions) {
    this.process = process;
    this.simulation = process.simulation();
    this.random = random;
    this.actions = actions;
  }

  /** A connection. */
  static final class Connection {
    final Session session;
    final Duration staleness;
    final long connectedAt;
    final State newestThen;
    boolean used;

    Connection(Session session, Duration staleness, long connectedAt, State newestThen) {
      this.session = session;
      this.staleness = staleness;
      this.connectedAt = connectedAt;
      this.newestThen = newestThen;
    }
  }

  SimulatedProcess process() {
    return process;
  }

  Simulation simulation() {
    return simulation;
  }

  History history() {
    return simulation.history();
  }

  SplittableRandom random() {
    return random;
  }

  boolean oneOf(int n) {
    return random.nextInt(n) == 0;
  }

  Actor actor() {
    return simulation.scheduler().running();
  }

  /** Acts until faults end. */
  void act() {
    while (!simulation.isCalm()) {
      if (oneOf(4)) {
        sleep(3_000);
      }
      boolean unused = actions.get(random.nextInt(actions.size())).run(this);
    }
  }

  /** Does something until it succeeds. */
  void insist(Action action) {
    for (int i = 0; i < 200; i++) {
      if (action.run(this)) {
        return;
      }
      sleep(10_000);
    }
    throw new Violation(process + " cannot go on after all faults: " + action);
  }

  /** Lets others go on, for some time. */
  void sleep(int mostMillis) {
    long until = process.now() + random.nextLong(mostMillis * 1_000_000L);
    actor().await(() -> false, until);
  }

  /** Lets others go on, perhaps. */
  void pause() {
    if (oneOf(3)) {
      actor().await(() -> true, Long.MAX_VALUE);
    }
    if (oneOf(20)) {
      sleep(oneOf(4) ? 90_000 : 3_000);
    }
  }

  /** The connection to use, a new one now and then; null if that fails. */
  @Nullable Connection connection() {
    Connection now = connection;
    if (now == null || oneOf(4)) {
      if (now != null) {
        now.session.close();
      }
      Duration staleness =
          simulation.isCalm() ? Duration.ZERO : STALENESS[random.nextInt(STALENESS.length)];
      Connection[] opened = new Connection[1];
      ErrorKind failure =
          attempt(
              "connects with a staleness of " + staleness,
              null,
              () -> opened[0] = connect(staleness));
      now = failure != null ? null : opened[0];
      connection = now;
    }
    return now;
  }

  private Connection connect(Duration staleness) {
    long start = process.now();
    State newest = history().newest();
    return new Connection(process.volume().connect(false, staleness), staleness, start, newest);
  }

  /**
   * Does something that may fail as faults let it.
   *
   * @param state that it reads, which may have expired; null if that is not known
   * @return what it failed with, or null
   */
  @Nullable ErrorKind attempt(String what, @Nullable State state, Runnable task) {
    process.note(actor().name() + ' ' + what);
    try {
      task.run();
      process.note(actor().name() + " " + what + ": done");
      return null;
    } catch (S3VfsException e) {
      process.note(actor().name() + " " + what + ": " + e.kind() + " " + e.getMessage());
      boolean mayBe =
          switch (e.kind()) {
            case BUSY, CONFLICT -> true;
            case UNAVAILABLE ->
                process.faults() > 0
                    || history().anyDeleted()
                    || (state != null && simulation.mayHaveExpired(state)); // so has what tells
            case INTERRUPTED -> process.interrupts() > 0;
            case CORRUPT -> process.truncations() > 0;
            case EXPIRED -> state == null || simulation.mayHaveExpired(state);
            case NOT_FOUND -> state != null && history().isDeleted(state.uuid());
            default -> false;
          };
      if (!mayBe) {
        throw new Violation(process + " " + what + ": " + e.kind() + " " + e.getMessage(), e);
      }
      simulation.counts().add("failed " + e.kind());
      return e.kind();
    } finally {
      boolean unused = Thread.interrupted();
    }
  }
}
