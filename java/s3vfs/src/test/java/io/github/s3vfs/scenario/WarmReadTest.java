package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.S3VfsStats;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.store.InMemoryObjectStore.Request;
import io.github.s3vfs.internal.vfs.MemoryVfs;
import io.github.s3vfs.internal.vfs.SharedDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Read transactions that Java does not learn of. */
@ParameterizedClass
@EnumSource(Layout.class)
class WarmReadTest {
  private static final int ROWS = 2000;

  /** Never too old within a test. */
  private static final String STALE = "&max_staleness_ms=600000";

  @Parameter Layout layout = Layout.BLOCKS;

  private final InMemoryObjectStore store = new InMemoryObjectStore("bucket");
  private final MemoryVfs vfs = new MemoryVfs(store, store);
  private final MemoryVfs elsewhere = new MemoryVfs(store, store);

  @BeforeEach
  void store() throws SQLException {
    // What was stored a moment ago is asked for again, in blocks.
    store.setClock(() -> Instant.now().minusSeconds(3600));
    try (Connection c = connect(elsewhere, "")) {
      Sql.execute(
          c,
          "CREATE TABLE t(id INTEGER PRIMARY KEY, n INT, filler BLOB)",
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
              + ROWS
              + ") INSERT INTO t SELECT i, 0, zeroblob(1000) FROM n");
    }
    store.setClock(Instant::now);
  }

  @AfterEach
  void close() {
    vfs.close();
    elsewhere.close();
  }

  private Connection connect(MemoryVfs through, String parameters) throws SQLException {
    return through.connect("db", "&layout=" + layout.name().toLowerCase(Locale.ROOT) + parameters);
  }

  private int requests() {
    int sum = 0;
    for (Request each : Request.values()) {
      sum += store.count(each);
    }
    return sum;
  }

  private static int sum(Connection c) throws SQLException {
    return Integer.parseInt(Sql.value(c, "SELECT sum(n) FROM t"));
  }

  /** Asserts that something makes neither upcalls nor requests. */
  private void assertFree(Work work) throws SQLException {
    S3VfsStats before = vfs.vfs().stats();
    int requests = requests();
    work.run();
    assertEquals(before.upcalls(), vfs.vfs().stats().upcalls(), "upcalls");
    assertEquals(requests, requests(), "requests");
    assertTrue(vfs.vfs().stats().cacheHits() > before.cacheHits(), "hits");
  }

  private interface Work {
    void run() throws SQLException;
  }

  @Test
  void aWarmSelectMakesNoUpcallAndNoRequest() throws SQLException {
    try (Connection c = connect(vfs, STALE);
        PreparedStatement select = c.prepareStatement("SELECT length(filler) FROM t WHERE id=?")) {
      for (int round = 0; round < 2; round++) {
        assertEquals(0, sum(c));
      }
      assertFree(
          () -> {
            for (int i = 1; i <= ROWS; i++) {
              select.setInt(1, i);
              try (ResultSet row = select.executeQuery()) {
                assertEquals(1000, row.getInt(1));
              }
            }
          });
    }
  }

  @Test
  void anotherConnectionReadsWhatOneHasFetched() throws SQLException {
    try (Connection first = connect(vfs, STALE);
        Connection second = connect(vfs, STALE)) {
      assertEquals(0, sum(first));
      int requests = requests();
      assertEquals(0, sum(second));
      assertEquals(requests, requests());
      assertEquals(0, sum(second));
      assertFree(() -> assertEquals(0, sum(second)));
    }
  }

  @Test
  void everyConnectionOfTheProcessSeesACommitAtOnceAndOnlyTheChangedPagesAnew() throws Exception {
    try (Connection writer = connect(vfs, STALE);
        Connection reader = connect(vfs, STALE)) {
      for (int round = 0; round < 3; round++) {
        assertEquals(0, sum(reader));
      }
      for (int i = 1; i <= 20; i++) {
        Sql.execute(writer, "UPDATE t SET n = n + 1 WHERE id = " + 50 * i);
        long upcalls = vfs.vfs().stats().upcalls();
        int requests = requests();
        assertEquals(i, sum(reader), "round " + i);
        assertEquals(requests, requests(), "what was committed is in memory");
        long made = vfs.vfs().stats().upcalls() - upcalls;
        assertTrue(made < 20, made + " upcalls for a page or two that have changed");
        assertFree(() -> assertEquals(0, Sql.rows(reader, "SELECT * FROM t WHERE n > 1").size()));
      }
    }
  }

  @Test
  void whatOthersCommitIsSeenWhenTheViewIsTooOld() throws Exception {
    try (Connection writer = connect(elsewhere, "");
        Connection strict = connect(vfs, "");
        Connection stale = connect(vfs, STALE)) {
      assertEquals(0, sum(stale));
      assertEquals(0, sum(stale));
      for (int i = 1; i <= 10; i++) {
        Sql.execute(writer, "UPDATE t SET n = n + 1 WHERE id = " + 50 * i);
        int before = i - 1;
        assertFree(() -> assertEquals(before, sum(stale)));
        assertEquals(i, sum(strict), "asks each time");
        assertEquals(i, sum(stale), "never older than what the process has seen");
        assertEquals(i, sum(stale));
        assertFree(() -> assertEquals(0, Sql.rows(stale, "SELECT * FROM t WHERE n > 1").size()));
      }
    }
  }

