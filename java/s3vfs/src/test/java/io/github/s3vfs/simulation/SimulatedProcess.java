package io.github.s3vfs.simulation;

import io.github.s3vfs.S3Location;
import io.github.s3vfs.internal.layout.snapshot.SimulatedVolumes;
import io.github.s3vfs.internal.layout.snapshot.SnapshotSettings;
import io.github.s3vfs.internal.layout.snapshot.SnapshotVolume;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/** A process: a volume, the actors that use it, and what it has been told. */
final class SimulatedProcess implements SimulatedVolumes.Machine {
  private static final S3Location LOCATION = new S3Location("bkt", "db");
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final int[] CACHES = {0, 30_000, 1 << 20};

  private final String name;
  private final Simulation simulation;
  private final Scheduler scheduler;
  private final SplittableRandom nonces;
  private final long clockOffset;

  private final List<Actor> actors = new ArrayList<>();
  private final List<Commit> unknown = new ArrayList<>();
  private final SnapshotVolume volume;
  private @Nullable Commit commit;
  private boolean crashed;
  private State seen;
  private int faults;
  private int truncations;
  private int interrupts;

  SimulatedProcess(String name, Simulation simulation, SplittableRandom random) {
    this.name = name;
    this.simulation = simulation;
    this.scheduler = simulation.scheduler();
    this.nonces = random.split();
    this.clockOffset = random.nextLong();
    this.seen = simulation.history().states().get(0);
    Conditions conditions = simulation.conditions();
    boolean optimistic = random.nextInt(3) == 0;
    long cache = CACHES[random.nextInt(CACHES.length)];
    this.volume =
        SimulatedVolumes.open(
            LOCATION,
            new SimulatedStore(
                simulation.objects(), this, scheduler, simulation.history(), simulation::fate),
            cache,
            new SnapshotSettings(
                1 << 20, optimistic, conditions.term(), conditions.retention(), false, TIMEOUT),
            this);
    note("starts" + (optimistic ? ", optimistic" : "") + ", cache " + cache);
  }

  SnapshotVolume volume() {
    return volume;
  }

  Simulation simulation() {
    return simulation;
  }

  String name() {
    return name;
  }

  long now() {
    return scheduler.now();
  }

  /** Adds a line to the log. */
  void note(String what) {
    simulation.log().add(scheduler.now(), name + ' ' + what);
  }

  /** Adds an actor. */
  Actor start(String role, long at, Runnable body) {
    Actor actor = new Actor(scheduler, name + '.' + role, at, body);
    actors.removeIf(Actor::isOver);
    actors.add(actor);
    scheduler.add(actor);
    return actor;
  }

  /** It ends at once; what it has sent goes on. */
  void crash() {
    note("crashes");
    crashed = true;
    actors.forEach(Actor::crash);
  }

  boolean hasCrashed() {
    return crashed;
  }

  /** The transaction that is being committed, or null. */
  @Nullable Commit commit() {
    return commit;
  }

  void committing(@Nullable Commit now) {
    commit = now;
  }

  /** Commits whose outcome is not known. */
  List<Commit> unknown() {
    return unknown;
  }

  /** The newest state that it has seen. */
  State seen() {
    return seen;
  }

  void see(State state) {
    if (state.index() > seen.index()) {
      seen = state;
    }
  }

  /** A request of it has failed or was late. */
  void fault() {
    faults++;
  }

  int faults() {
    return faults;
  }

  /** A body was cut off. */
  void truncated() {
    truncations++;
    faults++;
  }

  int truncations() {
    return truncations;
  }

  void interrupted() {
    interrupts++;
  }

  int interrupts() {
    return interrupts;
  }

  @Override
  public long nanoTime() {
    return scheduler.now() + clockOffset;
  }

  @Override
  public long random() {
    return nonces.nextLong();
  }

  @Override
  public void decode(Runnable task) {
    scheduler.add(new Decoding(this, task));
  }

  @Override
  public CompletableFuture<Object> future() {
    return new Answer<>(scheduler, this::fault);
  }

  @Override
  public Lock lock() {
    return new SimulatedLock(scheduler);
  }

  @Override
  public Future<?> every(Duration delay, Runnable task) {
    Repetition repetition = new Repetition(this, scheduler, delay, task);
    scheduler.add(repetition);
    return repetition;
  }

  @Override
  public String toString() {
    return name;
  }
}
