package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.snapshot.Heads;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.vfs.LastFailure;
import io.github.s3vfs.internal.vfs.MemoryVfs;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Objects of a database are damaged, cut, exchanged with each other and with those of another
 * database: SQL then gives what it gave before, or an error that names the object.
 */
class DamagedObjectsTest {
  private static final boolean THOROUGH = Boolean.getBoolean("s3vfs.test.thorough");
  private static final int DAMAGES = THOROUGH ? 2000 : 200;
  private static final int OLD_HEADS = THOROUGH ? 200 : 20;
  private static final long SEED = Long.getLong("s3vfs.test.seed", System.nanoTime());

  /** Pages of 512 bytes, so that rows have a page of their own. */
  private static final int ROWS = 360;

  /** Nobody waits so long for what is in memory. */
  private static final long HANG_SECONDS = 120;

  private static final String KEY = "db";
  private static final String OTHER = "other";
  private static final InMemoryObjectStore STORE = new InMemoryObjectStore("bucket");

  /** What SQL gives, by version; and the head then. */
  private static final TreeMap<Long, String> CONTENTS = new TreeMap<>();

  private static final TreeMap<Long, byte[]> HEADS = new TreeMap<>();

  @BeforeAll
  static void store() throws SQLException {
    try (MemoryVfs vfs = new MemoryVfs(STORE, new WriteLog(STORE, 20_000));
        Connection c = vfs.connect(KEY, "");
        Connection other = vfs.connect(OTHER, "")) {
      for (Connection each : List.of(c, other)) {
        Sql.execute(
            each,
            "PRAGMA page_size = 512",
            "CREATE TABLE t(id INTEGER PRIMARY KEY, v BLOB)",
            "CREATE TABLE u(a, b)",
            "CREATE INDEX u_a ON u(a)",
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
                + ROWS
                + ") INSERT INTO t SELECT i, randomblob(400) FROM n");
      }
      for (int i = 1; i <= ROWS; i++) {
        Sql.execute(c, "UPDATE t SET v = randomblob(401) WHERE id = " + i * 7 % ROWS);
        if (i % 40 == 0) {
          keep(c);
          Sql.execute(other, "INSERT INTO u VALUES (" + i + ", randomblob(10))");
        }
      }
      assertTrue(vfs.vfs().compact(new S3Location("bucket", KEY)) > ROWS / 2);
      for (int i = 1; i <= 20; i++) {
        keep(c);
        Sql.execute(
            c,
            "BEGIN",
            "UPDATE t SET v = randomblob(402) WHERE id % 50 = " + i,
            "INSERT INTO u SELECT id, v FROM t WHERE id % 90 = " + i,
            "COMMIT");
      }
      keep(c);
    }
  }

  private static void keep(Connection c) throws SQLException {
    long version = Heads.number(STORE, KEY);
    CONTENTS.put(version, content(c));
    HEADS.put(version, Objects.requireNonNull(STORE.peek(KEY + "/head")));
  }

  private static String content(Connection c) throws SQLException {
    return Sql.rows(c, "PRAGMA integrity_check") + DyingWriter.content(c);
  }

  private static String newest() {
    return CONTENTS.lastEntry().getValue();
  }

  private static long anyVersion(Random random) {
    return List.copyOf(CONTENTS.keySet()).get(random.nextInt(CONTENTS.size()));
  }

  /** What somebody found, or what it failed with. */
  private record Found(@Nullable String content, @Nullable SQLException error, String message) {}

  private static Found find(MemoryVfs vfs, String parameters) {
    LastFailure.clear();
    try (Connection c = vfs.connect(KEY, parameters)) {
      String content = content(c);
      Throwable failure = LastFailure.take();
      // To the integrity check a page that cannot be read is a result.
      return failure != null && content.contains("unable to get the page")
          ? new Found(null, null, message(failure, parameters))
          : new Found(content, null, "");
    } catch (SQLException e) {
      return new Found(null, e, message(LastFailure.take(), parameters));
    }
  }

