package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.Layout;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.vfs.MemoryVfs;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Many connections read through a cache that is far too small, some of them old versions for a
 * while, while others commit: each row is what the model says for the version that is read.
 */
@ParameterizedClass
@CsvSource({
  "SNAPSHOT, 40000",
  "SNAPSHOT, 400000",
  "SNAPSHOT, 4000000",
  "BLOCKS, 60000",
  "BLOCKS, 4000000"
})
class PageCacheStressTest {
  private static final boolean THOROUGH = Boolean.getBoolean("s3vfs.test.thorough");
  private static final long SEED = Long.getLong("s3vfs.test.seed", System.nanoTime());
  private static final int COMMITS = THOROUGH ? 1_500 : 100;
  private static final int READERS = 6;
  private static final int ROWS = 400;

  /** So that a page has about six rows. */
  private static final int FILLER = 600;

  @Parameter(0)
  Layout layout = Layout.BLOCKS;

  @Parameter(1)
  long cacheBytes;

  private final InMemoryObjectStore store = new InMemoryObjectStore("bucket");

  /** What COMMIT has returned for, in this process. */
  private final AtomicInteger committed = new AtomicInteger();

  private final AtomicInteger transactions = new AtomicInteger();

  /** The rows that a commit changes; those of commit 0 are all. */
  private static boolean changes(int commit, int id) {
    return commit == 0
        || (Integer.toUnsignedLong((commit * 0x9e3779b1 + id) * 0x85ebca77) >> 16) % 97 == 0;
  }

  /** The last commit that has changed a row. */
  private static int model(int commit, int id) {
    int at = commit;
    while (!changes(at, id)) {
      at--;
    }
    return at;
  }

  @Test
  void eachRowIsWhatTheVersionHas() throws Exception {
    String what = layout + " " + cacheBytes + " -Ds3vfs.test.seed=" + SEED;
    ExecutorService pool = Executors.newFixedThreadPool(READERS + 2);
    try (MemoryVfs vfs = LittleMemory.vfs(store, cacheBytes, 1 << 20);
        MemoryVfs elsewhere = new MemoryVfs(store, store)) {
      try (Connection c = connect(vfs, 0)) {
        Sql.execute(
            c,
            "CREATE TABLE meta(n INT)",
            "CREATE TABLE t(id INTEGER PRIMARY KEY, n INT, filler BLOB)",
            "BEGIN",
            "INSERT INTO meta VALUES (0)",
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
                + ROWS
                + ") INSERT INTO t SELECT i, 0, zeroblob("
                + FILLER
                + ") FROM n",
            "COMMIT");
      }
      List<Future<?>> all = new ArrayList<>();
      // In blocks a reader is not isolated from a writer in another process.
      List<MemoryVfs> writers = layout == Layout.SNAPSHOT ? List.of(vfs, elsewhere) : List.of(vfs);
      for (MemoryVfs each : writers) {
        all.add(pool.submit(() -> write(each, each == vfs)));
      }
      for (int i = 0; i < READERS; i++) {
        long seed = SEED + i;
        all.add(pool.submit(() -> read(vfs, new Random(seed))));
      }
      for (Future<?> each : all) {
        each.get(THOROUGH ? 30 : 5, TimeUnit.MINUTES);
      }
      try (Connection c = connect(vfs, 0)) {
        assertEquals(COMMITS, Integer.parseInt(Sql.value(c, "SELECT n FROM meta")), what);
        Sql.assertIntact(c);
      }
      assertTrue(transactions.get() > READERS, what);
    } catch (Throwable e) {
      throw new AssertionError(what, e);
    } finally {
      pool.shutdownNow();
    }
  }

  private Connection connect(MemoryVfs vfs, int staleness) throws SQLException {
    Connection c =
        vfs.connect(
            "db",
            "&layout=" + layout.name().toLowerCase(Locale.ROOT) + "&max_staleness_ms=" + staleness);
    Sql.execute(c, "PRAGMA busy_timeout = 60000", "PRAGMA cache_size = 5");
    return c;
  }

  private Void write(MemoryVfs vfs, boolean here) throws SQLException {
    try (Connection c = connect(vfs, 0);
        PreparedStatement update = c.prepareStatement("UPDATE t SET n = ? WHERE id = ?")) {
      while (true) {
        Sql.execute(c, "BEGIN IMMEDIATE");
        int next = Integer.parseInt(Sql.value(c, "SELECT n FROM meta")) + 1;
        if (next > COMMITS) {
          Sql.execute(c, "ROLLBACK");
          return null;
        }
        for (int id = 1; id <= ROWS; id++) {
          if (changes(next, id)) {
            update.setInt(1, next);
            update.setInt(2, id);
            update.executeUpdate();
          }
        }
        Sql.execute(c, "UPDATE meta SET n = " + next);
        if (next % 7 == 0) {
          Sql.execute(c, "ROLLBACK", "BEGIN IMMEDIATE");
          if (Integer.parseInt(Sql.value(c, "SELECT n FROM meta")) != next - 1) {
            Sql.execute(c, "ROLLBACK"); // the other one was faster
            continue;
          }
          Sql.execute(c, "UPDATE meta SET n = " + next);
          for (int id = 1; id <= ROWS; id++) {
            if (changes(next, id)) {
              Sql.execute(c, "UPDATE t SET n = " + next + " WHERE id = " + id);
            }
          }
        }
        Sql.execute(c, "COMMIT");
        if (here) {
          committed.accumulateAndGet(next, Math::max);
        }
      }
    }
  }

  private Void read(MemoryVfs vfs, Random random) throws SQLException {
    int last = 0;
    while (last < COMMITS) {
      try (Connection c = connect(vfs, random.nextBoolean() ? 60_000 : random.nextInt(30));
          PreparedStatement select = c.prepareStatement("SELECT n, filler FROM t WHERE id = ?")) {
        for (int i = 0; i < 40; i++) {
          int least = Math.max(last, committed.get());
          last = readOnce(c, select, random);
          assertTrue(last >= least, last + " after " + least);
          transactions.incrementAndGet();
        }
        if (random.nextInt(4) == 0) {
          // Else a view that is never too old would never end.
          assertEquals("ok", Sql.value(c, "PRAGMA s3_refresh"));
          last = Math.max(last, readOnce(c, select, random));
        }
      }
    }
    return null;
  }

  /** A read transaction, which takes its time now and then. */
  private static int readOnce(Connection c, PreparedStatement select, Random random)
      throws SQLException {
    Sql.execute(c, "BEGIN");
    int version = Integer.parseInt(Sql.value(c, "SELECT n FROM meta"));
    int reads = 1 + random.nextInt(30);
    boolean slow = random.nextInt(20) == 0;
    for (int i = 0; i < reads; i++) {
      int id = 1 + random.nextInt(ROWS);
      select.setInt(1, id);
      try (ResultSet row = select.executeQuery()) {
        assertTrue(row.next());
        assertEquals(model(version, id), row.getInt(1), "row " + id + " of version " + version);
        assertEquals(FILLER, row.getBytes(2).length);
      }
      if (slow) {
        sleep(1 + random.nextInt(3));
      }
    }
    assertEquals(version, Integer.parseInt(Sql.value(c, "SELECT n FROM meta")));
    Sql.execute(c, "COMMIT");
    return version;
  }

  private static void sleep(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
