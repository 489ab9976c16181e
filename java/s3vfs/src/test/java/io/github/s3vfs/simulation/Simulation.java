package io.github.s3vfs.simulation;

import io.github.s3vfs.internal.store.InMemoryObjectStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One run: processes that read and write a database while faults happen, and then, without faults,
 * show that everything still goes on. The seed decides about all of it.
 */
final class Simulation {
  private static final long EPOCH_MILLIS = 1_700_000_000_000L;
  private static final long LONGEST_JUMP = 20_000_000_000L;
  private static final int WRITE_FATES = 11;

  private final SplittableRandom random;
  private final Conditions conditions;
  private final StepLog log = new StepLog();
  private final Counts counts = new Counts();
  private final History history = new History();
  private final InMemoryObjectStore objects = new InMemoryObjectStore("bkt");
  private final Scheduler scheduler;
  private final List<SimulatedProcess> processes = new ArrayList<>();
  private int started;

  Simulation(long seed) {
    this.random = new SplittableRandom(seed);
    this.conditions = Conditions.of(random);
    this.scheduler = new Scheduler(random.split(), log, this::disturb);
    objects.setClock(this::now);
    if (conditions.uniqueEtags()) {
      objects.uniqueEtags();
    }
  }

  /** The store's clock. */
  private Instant now() {
    return Instant.ofEpochMilli(EPOCH_MILLIS + scheduler.now() / 1_000_000);
  }

  /** Whether a state need not be readable any more. */
  boolean mayHaveExpired(State state) {
    State next = history.after(state);
    return next != null
        && (history.isDeleted(state.uuid())
            || next.time().plus(conditions.retention()).isBefore(now()));
  }

  /**
   * Runs it to its end.
   *
   * @throws Violation if a property does not hold
   */
  void run() {
    log.add(0, conditions.toString());
    for (int i = 0; i < conditions.processes(); i++) {
      start(0);
    }
    scheduler.run();
    SimulatedProcess last = new SimulatedProcess("last", this, random);
    Worker worker = new Worker(last, random.split(), List.of());
    last.start("w", 0, () -> prove(worker));
    scheduler.run();
    counts.add("runs");
  }

  private void start(long at) {
    SimulatedProcess process = new SimulatedProcess("P" + ++started, this, random);
    processes.add(process);
    Worker writer = new Worker(process, random.split(), actions());
    process.start(
        "w",
        at,
        () -> {
          writer.act();
          prove(writer);
        });
    if (conditions.upkeep()) {
      Worker upkeep =
          new Worker(process, random.split(), List.of(Upkeeping.COMPACTION, Upkeeping.COLLECTION));
      process.start(
          "u",
          at,
          () -> {
            upkeep.act();
            upkeep.insist(Upkeeping.COMPACTION);
            upkeep.insist(Upkeeping.COLLECTION);
          });
    }
    if (conditions.readers()) {
      Worker reader =
          new Worker(process, random.split(), List.of(new Reading(), new ReadingPast()));
      process.start(
          "r",
          at,
          () -> {
            reader.act();
            reader.insist(new Reading());
          });
    }
  }

  /** What a process does; what is there several times is done more often. */
  private List<Action> actions() {
    List<Action> actions =
        new ArrayList<>(Arrays.asList(new Reading(), new Reading(), new ReadingPast()));
    for (int i = 0; i < 6; i++) {
      actions.add(new Writing(false));
    }
    if (conditions.replacements()) {
      actions.add(new Replacing());
    }
    if (conditions.deletions() && random.nextInt(2) == 0) {
      actions.add(new Deleting());
    }
    return actions;
  }

  /** Behind all faults, everything can be written and read. */
  private static void prove(Worker worker) {
    worker.insist(new Reading());
    worker.insist(new Writing(true));
    worker.insist(new Reading());
  }

  /** Whether faults are over. */
  boolean isCalm() {
    return scheduler.steps() > conditions.steps();
  }

  /** What is done at each step. */
  private void disturb() {
    if (isCalm()) {
      return;
    }
    if (random.nextInt(1000) < conditions.jumps()) {
      scheduler.pass(random.nextLong(LONGEST_JUMP));
    }
    if (random.nextInt(100_000) < conditions.crashes()) {
      SimulatedProcess process = processes.remove(random.nextInt(processes.size()));
      process.crash();
      counts.add("crashes");
      start(scheduler.now() + random.nextLong(LONGEST_JUMP));
    }
    if (random.nextInt(100_000) < conditions.interrupts()) {
      SimulatedProcess process = processes.get(random.nextInt(processes.size()));
      for (Actor actor : scheduler.actors()) {
        if (actor.name().equals(process.name() + ".w") && actor.interrupt()) {
          process.note("is interrupted");
          process.interrupted();
          counts.add("interrupts");
        }
      }
    }
  }

  /** Decides what becomes of a request. */
  Fate fate(Request<?> request) {
    boolean faulty = !isCalm() && random.nextInt(1000) < conditions.faults();
    Fate fate;
    if (!faulty) {
      fate = random.nextInt(3) == 0 ? Fate.SLOW : Fate.ANSWERED;
    } else if (request.isRead()) {
      Fate[] fates = {Fate.REFUSED, Fate.LOST, Fate.SILENT, Fate.VANISHED, Fate.TRUNCATED};
      fate = fates[random.nextInt(conditions.truncations() && request.hasBody() ? 5 : 4)];
    } else {
      Fate[] fates = {
        Fate.REFUSED,
        Fate.REFUSED,
        Fate.LOST,
        Fate.LOST,
        Fate.LATER,
        Fate.LATER,
        Fate.SILENT,
        Fate.STUCK,
        Fate.VANISHED,
        Fate.TWICE,
        Fate.OVERTAKEN
      };
      fate = fates[random.nextInt(WRITE_FATES)];
      if (request.makesHead() && (fate == Fate.TWICE || fate == Fate.OVERTAKEN)) {
        fate = Fate.LOST;
      }
    }
    counts.add(faulty ? "fault " + fate : "requests");
    return fate;
  }

  Scheduler scheduler() {
    return scheduler;
  }

  Conditions conditions() {
    return conditions;
  }

  History history() {
    return history;
  }

  InMemoryObjectStore objects() {
    return objects;
  }

  StepLog log() {
    return log;
  }

  Counts counts() {
    return counts;
  }
}
