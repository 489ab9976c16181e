package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.Layout;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What SQL can do, it can do on S3. */
@ParameterizedClass
@EnumSource(Layout.class)
class FeaturesTest {
  @Parameter Layout layout = Layout.BLOCKS;

  private static final List<String> MODES =
      List.of("DELETE", "TRUNCATE", "PERSIST", "MEMORY", "OFF");
  private static Bucket bucket;

  @TempDir Path directory;

  @BeforeParameterizedClassInvocation
  static void open(Layout layout) {
    bucket = Bucket.open(b -> b.layout(layout));
  }

  @AfterParameterizedClassInvocation
  static void close() {
    bucket.close();
  }

  /** Those that make a difference. */
  private int[] blockSizes() {
    return layout == Layout.BLOCKS ? new int[] {4095, 4096, 4097} : new int[] {4096};
  }

  @Test
  void fullTextSearchRtreeWithoutRowidGeneratedColumnsAndForeignKeysWork() throws Exception {
    try (Connection c = bucket.connect("features")) {
      Sql.execute(
          c,
          "PRAGMA foreign_keys = ON",
          "CREATE VIRTUAL TABLE words USING fts5(body)",
          "INSERT INTO words VALUES ('the quick brown fox'), ('jumps over the lazy dog')",
          "CREATE VIRTUAL TABLE boxes USING rtree(id, x0, x1, y0, y1)",
          "INSERT INTO boxes VALUES (1, 0, 1, 0, 1), (2, 5, 6, 5, 6)",
          "CREATE TABLE p(k TEXT PRIMARY KEY, n INT, m INT AS (n * 2) STORED) WITHOUT ROWID",
          "INSERT INTO p(k, n) VALUES ('a', 21)",
          "CREATE TABLE child(p TEXT REFERENCES p(k))",
          "INSERT INTO child VALUES ('a')");
      assertThrows(SQLException.class, () -> Sql.execute(c, "DELETE FROM p"));
    }
    try (Connection c = bucket.connect("features")) {
      assertEquals("2", Sql.value(c, "SELECT rowid FROM words WHERE words MATCH 'lazy'"));
      assertEquals("2", Sql.value(c, "SELECT id FROM boxes WHERE x0 > 4 AND y1 < 7"));
      assertEquals("42", Sql.value(c, "SELECT m FROM p"));
      Sql.assertIntact(c);
    }
  }

  @Test
  void largeBlobsComeBackAsTheyWere() throws Exception {
    byte[] blob = new byte[3_000_001];
    new Random(7).nextBytes(blob);
    try (Connection c = bucket.connect("blobs")) {
      Sql.execute(c, "CREATE TABLE b(v BLOB)");
      try (PreparedStatement insert = c.prepareStatement("INSERT INTO b VALUES (?)")) {
        insert.setBytes(1, blob);
        insert.execute();
      }
    }
    try (Connection c = bucket.connect("blobs");
        PreparedStatement select = c.prepareStatement("SELECT v FROM b");
        var result = select.executeQuery()) {
      assertArrayEquals(blob, result.getBytes(1));
    }
  }