  private static String message(@Nullable Throwable failure, String parameters) {
    if (failure instanceof S3VfsException s) {
      // A version may not be there yet, to whom the head of another database is shown.
      boolean yet = s.kind() == ErrorKind.NOT_FOUND && !parameters.isEmpty();
      assertTrue(s.kind() == ErrorKind.CORRUPT || yet, s + "");
    }
    return failure == null ? "" : String.valueOf(failure.getMessage());
  }

  /** Something random. */
  private interface Trial {
    /** Makes it, and says whether the damage was noticed. */
    boolean run(Random random) throws Exception;
  }

  /** Makes trials, two at once; answers how often the damage was noticed. */
  private static int repeat(int times, Trial trial) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<Boolean>> all = new ArrayList<>();
      for (int i = 0; i < times; i++) {
        long seed = SEED + i;
        all.add(
            threads.submit(
                () -> {
                  try {
                    return trial.run(new Random(seed));
                  } catch (Exception | AssertionError e) {
                    throw new AssertionError("-Ds3vfs.test.seed=" + seed + ": " + e, e);
                  }
                }));
      }
      int noticed = 0;
      for (Future<Boolean> each : all) {
        noticed += each.get(HANG_SECONDS, TimeUnit.SECONDS) ? 1 : 0;
      }
      return noticed;
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void giveWhatTheyGaveBeforeOrAnErrorThatNamesThem() throws Exception {
    int noticed = repeat(DAMAGES, DamagedObjectsTest::isNoticed);
    assertTrue(noticed > DAMAGES / 3, noticed + " noticed, -Ds3vfs.test.seed=" + SEED);
    assertTrue(noticed < DAMAGES, "all noticed, -Ds3vfs.test.seed=" + SEED);
  }

  private static boolean isNoticed(Random random) throws SQLException {
    InMemoryObjectStore store = STORE.copy();
    long version = anyVersion(random);
    Damage damage =
        Damage.in(store, KEY, OTHER, HEADS.floorEntry(CONTENTS.lastKey() - 1).getValue(), random);
    try (MemoryVfs vfs = LittleMemory.vfs(store, random.nextBoolean() ? 0 : 1 << 16, 1 << 20)) {
      boolean now = isNoticed(damage, find(vfs, ""), newest());
      String then = CONTENTS.getOrDefault(version, "");
      return isNoticed(damage, find(vfs, "&version=" + version), then) || now;
    }
  }

  /** Whether somebody met an error; what was found instead is as it should be. */
  private static boolean isNoticed(Damage damage, Found found, String expected) {
    if (found.content() != null) {
      assertEquals(expected, found.content(), damage.what());
      return false;
    }
    assertTrue(
        damage.isNamedBy(found.message()),
        () -> damage.what() + ": " + found.message() + ", " + found.error());
    return true;
  }

  @Test
  void anOldHeadIsRefusedByWhoHasSeenANewerOneAndIsThatVersionToOthers() throws Exception {
    int noticed = repeat(OLD_HEADS, DamagedObjectsTest::isOldHeadNoticed);
    assertEquals(OLD_HEADS, noticed, "-Ds3vfs.test.seed=" + SEED);
  }

  private static boolean isOldHeadNoticed(Random random) throws SQLException {
    InMemoryObjectStore store = STORE.copy();
    long version = HEADS.lowerKey(HEADS.lastKey());
    for (int i = random.nextInt(HEADS.size() - 1); i > 0; i--) {
      version = HEADS.lowerKey(version);
    }
    try (MemoryVfs old = new MemoryVfs(store, store);
        MemoryVfs fresh = new MemoryVfs(store, store);
        Connection c = old.connect(KEY, "")) {
      assertEquals(newest(), content(c));
      store.poke(KEY + "/head", HEADS.getOrDefault(version, new byte[0]));
      assertEquals(CONTENTS.get(version), find(fresh, "").content());
      Found found = find(old, "");
      return found.message().contains(KEY + "/head has gone back from version");
    }
  }
}
