package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.store.InMemoryObjectStore.Request;
import io.github.s3vfs.internal.vfs.MemoryVfs;
import io.github.s3vfs.internal.vfs.SharedDatabase;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Iterator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What SQLite's pager really does, one rule after the other, and what storage makes of it. */
class PagerRulesTest {
  private static final String FILL =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)"
          + " INSERT INTO t(v) SELECT randomblob(200) FROM n";

  private final InMemoryObjectStore store = new InMemoryObjectStore("bucket");
  private final MemoryVfs vfs = new MemoryVfs(store, store);
  private final MemoryVfs other = new MemoryVfs(store, store);

  @TempDir Path directory;

  @AfterEach
  void close() {
    vfs.close();
    other.close();
  }

  private static Connection connect(MemoryVfs vfs, Layout layout, String more) throws SQLException {
    return vfs.connect("db", "&layout=" + layout + more);
  }

  private Connection connect(Layout layout) throws SQLException {
    return connect(vfs, layout, "");
  }

  private static void create(Connection c) throws SQLException {
    Sql.execute(c, "CREATE TABLE t(id INTEGER PRIMARY KEY, v BLOB)");
  }

  private byte[] file(MemoryVfs through) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (SharedDatabase database = through.vfs().acquire(new S3Location("bucket", "db"))) {
      database.volume().connect(true, java.time.Duration.ZERO).close();
      for (Iterator<byte[]> chunks = database.volume().content(); chunks.hasNext(); ) {
        bytes.writeBytes(chunks.next());
      }
    }
    return bytes.toByteArray();
  }

  /** How many versions have been committed, by the PUTs of segments. */
  private int segments() {
    return store.keys("db/s/").size();
  }

  private void assertRows(String count, Layout layout) throws SQLException {
    try (Connection c = connect(other, layout, "")) {
      assertEquals(count, Sql.value(c, "SELECT count(*) FROM t"));
      Sql.assertIntact(c);
    }
  }

  /** A1: SQLITE_FCNTL_SYNC comes once per commit, whatever the modes, and is not always one. */
  @ParameterizedTest
  @CsvSource({
    "DELETE,FULL",
    "DELETE,OFF",
    "TRUNCATE,NORMAL",
    "PERSIST,OFF",
    "MEMORY,FULL",
    "MEMORY,OFF",
    "OFF,OFF"
  })
  void a1EveryCommitIsOneVersion(String journalMode, String synchronous) throws Exception {
    try (Connection c = connect(Layout.SNAPSHOT)) {
      Sql.execute(c, "PRAGMA journal_mode=" + journalMode, "PRAGMA synchronous=" + synchronous);
      create(c);
      assertEquals(1, segments());
      Sql.execute(c, FILL);
      assertEquals(2, segments());
      Sql.execute(c, "BEGIN", "UPDATE t SET v = NULL WHERE id < 10", "COMMIT");
      assertEquals(3, segments());
      Sql.execute(c, "VACUUM");
      assertEquals(4, segments());
      Sql.execute(c, "BEGIN IMMEDIATE", "COMMIT");
      Sql.execute(c, "UPDATE t SET v = NULL WHERE id < 0");
      assertEquals(4, segments(), "nothing has changed");
      assertRows("2000", Layout.SNAPSHOT);
    }
  }

  /** A1: a ROLLBACK after a cache spill sends it too. */
  @ParameterizedTest
  @ValueSource(strings = {"DELETE", "TRUNCATE", "PERSIST", "MEMORY"})
  void a1ARollbackAfterASpillPublishesNothing(String journalMode) throws Exception {
    try (Connection c = connect(Layout.SNAPSHOT)) {
      Sql.execute(c, "PRAGMA journal_mode=" + journalMode, "PRAGMA cache_size=5");
      create(c);
      Sql.execute(c, FILL);
      byte[] before = file(vfs);
      int segments = segments();
      Sql.execute(c, "BEGIN", "UPDATE t SET v = zeroblob(300)", "ROLLBACK");
      assertEquals(segments, segments());
      assertArrayEquals(before, file(vfs));
      assertArrayEquals(before, file(other));
      Sql.assertIntact(c);
      Sql.execute(c, "UPDATE t SET v = x'01' WHERE id = 1");
      assertEquals(segments + 1, segments());
    }
  }

  /** A2: a file that shrinks is cut after the commit. */
  @ParameterizedTest
  @ValueSource(strings = {"VACUUM", "PRAGMA incremental_vacuum", "DELETE FROM t WHERE id > 1"})
  void a2ThePublishedLengthIsThatOfTheHeader(String shrink) throws Exception {
    boolean auto = shrink.startsWith("DELETE");
    Path local = directory.resolve("local.sqlite");
    try (Connection c = connect(Layout.SNAPSHOT);
        Connection l = DriverManager.getConnection("jdbc:sqlite:" + local)) {
      for (Connection each : new Connection[] {c, l}) {
        Sql.execute(each, "PRAGMA auto_vacuum=" + (auto ? "FULL" : "INCREMENTAL"));
        create(each);
        Sql.execute(each, FILL.replace("randomblob(200)", "zeroblob(200)"));
        Sql.execute(each, "DELETE FROM t WHERE id > 100", shrink);
      }
      Sql.assertSamePages(Files.readAllBytes(local), file(vfs), shrink);
      Sql.assertSamePages(Files.readAllBytes(local), file(other), shrink);
      Sql.assertIntact(c);
    }
  }

  /** A3: commits under EXCLUSIVE leave the change counter as it is, and lock no more. */
  @ParameterizedTest
  @EnumSource
  void a3LockingModeAndWalAreAnswered(Layout layout) throws Exception {
    try (Connection c = connect(layout)) {
      create(c);
      assertEquals("normal", Sql.value(c, "PRAGMA locking_mode=EXCLUSIVE"));
      assertEquals("normal", Sql.value(c, "PRAGMA locking_mode"));
      assertEquals("delete", Sql.value(c, "PRAGMA journal_mode=WAL"));
      assertEquals("memory", Sql.value(c, "PRAGMA journal_mode=MEM"));
      assertEquals("memory", Sql.value(c, "PRAGMA journal_mode=WAL"));
      assertEquals("delete", Sql.value(c, "PRAGMA journal_mode=DELETE"));
      Sql.execute(c, "BEGIN", "INSERT INTO t(v) VALUES (0)");
      assertEquals("delete", Sql.value(c, "PRAGMA journal_mode=WAL"));
      Sql.execute(c, "ROLLBACK");
      Sql.execute(c, FILL);
      assertRows("2000", layout);
    }
  }

  /** A3: pragmas without a schema reach only the main database's VFS. */
  @ParameterizedTest
  @EnumSource
  void a3AnAttachedDatabaseLeavesExclusiveWhenItIsTold(Layout layout) throws Exception {
    String url = "file:db?vfs=" + vfs.vfs().config().name() + "&layout=" + layout;
    try (Connection c = DriverManager.getConnection("jdbc:sqlite::memory:");
        Connection d = connect(layout)) {
      create(d);
      Sql.execute(c, "PRAGMA locking_mode=EXCLUSIVE", "ATTACH '" + url + "' AS s");
      assertEquals("0", Sql.value(c, "SELECT count(*) FROM s.t"));
      assertEquals("normal", Sql.value(c, "PRAGMA s.locking_mode=NORMAL"));
      assertEquals("0", Sql.value(c, "SELECT count(*) FROM s.t"));
      Sql.execute(d, "INSERT INTO t(v) VALUES (1)");
      assertEquals("1", Sql.value(c, "SELECT count(*) FROM s.t"));
      Sql.execute(c, "INSERT INTO s.t(v) VALUES (2)");
      assertEquals("2", Sql.value(d, "SELECT count(*) FROM t"));
    }
  }

  /** A3: pragmas without a schema reach only the main database's VFS. */
  @ParameterizedTest
  @EnumSource
  void a3AnAttachedDatabaseUnderExclusiveLosesNothing(Layout layout) throws Exception {
    String url = "file:db?vfs=" + vfs.vfs().config().name() + "&layout=" + layout;
    int acknowledged = 0;
    try (Connection c = DriverManager.getConnection("jdbc:sqlite::memory:")) {
      Sql.execute(c, "ATTACH '" + url + "' AS s", "CREATE TABLE s.t(id INTEGER PRIMARY KEY, v)");
      Sql.execute(c, "PRAGMA locking_mode=EXCLUSIVE");
      for (int i = 0; i < 5; i++) {
        try {
          Sql.execute(c, "INSERT INTO s.t(v) VALUES (" + i + ")");
          acknowledged++;
        } catch (SQLException e) {
          assertTrue(String.valueOf(e.getMessage()).contains("BUSY"), e.getMessage());
        }
      }
    }
    assertRows(acknowledged + "", layout);
    assertTrue(acknowledged >= 1);
  }

  /** A3, with another writer: an error is honest, a lost row is not. */
  @Test
  void a3UnderExclusiveBesideAnotherWriterNoAcknowledgedRowIsLost() throws Exception {
    String url = "file:db?vfs=" + vfs.vfs().config().name() + "&layout=snapshot";
    int acknowledged = 0;
    int refused = 0;
    try (Connection c = DriverManager.getConnection("jdbc:sqlite::memory:");
        Connection theirs = connect(other, Layout.SNAPSHOT, "")) {
      create(theirs);
      Sql.execute(c, "ATTACH '" + url + "' AS s", "PRAGMA locking_mode=EXCLUSIVE");
      for (int i = 0; i < 12; i++) {
        try {
          Sql.execute(c, "INSERT INTO s.t(v) VALUES (" + i + ")");
          acknowledged++;
        } catch (SQLException e) {
          refused++;
        }
        if (i == 4) {
          Sql.execute(theirs, "INSERT INTO t(v) VALUES (-1)");
          acknowledged++;
        }
      }
    }
    assertTrue(refused > 0 && acknowledged >= 6, refused + " refused, " + acknowledged);
    assertRows(acknowledged + "", Layout.SNAPSHOT);
  }

  /** A4: the 16 bytes at 24 do not tell everything. */
  @ParameterizedTest
  @EnumSource
  void a4AReplacedDatabaseWithTheSameCounterIsNoticed(Layout layout) throws Exception {
    Path local = directory.resolve("local.sqlite");
    try (Connection l = DriverManager.getConnection("jdbc:sqlite:" + local)) {
      create(l);
      Sql.execute(l, "INSERT INTO t(v) VALUES ('new')");
    }
    try (Connection c = connect(layout)) {
      create(c);
      Sql.execute(c, "INSERT INTO t(v) VALUES ('old')");
      assertEquals("old", Sql.value(c, "SELECT v FROM t"));
      try (SharedDatabase database = vfs.vfs().acquire(new S3Location("bucket", "db"))) {
        database.exclusively(
            () -> database.volume().replace(new ByteArrayInputStream(Files.readAllBytes(local))));
      }
      assertEquals("new", Sql.value(c, "SELECT v FROM t"));
    }
  }

  /** A5: these make no lock call at all. */
  @ParameterizedTest
  @ValueSource(strings = {"immutable=1", "nolock=1"})
  void a5WithoutLocksTheVersionIsThatOfTheOpenAndNothingIsWritten(String parameter)
      throws Exception {
    try (Connection c = connect(Layout.SNAPSHOT)) {
      create(c);
      Sql.execute(c, "INSERT INTO t(v) VALUES (1)");
      try (Connection fixed = connect(other, Layout.SNAPSHOT, "&" + parameter)) {
        assertEquals("1", Sql.value(fixed, "SELECT count(*) FROM t"));
        Sql.execute(c, "INSERT INTO t(v) VALUES (2)");
        assertEquals("1", Sql.value(fixed, "SELECT count(*) FROM t"));
        assertThrows(SQLException.class, () -> Sql.execute(fixed, "INSERT INTO t(v) VALUES (3)"));
      }
      assertEquals("2", Sql.value(c, "SELECT count(*) FROM t"));
    }
  }

  /** A6: a super-journal in our VFS would let SQLite forget the journal of a local file. */
  @ParameterizedTest
  @EnumSource
  void a6SeveralFilesAtOnceNeedAJournalInMemory(Layout layout) throws Exception {
    Path local = directory.resolve("local.sqlite");
    try (Connection c = connect(layout)) {
      create(c);
      Sql.execute(c, "ATTACH '" + local + "' AS l", "CREATE TABLE l.t(v)");
      String[] both = {"BEGIN", "INSERT INTO main.t(v) VALUES (1)", "INSERT INTO l.t VALUES (1)"};
      Sql.execute(c, both);
      assertThrows(SQLException.class, () -> Sql.execute(c, "COMMIT"));
      assertEquals(
          "0", Sql.value(c, "SELECT (SELECT count(*) FROM t) + (SELECT count(*) FROM l.t)"));
      Sql.execute(c, "PRAGMA main.journal_mode=MEMORY");
      Sql.execute(c, both);
      Sql.execute(c, "COMMIT");
      assertEquals(
          "2", Sql.value(c, "SELECT (SELECT count(*) FROM t) + (SELECT count(*) FROM l.t)"));
    }
  }

  /** A7: SQLite does not open a file that says WAL. */
  @Test
  void a7StoredBlocksThatSayWalArePresentedAsOnesThatDoNot() throws Exception {
    try (Connection c = connect(Layout.BLOCKS)) {
      create(c);
      Sql.execute(c, "INSERT INTO t(v) VALUES (7)");
    }
    byte[] block = java.util.Objects.requireNonNull(store.peek("db/0000000000")).clone();
    block[18] = 2;
    block[19] = 2;
    store.poke("db/0000000000", block);
    try (Connection c = connect(other, Layout.BLOCKS, "")) {
      assertEquals("7", Sql.value(c, "SELECT v FROM t"));
      assertEquals("delete", Sql.value(c, "PRAGMA journal_mode"));
      assertEquals(1, file(other)[18]);
    }
  }

  /** A3, A7: under EXCLUSIVE SQLite turns an attached database to WAL without asking its VFS. */
  @ParameterizedTest
  @EnumSource
  void a7NoAttachedDatabaseIsStoredInWalMode(Layout layout) throws Exception {
    String url = "file:db?vfs=" + vfs.vfs().config().name() + "&layout=" + layout;
    int acknowledged = 0;
    try (Connection c =
        DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("main.sqlite"))) {
      Sql.execute(c, "ATTACH '" + url + "' AS s", "CREATE TABLE s.t(id INTEGER PRIMARY KEY, v)");
      Sql.execute(c, "PRAGMA locking_mode=EXCLUSIVE");
      for (String sql :
          new String[] {
            "PRAGMA journal_mode=WAL",
            "INSERT INTO s.t(v) VALUES (1)",
            "INSERT INTO s.t(v) VALUES (2)"
          }) {
        try {
          Sql.execute(c, sql);
          acknowledged += sql.startsWith("INSERT") ? 1 : 0;
        } catch (SQLException e) {
          assertTrue(String.valueOf(e.getMessage()).contains("SQLITE_"), e.getMessage());
        }
      }
    }
    assertRows(acknowledged + "", layout);
    assertEquals(1, file(other)[18]);
    assertEquals(1, file(other)[19]);
  }

  /** A8: SQLite makes 517 at BEGIN IMMEDIATE a plain BUSY, and tries again. */
  @Test
  void a8ALostClaimEndsFreshness() throws Exception {
    try (Connection stale = connect(vfs, Layout.SNAPSHOT, "&max_staleness_ms=3600000");
        Connection c = connect(other, Layout.SNAPSHOT, "")) {
      create(c);
      Sql.execute(stale, "PRAGMA s3_refresh");
      assertEquals("0", Sql.value(stale, "SELECT count(*) FROM t"));
      Sql.execute(c, "INSERT INTO t(v) VALUES (1)");
      assertEquals("0", Sql.value(stale, "SELECT count(*) FROM t"), "as stale as it may be");
      store.resetCounts();
      Sql.execute(stale, "PRAGMA busy_timeout=5000", "BEGIN IMMEDIATE");
      assertTrue(store.count(Request.PUT) <= 2, "tried twice");
      assertEquals("1", Sql.value(stale, "SELECT count(*) FROM t"));
      Sql.execute(stale, "INSERT INTO t(v) VALUES (2)", "COMMIT");
      assertEquals("2", Sql.value(c, "SELECT count(*) FROM t"));
    }
  }
}
