package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.store.FaultPlan;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.store.InMemoryObjectStore.Request;
import io.github.s3vfs.internal.vfs.MemoryVfs;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * What COMMIT says in the layout snapshot is so for ever: SQLITE_OK is committed,
 * SQLITE_BUSY_SNAPSHOT is not, and anything else is found out before anything else is served. Two
 * VFSes stand for two processes.
 */
class CommitOutcomeTest {
  private static final String HEAD = "db/head";

  @TempDir Path directory;

  private final InMemoryObjectStore store = new InMemoryObjectStore("bucket");
  private final FaultPlan faults = store.faults();
  private final MemoryVfs mine = new MemoryVfs(store, store);
  private final MemoryVfs theirs = new MemoryVfs(store, store);

  @BeforeEach
  void fill() throws SQLException {
    try (Connection c = connect(mine, "")) {
      Sql.execute(c, "CREATE TABLE t(v)", "INSERT INTO t VALUES ('old')");
    }
  }

  @AfterEach
  void close() {
    mine.close();
    theirs.close();
  }

  private static Connection connect(MemoryVfs vfs, String parameters) throws SQLException {
    return vfs.connect("db", "&layout=snapshot&busy_timeout=0" + parameters);
  }

  private static String content(Connection c) throws SQLException {
    Sql.assertIntact(c);
    return Sql.value(c, "SELECT group_concat(v) FROM t");
  }

  private static SQLiteErrorCode code(SQLException e) {
    return e instanceof SQLiteException s ? s.getResultCode() : SQLiteErrorCode.UNKNOWN_ERROR;
  }

  private static S3VfsException denied() {
    return new S3VfsException(ErrorKind.ACCESS_DENIED, "planned fault: 403 AccessDenied");
  }

  /** What COMMIT of a change to 'new' says; "OK" if it succeeds. */
  private static String commit(Connection c) throws SQLException {
    try {
      Sql.execute(c, "COMMIT");
      return "OK";
    } catch (SQLException e) {
      return code(e) == SQLiteErrorCode.SQLITE_BUSY_SNAPSHOT ? "LOST" : "UNKNOWN";
    }
  }

  /**
   * The requests of a COMMIT and of those who find out what became of it fail, some with effect.
   */
  @ParameterizedTest
  @ValueSource(strings = {"", "&writer=optimistic"})
  void isWhatCommitHasSaidWheneverALateRequestTakesEffect(String parameters) throws Exception {
    Set<String> outcomes = new TreeSet<>();
    List<Request> kinds = List.of(Request.PUT, Request.GET);
    for (int lost = 1; lost <= 12; lost++) {
      for (int late = 0; late <= 12; late++) {
        for (Request then : kinds) {
          outcomes.add(commitWith(parameters, lost, late, then));
        }
      }
    }
    assertEquals(Set.of("OK", "LOST", "UNKNOWN"), outcomes);
  }

  /**
   * @param lost how many PUTs of the head fail
   * @param late after how many more requests they take effect
   * @param then which other requests fail for a while
   */
  private String commitWith(String parameters, int lost, int late, Request then)
      throws SQLException {
    String what = lost + " PUTs lost for " + late + " requests, and some of " + then;
    String outcome;
    try (Connection c = connect(mine, parameters);
        Connection other = connect(mine, parameters);
        Connection their = connect(theirs, parameters)) {
      Sql.execute(c, "UPDATE t SET v = 'old'", "BEGIN IMMEDIATE", "UPDATE t SET v = 'new'");
      faults.on(Request.PUT).key(HEAD).times(lost).failNowTakeEffectLater(unavailable(), late);
      if (then == Request.GET) {
        faults.on(Request.GET).key(HEAD).nth(1 + late % 3).failBefore(unavailable());
      }
      outcome = commit(c);
      what += ": " + outcome;
      String first = read(other);
      if (!first.isEmpty()) {
        // It was settled: nothing that is still under way changes it.
        assertTrue(!outcome.equals("OK") || first.equals("new"), what + ", then " + first);
        assertTrue(!outcome.equals("LOST") || first.equals("old"), what + ", then " + first);
      }
      faults.releaseLate();
      faults.clear();
      String now = content(other);
      String expected = outcome.equals("OK") ? "new" : outcome.equals("LOST") ? "old" : first;
      if (!expected.isEmpty()) {
        assertEquals(expected, now, what);
      }
      assertEquals(now, content(c), what);
      assertEquals(now, content(their), what);
      Sql.execute(c, "UPDATE t SET v = v || '!'");
      assertEquals(now + "!", content(their), what);
    }
    return outcome;
  }