  @Test
  void temporaryTablesAreLocalFiles() throws Exception {
    bucket.server().account().reset();
    try (Connection c = bucket.connect("temporary")) {
      Sql.execute(
          c,
          "PRAGMA temp_store = FILE",
          "PRAGMA temp_store_directory = '" + directory + "'",
          "PRAGMA cache_size = 10",
          "CREATE TEMP TABLE t(v)",
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)"
              + " INSERT INTO t SELECT zeroblob(500) FROM n",
          "CREATE TABLE real(v)");
      assertEquals("5000", Sql.value(c, "SELECT count(*) FROM t ORDER BY length(v)"));
      assertEquals(
          "5000",
          Sql.value(c, "SELECT count(*) FROM (SELECT DISTINCT rowid, v FROM t ORDER BY v, rowid)"));
    } finally {
      try (Connection c = DriverManager.getConnection("jdbc:sqlite::memory:")) {
        Sql.execute(c, "PRAGMA temp_store_directory = ''");
      }
    }
    assertEquals(2, bucket.server().objects(Bucket.NAME).keys("temporary/").size());
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 1024, 4096, 8192, 65536})
  void rollbackBringsBackWhatWas(int pageSize) throws Exception {
    for (int blockSize : blockSizes()) {
      for (String mode : MODES.subList(0, 4)) {
        rollBack(pageSize, blockSize, mode);
      }
    }
  }

  private static void rollBack(int pageSize, int blockSize, String mode) throws Exception {
    String key = "rollback/" + pageSize + "-" + blockSize + "-" + mode;
    try (Connection c = bucket.connect(key, "block_size=" + blockSize)) {
      // A cache of few pages makes SQLite write to the database before the transaction ends.
      Sql.execute(
          c,
          "PRAGMA page_size = " + pageSize,
          "PRAGMA journal_mode = " + mode,
          "PRAGMA cache_size = 3",
          "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)",
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)"
              + " INSERT INTO t SELECT i, 'before ' || i || hex(zeroblob(100)) FROM n");
    }
    byte[] before = bucket.serialize(key);
    try (Connection c = bucket.connect(key, "block_size=" + blockSize)) {
      Sql.execute(
          c,
          "PRAGMA journal_mode = " + mode,
          "PRAGMA cache_size = 3",
          "BEGIN",
          "UPDATE t SET v = 'after ' || id",
          "DELETE FROM t WHERE id % 3 = 0",
          "SAVEPOINT s",
          "INSERT INTO t(v) SELECT v FROM t",
          "ROLLBACK TO s",
          "ROLLBACK");
      assertEquals("300", Sql.value(c, "SELECT count(*) FROM t WHERE v LIKE 'before %'"));
      Sql.assertIntact(c);
    }
    Sql.assertSamePages(before, bucket.serialize(key), key);
  }

  @Test
  void deserializedFilesCanBeUsedInEveryShape() throws Exception {
    for (int pageSize = 512; pageSize <= 65536; pageSize *= 2) {
      for (int blockSize : blockSizes()) {
        Path file = directory.resolve(pageSize + "-" + blockSize);
        try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + file)) {
          Sql.execute(
              c,
              "PRAGMA page_size = " + pageSize,
              "CREATE TABLE t(v)",
              "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)"
                  + " INSERT INTO t SELECT 'value ' || i FROM n");
        }
        byte[] bytes = Files.readAllBytes(file);
        try (var vfs = Bucket.vfs(bucket.server(), b -> b.layout(layout).blockSize(blockSize))) {
          var databases = io.github.s3vfs.transfer.S3Databases.of(vfs);
          String key = "deserialized/" + pageSize + "-" + blockSize;
          databases.deserialize(Bucket.location(key), new ByteArrayInputStream(bytes));
          try (Connection c = DriverManager.getConnection(Bucket.url(vfs, key, ""))) {
            assertEquals("500", Sql.value(c, "SELECT count(*) FROM t"));
            Sql.assertIntact(c);
          }
          try (var in = databases.serialize(Bucket.location(key)).inputStream()) {
            assertArrayEquals(bytes, in.readAllBytes());
          }
        }
      }
    }
  }

  @Test
  void journalModeWalIsAnsweredByTheModeInForce() throws Exception {
    try (Connection c = bucket.connect("wal")) {
      Sql.execute(c, "CREATE TABLE t(v)");
      assertEquals("delete", Sql.value(c, "PRAGMA journal_mode = WAL"));
      assertEquals("truncate", Sql.value(c, "PRAGMA journal_mode = TRUNCATE"));
      assertEquals("truncate", Sql.value(c, "PRAGMA journal_mode = WAL"));
      assertEquals("normal", Sql.value(c, "PRAGMA locking_mode = EXCLUSIVE"));
      Sql.execute(c, "INSERT INTO t VALUES (1)");
      assertEquals("1", Sql.value(c, "SELECT count(*) FROM t"));
    }
  }

  @Test
  void aStoredDatabaseWhoseHeaderSaysWalIsReadAndWrittenWithARollbackJournal() throws Exception {
    Path file = directory.resolve("wal.sqlite");
    try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      Sql.execute(c, "PRAGMA journal_mode = WAL", "CREATE TABLE t(v)", "INSERT INTO t VALUES (1)");
    }
    byte[] bytes = Files.readAllBytes(file);
    assertEquals(2, bytes[18]);
    for (int at = 0; at < bytes.length; at += 4096) {
      byte[] block = java.util.Arrays.copyOfRange(bytes, at, at + 4096);
      bucket
          .server()
          .objects(Bucket.NAME)
          .put(String.format(Locale.ROOT, "foreign/%010d", at / 4096), block);
    }
    try (Connection c = bucket.connect("foreign")) {
      assertEquals("1", Sql.value(c, "SELECT count(*) FROM t"));
      Sql.execute(c, "INSERT INTO t VALUES (2)");
      assertEquals("delete", Sql.value(c, "PRAGMA journal_mode"));
      Sql.assertIntact(c);
    }
    assertEquals(1, bucket.serialize("foreign")[18]);
  }

  @Test
  void lockingModeExclusiveSetFromALocalMainDatabaseDoesNoHarm() throws Exception {
    try (Connection c = bucket.connect("attached")) {
      Sql.execute(c, "CREATE TABLE t(v)", "INSERT INTO t VALUES (1)");
    }
    try (Connection local =
        DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("main"))) {
      Sql.execute(
          local,
          "ATTACH 'file:attached?vfs=" + bucket.vfs().name() + "' AS s3",
          "PRAGMA locking_mode = EXCLUSIVE",
          "INSERT INTO s3.t VALUES (2)",
          "INSERT INTO s3.t VALUES (3)");
      assertTrue(!Sql.value(local, "PRAGMA s3.journal_mode = WAL").equals("wal"));
      Sql.execute(local, "INSERT INTO s3.t VALUES (4)");
    }
    try (Connection c = bucket.connect("attached")) {
      assertEquals("4", Sql.value(c, "SELECT count(*) FROM t"));
      Sql.assertIntact(c);
    }
  }
}
