package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.snapshot.Heads;
import io.github.s3vfs.internal.store.FaultPlan;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.vfs.LastFailure;
import io.github.s3vfs.internal.vfs.MemoryVfs;
import io.github.s3vfs.scenario.ModelledConnection.Query;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Random statements on three connections to one database, two of one VFS and one of another, as in
 * another process, while requests fail at random. One thread; the same seed gives the same run.
 */
final class FaultRun implements AutoCloseable {
  private static final String KEY = "db";
  private static final int FAULTS_BETWEEN_CHECKS = 50;
  private static final List<String> MODES = List.of("DELETE", "TRUNCATE", "PERSIST");

  /** Something that may fail. */
  interface Action {
    void run() throws SQLException;
  }

  private final Layout layout;
  private final Random random;
  private final InMemoryObjectStore store = new InMemoryObjectStore("bucket");
  private final FaultPlan faults = store.faults();
  private final AllowedContents allowed =
      new AllowedContents(Collections.unmodifiableSortedMap(new TreeMap<>()));
  private final Transcript history = new Transcript();
  private final StoredState stored;
  private final UpkeepBeside upkeep;
  private final String mode;
  private final String parameters;
  private final int cacheSize;
  private final MemoryVfs first;
  private final MemoryVfs second;
  private final List<ModelledConnection> connections;

  /** Which VFS wrote the lease last, if it is still there. */
  private @Nullable MemoryVfs leaseWriter;

  private int hitsAtCheck;
  private int hitsAtDrop;

  /** Answers that had come by half before the attempt before the last one. */
  private int cutsBefore;

  private int cutsAtLastAttempt;

  /** Whether no commit that has failed can take effect any more, or has just done so. */
  private boolean certain = true;

  FaultRun(Layout layout, long seed) throws SQLException {
    this.layout = layout;
    stored = new StoredState(store, layout, KEY);
    random = new Random(seed);
    upkeep = new UpkeepBeside(new S3Location("bucket", KEY), random);
    if (layout == Layout.SNAPSHOT) {
      store.setClock(upkeep::now);
    }
    mode = MODES.get((int) Math.floorMod(seed, 3L));
    int blockSize = List.of(4096, 4096, 1000, 4097, 16384).get(random.nextInt(5));
    parameters = "&layout=" + layout + "&block_size=" + blockSize;
    cacheSize = 2 + random.nextInt(12);
    first = newVfs();
    second = newVfs();
    try (Connection c = open(first)) {
      Sql.execute(
          c,
          "PRAGMA page_size = " + (512 << random.nextInt(4)),
          "PRAGMA auto_vacuum = " + random.nextInt(3));
      Sql.execute(c, RandomChange.SCHEMA.toArray(new String[0]));
    }
    connections =
        List.of(
            new ModelledConnection("A1", first, this, allowed, open(first)),
            new ModelledConnection("A2", first, this, allowed, open(first)),
            new ModelledConnection("B", second, this, allowed, open(second)));
    readAll();
  }

  private MemoryVfs newVfs() {
    return LittleMemory.vfs(
        store, 16 << random.nextInt(14), 8 << random.nextInt(16), UpkeepBeside.RETENTION, false);
  }

  private Connection open(MemoryVfs vfs) throws SQLException {
    Connection c = vfs.connect(KEY, parameters);
    Sql.execute(
        c,
        "PRAGMA busy_timeout = 0",
        "PRAGMA cache_size = " + cacheSize,
        "PRAGMA journal_mode = " + mode);
    return c;
  }

  /** Faults that requests have met so far. */
  int faults() {
    return faults.hits();
  }

  /** Whether a transaction sees one version from its beginning to its end. */
  boolean isolatesReaders() {
    return layout == Layout.SNAPSHOT;
  }

  /** Whether what is read now stays so until somebody commits. */
  boolean isCertain() {
    return certain;
  }

  boolean coin() {
    return random.nextBoolean();
  }

  /** The last statements, for messages. */
  String history() {
    return mode + parameters + " " + cacheSize + history;
  }

  /** One random statement. */
  void step() throws SQLException {
    new RandomFaults(faults, random, layout).plan();
    ModelledConnection c = connections.get(random.nextInt(connections.size()));
    if (layout == Layout.SNAPSHOT && random.nextInt(100) < 6) {
      upkeep.passSome();
      keepUp(c.vfs());
    } else if (allowed.all().size() > 8) {
      note("the content is to be found out");
      check();
    } else if (c.isInTransaction()) {
      RandomStep.within(c, random);
    } else {
      boolean done = RandomStep.outside(c, random);
      if (!done && nobodyIsInTransaction(c)) {
        reopen(c);
      }
    }
    if (faults.hits() - hitsAtCheck >= FAULTS_BETWEEN_CHECKS) {
      check();
    }
  }

  /** Compacts or collects, whoever is in a transaction. */
  private void keepUp(MemoryVfs by) {
    Moment before = new Moment();
    String result;
    try {
      result = random.nextBoolean() ? upkeep.compact(by) : upkeep.collect(by);
    } catch (S3VfsException e) {
      assertTrue(faults.hits() > before.hits, () -> "upkeep fails without a fault: " + e);
      result = String.valueOf(e.getMessage());
    }
    note(result + ", " + (faults.hits() - before.hits) + " faults");
    passed(before, null);
  }

  private boolean nobodyIsInTransaction(ModelledConnection but) {
    return connections.stream().noneMatch(c -> c != but && c.isInTransaction());
  }

