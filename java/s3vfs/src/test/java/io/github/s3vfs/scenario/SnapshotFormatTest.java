package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.internal.vfs.MemoryVfs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConnection;

/** What is stored is what docs/FORMAT.md says, as a reader finds that knows only the document. */
class SnapshotFormatTest {
  private static final boolean THOROUGH = Boolean.getBoolean("s3vfs.test.thorough");
  private static final long SEED = Long.getLong("s3vfs.test.seed", System.nanoTime());
  private static final int RUNS = THOROUGH ? 60 : 4;
  private static final int STATEMENTS = THOROUGH ? 400 : 90;
  private static final String KEY = "some/database";

  @TempDir Path directory;

  @Test
  void theDocumentSaysHowToReadTheNewestVersionAndAllPastOnes() throws Exception {
    for (int run = 0; run < RUNS; run++) {
      long seed = SEED + run;
      Random random = new Random(seed);
      // The first one is of small pages, many of them, so that its map does not fit into the
      // record.
      int pageSize = run == 0 ? 512 : 512 << random.nextInt(8);
      String what = "-Ds3vfs.test.seed=" + seed + " page " + pageSize;
      try (MemoryVfs vfs = new MemoryVfs()) {
        Map<Long, String> copies = work(vfs, random, pageSize, run == 0, what);
        assertTrue(copies.size() > 5, what + " " + copies.size());
        DocumentedDatabase stored = open(vfs);
        assertTrue(run > 0 || stored.newest.runs() > 0, what);
        for (Map.Entry<Long, String> copy : copies.entrySet()) {
          assertEquals(
              copy.getValue(),
              digest(stored.at(copy.getKey()).file()),
              what + " version " + copy.getKey() + " of " + stored.newest.version);
        }
      }
    }
  }

  /** Random SQL; what each version's file was. */
  private Map<Long, String> work(
      MemoryVfs vfs, Random random, int pageSize, boolean manyPages, String what) throws Exception {
    Map<Long, String> copies = new TreeMap<>();
    RandomSql sql = new RandomSql(random);
    List<String> statements = new ArrayList<>(sql.schema());
    statements.add(0, "PRAGMA page_size = " + pageSize);
    statements.add(1, "PRAGMA auto_vacuum = " + random.nextInt(3));
    statements.add(2, "PRAGMA cache_size = " + (2 + random.nextInt(50)));
    if (manyPages) {
      statements.add("CREATE TABLE many(id INTEGER PRIMARY KEY, n INT, v BLOB)");
      statements.add(
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000)"
              + " INSERT INTO many SELECT i, i, randomblob(400) FROM n");
      for (int i = 0; i < 23; i++) {
        statements.add("UPDATE many SET n = n + 1 WHERE id % 23 = " + i);
      }
    }
    try (Connection connection = vfs.connect(KEY, "&layout=snapshot")) {
      for (int i = 0; i < STATEMENTS || sql.inTransaction(); i++) {
        run(connection, i < statements.size() ? statements.get(i) : sql.next());
        boolean stored = vfs.store().peek(KEY + "/head") != null;
        if (sql.inTransaction() || !stored) {
          continue;
        }
        DocumentedVersion newest = open(vfs).newest;
        byte[] file = newest.file();
        if (newest.version > 0) {
          Sql.assertSamePages(serialize(vfs), file, what + " statement " + i);
        }
        String before = copies.putIfAbsent(newest.version, digest(file));
        assertTrue(before == null || before.equals(digest(file)), what + " statement " + i);
      }
    }
    copies.remove(0L);
    assertIntact(open(vfs).newest.file());
    return copies;
  }

  /**
   * What SQLite reads, by a connection of its own: the cache of the writing one has the former
   * contents of free pages, which SQLite does not write.
   */
  private static byte[] serialize(MemoryVfs vfs) throws SQLException {
    try (Connection reader = vfs.connect(KEY, "&mode=ro")) {
      return ((SQLiteConnection) reader).serialize("main");
    }
  }

  private static void run(Connection connection, String statement) {
    try {
      Sql.execute(connection, statement);
    } catch (SQLException e) {
      // Some of them fail, as a constraint says or as there is no such savepoint.
      assertTrue(e.getMessage().startsWith("[SQLITE_"), statement);
    }
  }

  /** Written as a file, it is a database that SQLite finds no fault with. */
  private void assertIntact(byte[] database) throws Exception {
    Path file = Files.write(Files.createTempFile(directory, "rebuilt", ".sqlite"), database);
    try (Connection local = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      Sql.assertIntact(local);
    }
  }

  @Test
  void anyFlippedBitOfWhatIsReadIsSeen() throws Exception {
    try (MemoryVfs vfs = new MemoryVfs()) {
      try (Connection connection = vfs.connect(KEY, "&layout=snapshot")) {
        Sql.execute(
            connection,
            "CREATE TABLE t(v)",
            "INSERT INTO t VALUES (randomblob(9000))",
            "UPDATE t SET v = randomblob(9000)");
      }
      Random random = new Random(SEED);
      for (String key : vfs.store().keys()) {
        for (int i = 0; i < 300; i++) {
          byte[] flipped = bytes(vfs, key);
          int at = random.nextInt(flipped.length);
          flipped[at] ^= (byte) (1 << random.nextInt(8));
          assertThrows(
              RuntimeException.class,
              () -> readAll(k -> k.equals(key) ? flipped : vfs.store().peek(k)),
              "-Ds3vfs.test.seed=" + SEED + " " + key + " byte " + at);
        }
      }
      readAll(vfs.store()::peek);
    }
  }

  private static void readAll(Function<String, byte @Nullable []> objects) {
    DocumentedDatabase database = new DocumentedDatabase(KEY, objects);
    for (long version = database.newest.version; version > 0; version--) {
      database.at(version).file();
    }
  }

  private static byte[] bytes(MemoryVfs vfs, String key) {
    byte[] bytes = vfs.store().peek(key);
    if (bytes == null) {
      throw new AssertionError("no " + key);
    }
    return bytes;
  }

  private static DocumentedDatabase open(MemoryVfs vfs) {
    return new DocumentedDatabase(KEY, vfs.store()::peek);
  }

  private static String digest(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
