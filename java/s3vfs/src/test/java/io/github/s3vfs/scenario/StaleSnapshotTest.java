package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.internal.store.FaultPlan;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.store.InMemoryObjectStore.Request;
import io.github.s3vfs.internal.vfs.MemoryVfs;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * What a connection has read is not built upon, and not read again, once another process has
 * written since; also if that one has rolled back. Two VFSes stand for two processes.
 */
class StaleSnapshotTest {
  private static final int ROWS = 60;
  private static final String CHANGE_ALL = "UPDATE t SET v = 'never' || substr(v, 6)";

  private static final int SQLITE_BUSY = SQLiteErrorCode.SQLITE_BUSY.code;
  private static final int SQLITE_IOERR = SQLiteErrorCode.SQLITE_IOERR.code;

  private final InMemoryObjectStore store = new InMemoryObjectStore("bucket");

  /** So little memory that a transaction stores its blocks early, and few blocks are cached. */
  private final MemoryVfs small = LittleMemory.vfs(store, 18 * 4300, 4096);

  private final MemoryVfs mine = new MemoryVfs(store, store);
  private final MemoryVfs theirs = new MemoryVfs(store, store);

  @BeforeEach
  void fill() throws SQLException {
    try (Connection c = connect(theirs)) {
      Sql.execute(
          c,
          "PRAGMA page_size = 1024",
          "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)",
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
              + ROWS
              + ") INSERT INTO t SELECT i, 'first' || hex(zeroblob(400)) FROM n");
    }
  }

  @AfterEach
  void close() {
    small.close();
    mine.close();
    theirs.close();
  }

  private static Connection connect(MemoryVfs vfs) throws SQLException {
    Connection c = vfs.connect("db", "&layout=blocks");
    Sql.execute(c, "PRAGMA busy_timeout = 0", "PRAGMA cache_size = 5");
    Sql.rows(c, "SELECT * FROM sqlite_schema");
    return c;
  }

  private static void assertSnapshotIsRefused(Connection c, String statement) {
    SQLException e = assertThrows(SQLException.class, () -> Sql.execute(c, statement));
    assertTrue(
        e instanceof SQLiteException s && s.getResultCode() == SQLiteErrorCode.SQLITE_BUSY_SNAPSHOT,
        e.getMessage());
  }

  private void assertStored(int rows, String beginning) throws SQLException {
    try (MemoryVfs fresh = new MemoryVfs(store, store);
        Connection c = connect(fresh)) {
      assertHolds(c, rows, beginning);
    }
  }

  private static void assertHolds(Connection c, int rows, String beginning) throws SQLException {
    assertEquals(
        List.of(List.of(beginning, rows + "")),
        Sql.rows(c, "SELECT substr(v, 1, 5), count(*) FROM t GROUP BY 1"));
    Sql.assertIntact(c);
  }