  /** What is read, or "" if that fails. */
  private static String read(Connection c) {
    try {
      return content(c);
    } catch (SQLException e) {
      return "";
    }
  }

  private static S3VfsException unavailable() {
    return FaultPlan.unavailable();
  }

  @Test
  void nothingIsServedFromMemoryBeforeAnUnknownOutcomeIsKnown() throws Exception {
    try (Connection c = connect(mine, "&max_staleness_ms=600000");
        Connection other = connect(mine, "&max_staleness_ms=600000");
        Connection their = connect(theirs, "")) {
      assertEquals("old", content(other));
      Sql.execute(c, "BEGIN IMMEDIATE", "UPDATE t SET v = 'new'");
      faults.on(Request.PUT).key(HEAD).times(1).failAfter(unavailable());
      faults.on(Request.GET).key(HEAD).failBefore(unavailable());
      assertEquals("UNKNOWN", commit(c));
      SQLException e = assertThrows(SQLException.class, () -> content(other));
      assertEquals(SQLiteErrorCode.SQLITE_IOERR.code, code(e).code & 0xff, e.getMessage());
      faults.clear();
      assertEquals("new", content(other));
      assertEquals("new", content(c));
      assertEquals("new", content(their));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "&writer=optimistic"})
  void aCommitThatTheStoreRefusesIsNotCommittedAndReadersReadOn(String parameters)
      throws Exception {
    try (Connection c = connect(mine, parameters);
        Connection other = connect(mine, parameters)) {
      Sql.execute(c, "BEGIN IMMEDIATE", "UPDATE t SET v = 'new'");
      faults.on(Request.PUT).key(HEAD).failBefore(denied());
      SQLException e = assertThrows(SQLException.class, () -> Sql.execute(c, "COMMIT"));
      assertTrue(String.valueOf(e.getMessage()).contains("IOERR"), e.getMessage());
      assertEquals("old", content(other));
      assertEquals("old", content(c));
      faults.clear();
      Sql.execute(c, "UPDATE t SET v = 'newer'");
      assertEquals("newer", content(other));
    }
  }

  @Test
  void aRefusalAfterAnAttemptWithoutAnswerLeavesTheOutcomeUnknown() throws Exception {
    try (Connection c = connect(mine, "");
        Connection other = connect(mine, "")) {
      Sql.execute(c, "BEGIN IMMEDIATE", "UPDATE t SET v = 'new'");
      faults.on(Request.PUT).key(HEAD).times(1).failNowTakeEffectLater(unavailable(), 1000);
      faults.on(Request.PUT).key(HEAD).failBefore(denied());
      assertEquals("UNKNOWN", commit(c));
      assertThrows(SQLException.class, () -> content(other));
      faults.releaseLate();
      assertEquals("new", content(other));
    }
  }

  @Test
  void transactionsPastTheLockOfOneThatFailedAreNotLost() throws Exception {
    List<String> said = new ArrayList<>(List.of("old"));
    try (Connection local =
        DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("main.sqlite"))) {
      String name = mine.vfs().config().name();
      Sql.execute(
          local, "ATTACH 'file:db?vfs=" + name + "' AS s3", "PRAGMA locking_mode = EXCLUSIVE");
      faults.on(Request.PUT).key(key -> key.startsWith("db/s/")).failBefore(unavailable());
      for (int i = 1; i <= 3; i++) {
        try {
          Sql.execute(local, "INSERT INTO s3.t VALUES (" + i + ")");
          said.add(i + "");
        } catch (SQLException e) {
          faults.clear();
        }
      }
    }
    try (Connection c = connect(mine, "")) {
      assertEquals(String.join(",", said), content(c));
    }
    assertEquals(List.of("old", "2", "3"), said);
  }
}
