package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.testkit.Fault;
import io.github.s3vfs.testkit.RequestMatch;
import io.github.s3vfs.testkit.S3Operation;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * In the layout snapshot a transaction sees one version, and readers and a writer never wait for
 * each other: on one VFS as in one process, and on two as in two processes.
 */
@Tag("any-store")
class SnapshotIsolationTest {
  private static final boolean THOROUGH = Boolean.getBoolean("s3vfs.test.thorough");
  private static final int COMMITS = THOROUGH ? 1000 : 100;
  private static final int BUSY_SNAPSHOT = SQLiteErrorCode.SQLITE_BUSY_SNAPSHOT.code;

  @TempDir Path directory;

  private final Bucket bucket = Bucket.open(b -> b.layout(Layout.SNAPSHOT));
  private final S3Vfs other = Bucket.vfs(bucket.server(), b -> b.layout(Layout.SNAPSHOT));

  @BeforeEach
  void fill() throws SQLException {
    try (Connection c = connect(false)) {
      Sql.execute(
          c,
          "CREATE TABLE t(id INTEGER PRIMARY KEY, v INT, filler TEXT)",
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)"
              + " INSERT INTO t SELECT i, 0, hex(randomblob(100)) FROM n");
    }
  }

  @AfterEach
  void close() {
    other.close();
    bucket.close();
  }

  /** A connection of this process, or of another one. */
  private Connection connect(boolean elsewhere) throws SQLException {
    return connect(elsewhere, "busy_timeout=0");
  }

  private Connection connect(boolean elsewhere, String parameters) throws SQLException {
    S3Vfs vfs = elsewhere ? other : bucket.vfs();
    return DriverManager.getConnection(Bucket.url(vfs, "versions", parameters));
  }

  private static void assertRefused(int code, Connection c, String statement) {
    SQLException e = assertThrows(SQLException.class, () -> Sql.execute(c, statement));
    assertTrue(e instanceof SQLiteException s && s.getResultCode().code == code, e.getMessage());
  }

  @Test
  void aReaderInAnotherProcessSeesOnlyWholeVersionsAndNeverGoesBack() throws Exception {
    try (Connection c = connect(false);
        ChildJvm.Running reader =
            ChildJvm.sameClassPath()
                .option("-Daws.accessKeyId=" + bucket.server().accessKeyId())
                .option("-Daws.secretAccessKey=" + bucket.server().secretAccessKey())
                .start(
                    directory,
                    VersionReader.class,
                    bucket.server().endpoint().toString(),
                    COMMITS + "")) {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (!reader.output().contains("seen=")) {
        assertTrue(reader.process().isAlive(), reader.output());
        assertTrue(System.nanoTime() < deadline, reader.output());
        Thread.sleep(20);
      }
      for (int version = 1; version <= COMMITS; version++) {
        Sql.execute(c, "UPDATE t SET v = " + version);
      }
      ChildJvm.Result result = reader.end();
      assertEquals(0, result.exitCode(), result::output);
      assertTrue(Integer.parseInt(result.line("different=").strip()) > 5, result::output);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aReaderSeesItsVersionWhateverIsCommittedMeanwhile(boolean elsewhere) throws Exception {
    try (Connection reader = connect(false);
        Connection writer = connect(elsewhere)) {
      Sql.execute(reader, "PRAGMA cache_size = 2", "BEGIN");
      assertEquals("0", Sql.value(reader, "SELECT v FROM t WHERE id = 1"));
      for (int version = 1; version <= 20; version++) {
        Sql.execute(writer, "PRAGMA cache_size = 2", "UPDATE t SET v = " + version);
        assertEquals("[[0, 0, 200]]", all(reader), "the reader's");
        assertEquals(version, VersionReader.version(writer));
      }
      Sql.execute(writer, "DELETE FROM t WHERE id > 3", "VACUUM");
      assertEquals("[[0, 0, 200]]", all(reader), "the reader's");
      Sql.assertIntact(reader);
      Sql.execute(reader, "COMMIT");
      assertEquals("[[20, 20, 3]]", all(reader));
    }
  }

  private static String all(Connection c) throws SQLException {
    return Sql.rows(c, "SELECT min(v), max(v), count(*) FROM t") + "";
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aWriterKeepsNoReaderWaitingAndNoReaderKeepsAWriterWaiting(boolean elsewhere)
      throws Exception {
    try (Connection writer = connect(false);
        Connection reader = connect(elsewhere);
        Connection late = connect(elsewhere)) {
      Sql.execute(reader, "BEGIN");
      assertEquals(0, versionOf(reader));
      Sql.execute(writer, "PRAGMA cache_size = 2", "BEGIN IMMEDIATE", "UPDATE t SET v = 1");
      assertEquals("[[0, 0, 200]]", all(reader));
      assertEquals("[[0, 0, 200]]", all(late));
      Sql.execute(writer, "COMMIT");
      assertEquals("[[0, 0, 200]]", all(reader));
      assertEquals("[[1, 1, 200]]", all(late));
      Sql.execute(reader, "COMMIT");
      assertEquals("[[1, 1, 200]]", all(reader));
    }
  }

  private static long versionOf(Connection c) throws SQLException {
    return Long.parseLong(Sql.value(c, "SELECT max(v) FROM t"));
  }

  @Tag("embedded")
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aReaderDoesNotWaitForACommitThatIsUnderWay(boolean elsewhere) throws Exception {
    Duration pause = Duration.ofSeconds(3);
    try (Connection writer = connect(false);
        Connection reader = connect(elsewhere)) {
      Sql.execute(writer, "BEGIN IMMEDIATE", "UPDATE t SET v = 1");
      bucket
          .server()
          .faults()
          .add(RequestMatch.of(S3Operation.PUT_OBJECT).key("versions/head"), Fault.delay(pause));
      CompletableFuture<Void> committing =
          CompletableFuture.runAsync(
              () -> {
                try {
                  Sql.execute(writer, "COMMIT");
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              });
      Thread.sleep(300);
      long start = System.nanoTime();
      assertEquals(0, VersionReader.version(reader));
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
      assertTrue(!committing.isDone() && millis < 1500, millis + " ms");
      committing.get(30, TimeUnit.SECONDS);
      assertEquals(1, VersionReader.version(reader));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aSecondWriterWaitsAsLongAsItsBusyTimeoutSays(boolean elsewhere) throws Exception {
    try (Connection writer = connect(false);
        Connection impatient = connect(elsewhere, "busy_timeout=400");
        Connection patient = connect(elsewhere, "busy_timeout=30000")) {
      Sql.execute(writer, "BEGIN IMMEDIATE", "UPDATE t SET v = 1");
      long start = System.nanoTime();
      assertRefused(SQLiteErrorCode.SQLITE_BUSY.code, impatient, "BEGIN IMMEDIATE");
      assertRefused(SQLiteErrorCode.SQLITE_BUSY.code, impatient, "UPDATE t SET v = 7");
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
      assertTrue(millis >= 700 && millis < 20_000, millis + " ms");
      CompletableFuture<Void> waiting =
          CompletableFuture.runAsync(
              () -> {
                try {
                  Sql.execute(patient, "BEGIN IMMEDIATE", "UPDATE t SET v = 10 * v + 2", "COMMIT");
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              });
      Thread.sleep(200);
      assertTrue(!waiting.isDone());
      Sql.execute(writer, "COMMIT");
      waiting.get(30, TimeUnit.SECONDS);
      assertEquals(12, VersionReader.version(impatient));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aTransactionThatHasReadAnOlderVersionDoesNotWrite(boolean elsewhere) throws Exception {
    try (Connection stale = connect(false, "busy_timeout=60000");
        Connection writer = connect(elsewhere)) {
      Sql.execute(stale, "BEGIN");
      assertEquals(0, versionOf(stale));
      Sql.execute(writer, "UPDATE t SET v = 1");
      assertRefused(BUSY_SNAPSHOT, stale, "UPDATE t SET v = 7");
      assertEquals(0, versionOf(stale), "it reads on");
      assertRefused(BUSY_SNAPSHOT, stale, "UPDATE t SET v = 8");
      Sql.execute(stale, "ROLLBACK", "UPDATE t SET v = v + 1");
      assertEquals(2, VersionReader.version(writer));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"DELETE", "TRUNCATE", "PERSIST", "MEMORY"})
  void anOptimisticWriterLosesAtCommitAndGoesOn(String mode) throws Exception {
    for (int cacheSize : List.of(2, 2000)) {
      try (Connection one = connect(false, "writer=optimistic&busy_timeout=0");
          Connection two =
              DriverManager.getConnection(Bucket.url(other, "versions", "writer=optimistic"))) {
        Sql.execute(
            one,
            "PRAGMA journal_mode = " + mode,
            "PRAGMA cache_size = " + cacheSize,
            "UPDATE t SET v = 0",
            "BEGIN IMMEDIATE",
            "UPDATE t SET v = 7, filler = hex(randomblob(150))");
        assertEquals(0, versionOf(two));
        Sql.execute(two, "BEGIN IMMEDIATE", "UPDATE t SET v = 1", "COMMIT");
        assertEquals(7, versionOf(one));
        assertRefused(BUSY_SNAPSHOT, one, "COMMIT");
        assertRefused(SQLiteErrorCode.SQLITE_ERROR.code, one, "ROLLBACK"); // SQLite has done that
        assertEquals(1, VersionReader.version(one));
        Sql.assertIntact(one);
        Sql.execute(one, "BEGIN", "UPDATE t SET v = v + 1", "ROLLBACK", "UPDATE t SET v = v + 2");
        assertEquals(3, VersionReader.version(two));
        Sql.assertIntact(two);
      }
    }
  }

  @Test
  void anOptimisticWriterHonoursAClaim() throws Exception {
    try (Connection claims = connect(false);
        Connection optimist =
            DriverManager.getConnection(
                Bucket.url(other, "versions", "writer=optimistic&busy_timeout=0"))) {
      Sql.execute(optimist, "BEGIN IMMEDIATE", "UPDATE t SET v = 7");
      Sql.execute(claims, "BEGIN IMMEDIATE", "UPDATE t SET v = 1");
      assertRefused(BUSY_SNAPSHOT, optimist, "COMMIT");
      Sql.execute(claims, "COMMIT");
      assertEquals(1, VersionReader.version(optimist));
    }
  }
}
