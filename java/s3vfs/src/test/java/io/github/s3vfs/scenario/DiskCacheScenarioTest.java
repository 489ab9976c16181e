package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.S3VfsStats;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.store.InMemoryObjectStore.Request;
import io.github.s3vfs.internal.vfs.MemoryVfs;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SQLite over a cache on disk, through restarts, changes and damage. */
class DiskCacheScenarioTest {
  private static final boolean THOROUGH = Boolean.getBoolean("s3vfs.test.thorough");
  private static final int ROWS = 2_000;
  private static final long MEMORY = 8 << 20;
  private static final String SCAN = "SELECT count(*) || ' ' || sum(length(v) * id) FROM t";
  private static final String SEGMENTS = "db/s/";

  @TempDir Path parent;

  private final InMemoryObjectStore store = new InMemoryObjectStore("bucket");
  private Path directory = Path.of("");
  private String expected = "";

  @BeforeEach
  void create() throws SQLException {
    directory = parent.resolve("cache");
    try (MemoryVfs vfs = new MemoryVfs(store, store);
        Connection c = vfs.connect("db", "&layout=snapshot")) {
      Sql.execute(
          c,
          "CREATE TABLE t(id INTEGER PRIMARY KEY, v BLOB)",
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
              + ROWS
              + ") INSERT INTO t SELECT i, randomblob(abs(random()) % 500) FROM n");
      expected = Sql.value(c, SCAN);
    }
    store.resetCounts();
  }

  private MemoryVfs process() {
    return DiskCached.vfs(store, directory, 64 << 20, MEMORY);
  }

  private S3VfsStats scan() throws SQLException {
    try (MemoryVfs vfs = process();
        Connection c = vfs.connect("db", "")) {
      assertEquals(expected, Sql.value(c, SCAN));
      return vfs.vfs().stats();
    }
  }

  @Test
  void afterARestartOnlyTheHeadIsAskedFor() throws Exception {
    S3VfsStats cold = scan();
    assertTrue(cold.diskMisses() > 0 && cold.diskHits() == 0, cold::toString);
    assertTrue(store.count(Request.GET) > 2, "some segments were read");
    store.resetCounts();
    for (String key : store.keys(SEGMENTS)) {
      store.drop(key);
    }
    S3VfsStats warm = scan();
    assertTrue(warm.diskMisses() == 0 && warm.diskHits() > 10, warm::toString);
    assertTrue(warm.diskBytes() > 0, warm::toString);
    assertEquals(2, store.count(Request.GET), "the head: when it is opened, and when it is read");
    assertEquals(2, store.requests());
  }

  @Test
  void whatAnotherProcessCommitsIsSeenAtOnce() throws Exception {
    scan();
    try (MemoryVfs vfs = process();
        Connection c = vfs.connect("db", "")) {
      assertEquals(expected, Sql.value(c, SCAN));
      try (MemoryVfs other = process();
          Connection writer = other.connect("db", "")) {
        Sql.execute(writer, "UPDATE t SET v = randomblob(300) WHERE id % 7 = 0");
        expected = Sql.value(writer, SCAN);
      }
      assertEquals(expected, Sql.value(c, SCAN));
    }
    scan();
  }

  @Test
  void theDirectoryMayBeDeletedInTheMiddle() throws Exception {
    try (MemoryVfs vfs = DiskCached.vfs(store, directory, 64 << 20, 0);
        Connection c = vfs.connect("db", "&cache_size=1")) {
      for (int i = 0; i < 3; i++) {
        assertEquals(expected, Sql.value(c, SCAN));
        deleteAll();
        assertFalse(Files.exists(directory));
      }
      assertEquals(expected, Sql.value(c, SCAN));
    }
    assertTrue(scan().diskHits() > 0);
  }

  private void deleteAll() throws IOException {
    while (Files.exists(directory)) {
      try (Stream<Path> files = Files.list(directory)) {
        for (Path file : files.toList()) {
          Files.deleteIfExists(file);
        }
        Files.deleteIfExists(directory);
      } catch (DirectoryNotEmptyException e) {
        // A slab was begun meanwhile.
      }
    }
  }