  /** Closes and opens a connection; a failure of the open is no harm. */
  private void reopen(ModelledConnection c) throws SQLException {
    note(c + " is opened again");
    c.connection().close();
    int hits = faults.hits();
    try {
      c.vfs().connect(KEY, parameters).close();
    } catch (SQLException e) {
      assertTrue(faults.hits() > hits, () -> "an open has failed without a fault: " + e);
    }
    faults.clear();
    stored.dropLease();
    c.replace(open(c.vfs()));
    assertEquals(Outcome.DONE, c.read(Query.all()));
  }

  /**
   * Runs a statement and sees how it went.
   *
   * @throws AssertionError for an error that no fault explains
   */
  Outcome attempt(ModelledConnection by, String what, Action action) {
    Moment before = new Moment();
    String lease = stored.lease();
    SQLException error = null;
    LastFailure.clear();
    try {
      action.run();
    } catch (SQLException e) {
      error = e;
    }
    String result = error == null ? "DONE" : error.getMessage();
    int hits = faults.hits() - before.hits;
    note(by + " " + what + " -> " + result + ", " + hits + " faults");
    // An answer that was fetched ahead may be for the attempt behind the one that has asked for it.
    boolean cut = faults.cuts() > cutsBefore;
    cutsBefore = cutsAtLastAttempt;
    cutsAtLastAttempt = faults.cuts();
    boolean expired = upkeep.mayBeExpired(by.replacedAt());
    ErrorKind kind = null;
    if (LastFailure.take() instanceof S3VfsException e) {
      kind = e.kind();
      note("  " + e.getMessage());
    }
    Outcome outcome =
        Outcome.of(error, by, new Outcome.Reasons(kind, hits > 0, cut, expired, isolatesReaders()));
    if (!Objects.equals(lease, stored.lease())) {
      leaseWriter = by.vfs();
    }
    boolean changed = passed(before, by);
    // One that has rolled back for others is not judged: it may have to begin again.
    boolean judged = hits == 0 && !changed && !by.isOvertaken();
    if (Outcome.isLocked(error) && judged && nobodyIsInTransaction(by)) {
      waitForLease(by);
    }
    return outcome;
  }

  /** What was so before something was attempted. */
  private final class Moment {
    private final int hits = faults.hits();
    private final int lateRuns = faults.lateRuns();
    private final int content = stored.content();
    private final long version = stored.version();
  }

  /**
   * Something was attempted.
   *
   * @param by null for what changes no content
   * @return whether another content is stored
   */
  private boolean passed(Moment before, @Nullable ModelledConnection by) {
    boolean changed = stored.content() != before.content;
    int late = faults.lateRuns() - before.lateRuns;
    certain = faults.lateEffects() == 0 && late == 0;
    if (late > 0) {
      leaseWriter = null; // a claim may have come late, of whomever
    }
    if (changed) {
      long versions = stored.version() - before.version;
      int most = late + (by == null ? 0 : 1);
      assertTrue(versions <= most, () -> versions + " commits at once, " + most + " are possible");
      connections.stream().filter(c -> c != by || late > 0).forEach(c -> c.replaced(upkeep.now()));
      if (by != null) {
        overtakeOthers(by);
      }
      if (late > 0) {
        allowed.settle();
      }
    }
    return changed;
  }

  private void overtakeOthers(ModelledConnection by) {
    for (ModelledConnection other : connections) {
      if (other.vfs() != by.vfs()) {
        assertTrue(
            !other.isWriting(), () -> by + " has stored something while " + other + " writes");
        other.othersStored();
      }
    }
  }

  /** At last nothing is stored that the newest version does not need. */
  void checkRemains() throws SQLException {
    check();
    if (layout == Layout.SNAPSHOT) {
      note(upkeep.compact(first));
      note(upkeep.collect(second));
      upkeep.pass(UpkeepBeside.RETENTION.multipliedBy(2));
      note(upkeep.collect(first));
      note(upkeep.collect(second));
      assertEquals(
          Heads.referenced(store, KEY), new TreeSet<>(store.keys(KEY + "/s/")), "what is stored");
      readAll();
    }
  }

  /** The term of a lease that could not be given back goes by. */
  private void waitForLease(ModelledConnection c) {
    assertTrue(faults.hits() > hitsAtDrop, () -> c + " is busy, and nobody is in a transaction");
    assertTrue(leaseWriter != c.vfs(), () -> c + " waits for a lease of its own process");
    stored.dropLease();
    leaseWriter = null;
    hitsAtDrop = faults.hits();
  }

  /** Without faults everything works, for everybody, and all see the same. */
  void check() throws SQLException {
    note("check");
    faults.clear();
    for (ModelledConnection c : connections) {
      if (c.isInTransaction()) {
        c.rollBack();
      }
    }
    stored.dropLease();
    readAll();
    for (ModelledConnection c : connections) {
      c.change(RandomChange.one(random));
      assertTrue(allowed.isKnown(), "not known");
      readAll();
      if (!mode.equals("PERSIST")) {
        assertEquals(List.of(), store.keys(KEY + "-journal/"), "what is left of a journal");
      }
    }
    try (MemoryVfs third = new MemoryVfs(store, store);
        Connection c = third.connect(KEY, parameters)) {
      Sql.assertIntact(c);
      Query all = Query.all();
      AllowedContents.giving(allowed.all(), all.result(), Sql.rows(c, all.sql()).toString());
    }
    hitsAtCheck = faults.hits();
    hitsAtDrop = faults.hits();
  }

  private void readAll() throws SQLException {
    for (ModelledConnection c : connections) {
      assertEquals(Outcome.DONE, c.read(Query.all()), c + "");
      Sql.assertIntact(c.connection());
    }
  }

  private void note(String what) {
    history.add(what);
  }

  @Override
  public void close() throws SQLException {
    faults.clear();
    for (ModelledConnection c : connections) {
      c.connection().close();
    }
    first.close();
    second.close();
  }
}
