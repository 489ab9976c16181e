package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.Layout;
import io.github.s3vfs.internal.layout.snapshot.Heads;
import io.github.s3vfs.internal.store.FaultPlan;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.vfs.MemoryVfs;
import io.github.s3vfs.scenario.ModelledConnection.Query;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Random statements on three connections to one database, two of one VFS and one of another, as in
 * another process, while requests fail at random. One thread; the same seed gives the same run.
 */
final class FaultRun implements AutoCloseable {
  private static final String KEY = "db";
  private static final String LEASE = KEY + "-lease";
  private static final int FAULTS_BETWEEN_CHECKS = 50;
  private static final int HISTORY = 40;
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
  private final ArrayDeque<String> history = new ArrayDeque<>();
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

  FaultRun(Layout layout, long seed) throws SQLException {
    this.layout = layout;
    random = new Random(seed);
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
    return LittleMemory.vfs(store, 16 << random.nextInt(14), 8 << random.nextInt(16));
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

  boolean coin() {
    return random.nextBoolean();
  }

  /** The last statements, for messages. */
  String history() {
    return mode + parameters + " " + cacheSize + "\n  " + String.join("\n  ", history);
  }

  /** One random statement. */
  void step() throws SQLException {
    new RandomFaults(faults, random, layout).plan();
    ModelledConnection c = connections.get(random.nextInt(connections.size()));
    if (allowed.all().size() > 8) {
      note("the content is to be found out");
      check();
    } else if (c.isInTransaction()) {
      stepWithin(c);
    } else {
      stepOutside(c);
    }
    if (faults.hits() - hitsAtCheck >= FAULTS_BETWEEN_CHECKS) {
      check();
    }
  }

  private void stepOutside(ModelledConnection c) throws SQLException {
    int dice = random.nextInt(100);
    if (dice < 42) {
      c.begin(random.nextInt(4) == 0);
    } else if (dice < 68) {
      c.change(RandomChange.next(random));
    } else if (dice < 93) {
      c.read(randomQuery());
    } else if (dice < 97) {
      c.change(RandomChange.vacuum());
    } else if (nobodyIsInTransaction(c)) {
      reopen(c);
    }
  }

  private void stepWithin(ModelledConnection c) throws SQLException {
    int dice = random.nextInt(100);
    if (dice < 42) {
      c.change(RandomChange.next(random));
    } else if (dice < 75) {
      c.read(randomQuery());
    } else if (dice < 92) {
      c.commit();
    } else {
      c.rollBack();
    }
  }

  private Query randomQuery() {
    return switch (random.nextInt(3)) {
      case 0 -> Query.all();
      case 1 -> Query.row(1 + random.nextInt(80));
      default -> Query.ofIndex(Character.toString('a' + random.nextInt(26)));
    };
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
    dropLease();
    c.replace(open(c.vfs()));
    assertEquals(Outcome.DONE, c.read(Query.all()));
  }

  /**
   * Runs a statement and sees how it went.
   *
   * @throws AssertionError for an error that no fault explains
   */
  Outcome attempt(ModelledConnection by, String what, Action action) {
    int hits = faults.hits();
    int before = stored();
    String lease = lease();
    SQLException error = null;
    try {
      action.run();
    } catch (SQLException e) {
      error = e;
    }
    String result = error == null ? "DONE" : error.getMessage();
    note(by + " " + what + " -> " + result + ", " + (faults.hits() - hits) + " faults");
    Outcome outcome = Outcome.of(error, by, faults.hits() > hits, isolatesReaders());
    if (!Objects.equals(lease, lease())) {
      leaseWriter = by.vfs();
    }
    boolean changed = stored() != before;
    if (changed) {
      overtakeOthers(by);
    }
    // One that has rolled back for others is not judged: it may have to begin again.
    boolean judged = faults.hits() == hits && !changed && !by.isOvertaken();
    if (Outcome.isLocked(error) && judged && nobodyIsInTransaction(by)) {
      waitForLease(by);
    }
    return outcome;
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

  /** Another text for each holder of the right to write, or null. */
  private @Nullable String lease() {
    byte[] lease = store.peek(LEASE);
    return lease == null ? Heads.claim(store, KEY) : Arrays.toString(lease);
  }

  private void dropLease() {
    store.drop(LEASE);
    Heads.dropClaim(store, KEY);
  }

  /** A hash of the content that is stored: not of who may write. */
  private int stored() {
    if (layout == Layout.SNAPSHOT) {
      return Heads.version(store, KEY).hashCode();
    }
    int hash = 0;
    for (String key : store.keys()) {
      if (!key.equals(LEASE)) {
        hash = 31 * (31 * hash + key.hashCode()) + Arrays.hashCode(store.peek(key));
      }
    }
    return hash;
  }

  /** The term of a lease that could not be given back goes by. */
  private void waitForLease(ModelledConnection c) {
    assertTrue(faults.hits() > hitsAtDrop, () -> c + " is busy, and nobody is in a transaction");
    assertTrue(leaseWriter != c.vfs(), () -> c + " waits for a lease of its own process");
    dropLease();
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
    dropLease();
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
    System.err.println(what);
    history.add(
        what.length() > 160
            ? what.substring(0, 70) + " ... " + what.substring(what.length() - 80)
            : what);
    if (history.size() > HISTORY) {
      history.remove();
    }
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