  /** Point reads, changes and restarts, against a map, while files are damaged. */
  @Test
  void rowsAreThoseOfTheModelWhateverBecomesOfTheFiles() throws Exception {
    long seed = Long.getLong("s3vfs.test.seed", System.nanoTime());
    String what = "-Ds3vfs.test.seed=" + seed;
    Random random = new Random(seed);
    TreeMap<Integer, String> model = new TreeMap<>();
    try (MemoryVfs vfs = process();
        Connection c = vfs.connect("db", "")) {
      for (int id = 1; id <= ROWS; id++) {
        model.put(id, Sql.value(c, "SELECT hex(v) FROM t WHERE id = " + id));
      }
    }
    int rounds = THOROUGH ? 60 : 8;
    long hits = 0;
    for (int round = 0; round < rounds; round++) {
      // Little memory, so that the disk is read over and over.
      try (MemoryVfs vfs = DiskCached.vfs(store, directory, 1 << 20, 100_000);
          Connection c = vfs.connect("db", "&cache_size=5")) {
        for (int step = 0; step < 60; step++) {
          int id = 1 + random.nextInt(ROWS);
          if (random.nextInt(20) == 0) {
            String value = Integer.toHexString(random.nextInt()).repeat(1 + random.nextInt(9));
            value = value.toUpperCase(Locale.ROOT).substring(value.length() % 2);
            Sql.execute(c, "UPDATE t SET v = x'" + value + "' WHERE id = " + id);
            model.put(id, value);
          }
          String read = Sql.value(c, "SELECT hex(v) FROM t WHERE id = " + id);
          assertEquals(model.get(id), read, what);
          if (random.nextInt(3) == 0) {
            SlabDamage.some(directory, random);
          }
        }
        if (random.nextInt(4) == 0) {
          assertEquals("ok", Sql.value(c, "PRAGMA integrity_check"), what);
        }
        hits += vfs.vfs().stats().diskHits();
      }
    }
    assertTrue(hits > 0, what);
  }

  @Test
  void aDirectoryThatCannotBeUsedFailsTheRegistration() throws Exception {
    Path file = Files.createFile(parent.resolve("file"));
    S3Vfs.Builder builder = S3Vfs.builder().name("disk-cache-in-a-file").cacheDir(file);
    S3VfsException e = assertThrows(S3VfsException.class, builder::register);
    assertEquals(ErrorKind.INVALID, e.kind());
    assertTrue(String.valueOf(e.getMessage()).contains("cacheDir=" + file), e::toString);
    assertTrue(S3Vfs.find("disk-cache-in-a-file").isEmpty());
    e =
        assertThrows(
            S3VfsException.class,
            () -> S3Vfs.builder().name("little-disk").cacheDirBytes((1 << 20) - 1).register());
    assertTrue(String.valueOf(e.getMessage()).contains("cacheDirBytes=1048575"), e::toString);
  }

  @Test
  void theNextVfsOfTheBuilderFindsWhatIsThere() throws Exception {
    UnaryOperator<S3Vfs.Builder> cached = b -> b.cacheDir(directory).cacheDirBytes(64 << 20);
    try (Bucket bucket = Bucket.open()) {
      try (Connection c = bucket.connect("db")) {
        Sql.execute(c, "CREATE TABLE t(v)", "INSERT INTO t VALUES (hex(randomblob(50000)))");
      }
      for (int i = 0; i < 2; i++) {
        try (S3Vfs vfs = Bucket.vfs(bucket.server(), cached);
            Connection c = DriverManager.getConnection(Bucket.url(vfs, "db", ""))) {
          assertEquals(directory, vfs.config().cacheDir());
          assertEquals("100000", Sql.value(c, "SELECT length(v) FROM t"));
          S3VfsStats stats = vfs.stats();
          assertEquals(i == 0, stats.diskMisses() > 0, stats::toString);
          assertEquals(i == 1, stats.diskHits() > 0, stats::toString);
          String shown = Sql.value(c, "PRAGMA s3_stats");
          assertTrue(shown.contains("diskHits="), shown);
        }
      }
    }
  }

  @Test
  void aUrlCannotNameADirectory() throws Exception {
    try (MemoryVfs vfs = new MemoryVfs(store, store)) {
      for (String name : List.of("cache_dir", "cacheDir")) {
        String parameter = "&" + name + "=" + directory;
        assertThrows(SQLException.class, () -> vfs.connect("db", parameter));
      }
    }
    assertFalse(Files.exists(directory));
  }
}