  @ParameterizedTest
  @ValueSource(strings = {"SELECT * FROM t", "BEGIN IMMEDIATE; ROLLBACK"})
  void aTransactionDoesNotWriteUponWhatItsProcessHasLearntOfSince(String learning)
      throws Exception {
    try (Connection c = connect(mine);
        Connection other = connect(mine);
        Connection them = connect(theirs)) {
      Sql.execute(c, "BEGIN");
      assertEquals(ROWS + "", Sql.value(c, "SELECT count(*) FROM t"));
      Sql.execute(them, "INSERT INTO t SELECT id + 1000, v FROM t");
      Sql.execute(other, learning.split("; "));
      assertSnapshotIsRefused(c, "INSERT INTO t VALUES (5000, 'first')");
    }
    assertStored(2 * ROWS, "first");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 64 << 20})
  void aTransactionDoesNotWriteUponWhatAnotherProcessHasRolledBack(long cacheSizeBytes)
      throws Exception {
    try (MemoryVfs reading = LittleMemory.vfs(store, cacheSizeBytes, 1 << 20);
        Connection c = connect(reading);
        Connection them = connect(small)) {
      readBeforeAndDuring(c, them);
      try {
        Sql.execute(c, "UPDATE t SET v = v || 'x' WHERE id % 7 = 0", "COMMIT");
      } catch (SQLException e) {
        int code = e.getErrorCode() & 0xff;
        assertTrue(code == SQLITE_BUSY || code == SQLITE_IOERR, e.getMessage());
      }
    }
    assertStored(ROWS, "first");
  }

  @Test
  void whatAnotherProcessHasRolledBackIsNotReadAgain() throws Exception {
    try (Connection c = connect(mine);
        Connection them = connect(small)) {
      readBeforeAndDuring(c, them);
      Sql.execute(c, "ROLLBACK");
      assertHolds(c, ROWS, "first");
      try (Connection other = connect(mine)) {
        assertHolds(other, ROWS, "first");
      }
    }
  }

  /** One reads in one transaction before and while another process writes, which rolls back. */
  private void readBeforeAndDuring(Connection c, Connection them) throws SQLException {
    Sql.execute(c, "PRAGMA cache_size = 1000", "BEGIN");
    assertEquals("1", Sql.value(c, "SELECT count(*) FROM t WHERE id = 1"));
    byte[] before = store.peek("db/0000000004");
    Sql.execute(them, "BEGIN", CHANGE_ALL);
    assertTrue(!java.util.Arrays.equals(before, store.peek("db/0000000004")), "nothing is stored");
    Sql.rows(c, "SELECT * FROM t"); // may be anything
    Sql.execute(them, "ROLLBACK");
  }

  @Test
  void whatAnotherProcessHasRolledBackForThisOneIsNotReadAgain() throws Exception {
    try (Connection c = connect(small);
        Connection them = connect(theirs)) {
      Sql.execute(c, "BEGIN", CHANGE_ALL);
      FaultPlan faults = store.faults();
      faults
          .on(Request.GET)
          .key(key -> key.startsWith("db-journal/"))
          .failBefore(FaultPlan.unavailable());
      Sql.execute(c, "ROLLBACK");
      faults.clear();
      assertTrue(store.keys().contains("db-journal/0000000000"), "it was rolled back");
      assertHolds(them, ROWS, "first");
      assertHolds(c, ROWS, "first");
    }
  }

  @Test
  void aFailureAtTheEndOfATransactionLeavesNothingOfIt() throws Exception {
    try (MemoryVfs uncached = LittleMemory.vfs(store, 0, 1 << 20);
        Connection c = connect(uncached);
        Connection other = connect(uncached)) {
      Sql.execute(c, "PRAGMA journal_mode = PERSIST", "UPDATE t SET v = v || 'x' WHERE id = 1");
      Sql.execute(c, "BEGIN IMMEDIATE");
      store
          .faults()
          .on(Request.GET)
          .key("db-journal/0000000000")
          .failBefore(FaultPlan.unavailable());
      Sql.execute(c, "ROLLBACK");
      assertTrue(store.faults().hits() > 0, "no fault");
      store.faults().clear();
      Sql.execute(other, "INSERT INTO t SELECT id + 1000, v FROM t");
      assertHolds(c, 2 * ROWS, "first");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"INSERT", "BEGIN; SELECT * FROM t; INSERT"})
  void whoRollsBackForADeadProcessMayWriteAtOnce(String statements) throws Exception {
    try (Connection c = connect(mine)) {
      InMemoryObjectStore left;
      try (Connection dying = connect(small)) {
        Sql.execute(dying, "BEGIN", CHANGE_ALL);
        left = store.copy();
      }
      left.drop("db-lease"); // its term is over
      assertTrue(left.keys().contains("db-journal/0000000000"), "there is nothing to roll back");
      store.restore(left);
      Sql.execute(c, (statements + " INTO t VALUES (5000, 'first')").split("; "));
    }
  }
}