  @Test
  void aViewIsTooOldAfterItsTime() throws Exception {
    try (Connection writer = connect(elsewhere, "");
        Connection c = connect(vfs, "&max_staleness_ms=200")) {
      assertEquals(0, sum(c));
      Sql.execute(writer, "UPDATE t SET n = 1 WHERE id = 7");
      Thread.sleep(201);
      assertEquals(1, sum(c));
    }
  }

  @Test
  void aRefreshIsAsked() throws Exception {
    try (Connection writer = connect(elsewhere, "");
        Connection c = connect(vfs, STALE)) {
      assertEquals(0, sum(c));
      assertEquals(0, sum(c));
      Sql.execute(writer, "UPDATE t SET n = 1 WHERE id = 7");
      assertEquals(0, sum(c));
      assertEquals("ok", Sql.value(c, "PRAGMA s3_refresh"));
      assertEquals(1, sum(c));
    }
  }

  @Test
  void aReaderThatJavaDoesNotKnowMayWrite() throws Exception {
    try (Connection c = connect(vfs, STALE);
        Connection other = connect(vfs, STALE)) {
      assertEquals(0, sum(c));
      assertEquals(0, sum(other));
      for (int i = 1; i <= 5; i++) {
        Sql.execute(c, "BEGIN");
        assertEquals(i - 1, sum(c)); // SHARED, without an upcall but for the first time
        Sql.execute(c, "UPDATE t SET n = n + 1 WHERE id = " + i, "COMMIT");
        assertEquals(i, sum(c));
        assertEquals(i, sum(other));
      }
      Sql.execute(c, "BEGIN");
      assertEquals(5, sum(c));
      Sql.execute(c, "UPDATE t SET n = 1000", "ROLLBACK");
      assertEquals(5, sum(c));
      assertEquals(5, sum(other));
    }
  }

  @Test
  void aReaderThatJavaDoesNotKnowIsNotDisturbed() throws Exception {
    try (Connection reader = connect(vfs, STALE);
        Connection writer = connect(vfs, STALE)) {
      assertEquals(0, sum(reader));
      assertEquals(0, sum(reader));
      Sql.execute(reader, "BEGIN");
      assertFree(() -> assertEquals(0, sum(reader)));
      if (layout == Layout.SNAPSHOT) {
        Sql.execute(writer, "UPDATE t SET n = 1");
      } else {
        SQLException busy =
            assertThrows(
                SQLException.class,
                () -> Sql.execute(writer, "PRAGMA busy_timeout=0", "UPDATE t SET n = 1"));
        assertEquals(5, busy.getErrorCode() & 0xff, busy::toString);
      }
      assertEquals(0, sum(reader));
      Sql.execute(reader, "COMMIT");
      Sql.execute(writer, "UPDATE t SET n = 1");
      assertEquals(ROWS, sum(reader));
    }
  }

  @Test
  void theWholeDatabaseIsNotReplacedUnderAReaderThatJavaDoesNotKnow() throws Exception {
    try (Connection reader = connect(vfs, STALE)) {
      assertEquals(0, sum(reader));
      assertEquals(0, sum(reader));
      Sql.execute(reader, "BEGIN");
      assertFree(() -> assertEquals(0, sum(reader)));
      try (SharedDatabase database = vfs.vfs().acquire(new S3Location("bucket", "db"))) {
        S3VfsException busy =
            assertThrows(S3VfsException.class, () -> database.exclusively(() -> {}));
        assertEquals(ErrorKind.BUSY, busy.kind());
        assertEquals(0, sum(reader));
        Sql.execute(reader, "COMMIT");
        database.exclusively(() -> {});
      }
      assertEquals(0, sum(reader));
    }
  }

  @Test
  void aConnectionThatIsClosedInAReadTransactionLeavesNothingBehind() throws Exception {
    try (Connection writer = connect(vfs, STALE)) {
      for (int i = 0; i < 3; i++) {
        try (Connection reader = connect(vfs, STALE)) {
          assertEquals(i * ROWS, sum(reader));
          assertEquals(i * ROWS, sum(reader));
          Sql.execute(reader, "BEGIN");
          assertEquals(i * ROWS, sum(reader));
        }
        Sql.execute(writer, "PRAGMA busy_timeout=0", "UPDATE t SET n = n + 1");
      }
    }
  }

  @Test
  void aTinyCacheGivesTheSame() throws Exception {
    try (MemoryVfs tiny = LittleMemory.vfs(store, 20_000, 1 << 20);
        Connection c = connect(tiny, STALE);
        Connection writer = connect(tiny, STALE)) {
      for (int i = 0; i < 3; i++) {
        assertEquals(i, sum(c));
        Sql.assertIntact(c);
        Sql.execute(writer, "UPDATE t SET n = n + 1 WHERE id = 1000");
      }
    }
  }
}
