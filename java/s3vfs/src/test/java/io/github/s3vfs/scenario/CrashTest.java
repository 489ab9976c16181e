package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.vfs.MemoryVfs;
import io.github.s3vfs.scenario.WriteLog.Write;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A process dies after each of its write requests. Whoever opens the database then finds one of the
 * committed states, none older than the last commit that was acknowledged.
 */
class CrashTest {

  /** A committed state, and how many write requests had been sent when it was acknowledged. */
  private record State(int requests, String content) {}

  @ParameterizedTest
  @CsvSource({
    "DELETE, 4096, 4096", "TRUNCATE, 4096, 4096", "PERSIST, 4096, 4096",
    "DELETE, 1024, 4096", "TRUNCATE, 1024, 4097", "PERSIST, 1024, 4095",
    "DELETE, 8192, 4096", "PERSIST, 65536, 4096"
  })
  void isRolledBackToACommittedState(String mode, int pageSize, int blockSize) throws Exception {
    InMemoryObjectStore store = new InMemoryObjectStore("bucket");
    WriteLog log = new WriteLog(store);
    List<State> states = new ArrayList<>();
    states.add(new State(0, ""));
    try (MemoryVfs memory = new MemoryVfs(store, log);
        Connection c = memory.connect("db", "&block_size=" + blockSize)) {
      work(c, mode, pageSize, log, states);
    }
    List<Write> writes = log.writes();
    for (int crash = 0; crash <= writes.size(); crash++) {
      check(writes, crash, -1, states, blockSize);
      // Of requests that were under way at the same time, any may be the one that got through.
      if (crash >= 2 && isIndependent(writes.get(crash - 2), writes.get(crash - 1))) {
        check(writes, crash, crash - 2, states, blockSize);
      }
    }
  }

  /** Whether two requests may have been under way at the same time: PUTs of the same file. */
  private static boolean isIndependent(Write a, Write b) {
    String first = a.keys().get(0);
    String second = b.keys().get(0);
    boolean puts = a.body() != null && b.body() != null;
    boolean sameFile =
        first
            .substring(0, first.lastIndexOf('/') + 1)
            .equals(second.substring(0, second.lastIndexOf('/') + 1));
    return puts && sameFile && first.contains("/") && second.compareTo(first) > 0;
  }

  private static void work(
      Connection c, String mode, int pageSize, WriteLog log, List<State> states)
      throws SQLException {
    Sql.execute(
        c,
        "PRAGMA page_size = " + pageSize,
        "PRAGMA auto_vacuum = 1",
        "PRAGMA journal_mode = " + mode,
        "PRAGMA cache_size = 3");
    List<List<String>> transactions =
        List.of(
            List.of("CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)"),
            List.of(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)"
                    + " INSERT INTO t SELECT i, hex(zeroblob(300)) || i FROM n"),
            List.of("UPDATE t SET v = 'changed ' || v WHERE id % 7 = 0"),
            List.of("DELETE FROM t WHERE id > 20", "INSERT INTO t VALUES (1000, 'x')"),
            List.of("CREATE INDEX t_v ON t(v)", "UPDATE t SET v = v || '!' WHERE id < 5"),
            List.of("VACUUM"),
            List.of("DELETE FROM t"));
    for (List<String> transaction : transactions) {
      boolean vacuum = transaction.contains("VACUUM");
      if (!vacuum) {
        Sql.execute(c, "BEGIN");
      }
      Sql.execute(c, transaction.toArray(new String[0]));
      if (!vacuum) {
        Sql.execute(c, "COMMIT");
      }
      states.add(new State(log.writes().size(), content(c)));
      if (!vacuum) {
        // A rollback with pages that were written to the database already.
        Sql.execute(
            c, "BEGIN", "UPDATE t SET v = 'never ' || v", "INSERT INTO t(v) SELECT v FROM t");
        Sql.execute(c, "ROLLBACK");
      }
    }
  }

  private static String content(Connection c) throws SQLException {
    return Sql.rows(c, "SELECT sql FROM sqlite_schema") + "" + Sql.rows(c, "SELECT * FROM t");
  }

  private static void check(
      List<Write> writes, int crash, int lost, List<State> states, int blockSize)
      throws SQLException {
    InMemoryObjectStore store = new InMemoryObjectStore("bucket");
    for (int i = 0; i < crash; i++) {
      if (i != lost) {
        writes.get(i).applyTo(store);
      }
    }
    store.drop("db-lease"); // its term is over
    int acknowledged = 0;
    while (acknowledged + 1 < states.size() && states.get(acknowledged + 1).requests() <= crash) {
      acknowledged++;
    }
    if (lost >= 0 && states.get(acknowledged).requests() > lost) {
      return; // a commit was acknowledged since: the request was not lost
    }
    String what =
        "after "
            + crash
            + " of "
            + writes.size()
            + " requests"
            + (crash == 0 ? "" : ", the last one " + writes.get(crash - 1))
            + (lost < 0 ? "" : ", without " + writes.get(lost));
    try (MemoryVfs memory = new MemoryVfs(store, store);
        Connection c = memory.connect("db", "&block_size=" + blockSize)) {
      String now = Sql.rows(c, "SELECT * FROM sqlite_schema").isEmpty() ? "" : content(c);
      List<String> allowed = new ArrayList<>();
      for (int i = acknowledged; i <= Math.min(acknowledged + 1, states.size() - 1); i++) {
        allowed.add(states.get(i).content());
      }
      assertTrue(allowed.contains(now), () -> what + ": " + shortened(now));
      Sql.assertIntact(c);
      Sql.execute(c, "CREATE TABLE IF NOT EXISTS after_crash(v)", "DROP TABLE after_crash");
      Sql.assertIntact(c);
    } catch (SQLException e) {
      throw new SQLException(what + ": " + e.getMessage(), e);
    }
  }

  private static String shortened(String text) {
    return text.length() > 200 ? text.substring(0, 200) + "..." : text;
  }
}
