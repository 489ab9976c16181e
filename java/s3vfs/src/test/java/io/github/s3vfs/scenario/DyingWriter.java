package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.internal.layout.snapshot.Heads;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.store.ObjectStore;
import io.github.s3vfs.scenario.WriteLog.Write;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * A process that does transactions of all kinds, and may die after each of its write requests: what
 * is stored then, and which committed states whoever comes next may find.
 */
final class DyingWriter {

  /** A committed state, and how many write requests had been sent when it was acknowledged. */
  private record State(int requests, String content) {}

  /** Whoever opens what was left. */
  interface Heir {
    /** Opens it. */
    void comesAfter(Death death) throws SQLException;
  }

  /**
   * A moment to die.
   *
   * @param commit what was stored when the last commit was acknowledged
   * @param writes what was stored after that
   * @param allowed the last acknowledged state, and the one that was being committed
   * @param what names the moment in messages
   */
  record Death(InMemoryObjectStore commit, List<Write> writes, List<String> allowed, String what) {

    /** The store as the dead writer left it, its lease or claim over. */
    InMemoryObjectStore store() {
      InMemoryObjectStore store = commit.copy();
      applyTo(store);
      store.drop("db-lease");
      Heads.shortenClaim(store, "db");
      return store;
    }

    /** Makes a store that has the last commit what the dead writer left. */
    void applyTo(InMemoryObjectStore store) {
      writes.forEach(write -> write.applyTo(store));
    }

    /** Asserts that a connection to what was left finds a committed state. */
    void assertCommitted(Connection c) throws SQLException {
      String now = content(c);
      assertTrue(allowed.contains(now), () -> what + ": " + shortened(now));
      assertIntact(c);
    }

    void assertIntact(Connection c) throws SQLException {
      assertEquals("ok", Sql.value(c, "PRAGMA integrity_check"), what);
    }

    private static String shortened(String text) {
      return text.length() > 300 ? text.substring(0, 300) + "..." : text;
    }
  }

  private final InMemoryObjectStore empty;
  private final WriteLog log;
  private final List<State> states = new ArrayList<>();

  DyingWriter(InMemoryObjectStore store) {
    this(store, store.maxConditionalPut());
  }

  /**
   * @param maxConditionalPut how many bytes the store takes at once
   */
  DyingWriter(InMemoryObjectStore store, long maxConditionalPut) {
    this.empty = store.copy();
    this.log = new WriteLog(store, maxConditionalPut);
  }

  /** The store that the writer shall use. */
  ObjectStore store() {
    return log;
  }

  /**
   * The whole life of the writer, on its connection to a database that is not there yet.
   *
   * @param whenRollingBack what "synchronous" is in transactions that are not committed
   */
  void work(Connection c, String mode, int pageSize, String whenRollingBack) throws SQLException {
    Sql.execute(
        c,
        "PRAGMA page_size = " + pageSize,
        "PRAGMA auto_vacuum = 1",
        "PRAGMA journal_mode = " + mode,
        "PRAGMA cache_size = 3");
    states.add(new State(0, content(c)));
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
            c,
            "PRAGMA synchronous = " + whenRollingBack,
            "BEGIN",
            "UPDATE t SET v = 'never ' || v",
            "INSERT INTO t(v) SELECT v FROM t",
            "ROLLBACK",
            "PRAGMA synchronous = FULL");
      }
    }
  }

  /** The schema and all rows. */
  static String content(Connection c) throws SQLException {
    StringBuilder content = new StringBuilder();
    for (List<String> entry : Sql.rows(c, "SELECT type, name, sql FROM sqlite_schema")) {
      content.append(entry);
      if (entry.get(0).equals("table")) {
        content.append(Sql.rows(c, "SELECT * FROM " + entry.get(1)));
      }
    }
    return content.toString();
  }

  /** A death after each request. */
  List<Death> deaths() {
    List<Write> writes = log.writes();
    List<Death> deaths = new ArrayList<>();
    InMemoryObjectStore commit = empty;
    int acknowledged = 0;
    for (int sent = 0; sent <= writes.size(); sent++) {
      int next = acknowledged + 1;
      if (next < states.size() && states.get(next).requests() == sent) {
        InMemoryObjectStore committed = commit.copy();
        writes
            .subList(states.get(acknowledged).requests(), sent)
            .forEach(write -> write.applyTo(committed));
        commit = committed;
        acknowledged = next;
      }
      List<Write> since = writes.subList(states.get(acknowledged).requests(), sent);
      List<String> allowed =
          states.subList(acknowledged, Math.min(acknowledged + 2, states.size())).stream()
              .map(State::content)
              .toList();
      String last = since.isEmpty() ? "" : ", the last one " + since.get(since.size() - 1);
      String what = "after " + sent + " of " + writes.size() + " requests" + last;
      deaths.add(new Death(commit, since, allowed, what));
    }
    assertEquals(states.size() - 1, acknowledged, "all states were passed");
    return deaths;
  }

  /**
   * A death after each request that was sent while the one before it was under way: that one is
   * lost.
   */
  List<Death> deathsWithARequestLost() {
    List<Death> deaths = new ArrayList<>();
    for (Death death : deaths()) {
      List<Write> writes = death.writes();
      int sent = writes.size();
      if (sent >= 2 && isIndependent(writes.get(sent - 2), writes.get(sent - 1))) {
        List<Write> arrived = new ArrayList<>(writes);
        String what = death.what() + ", without " + arrived.remove(sent - 2);
        deaths.add(new Death(death.commit(), arrived, death.allowed(), what));
      }
    }
    return deaths;
  }

  /** Lets an heir come after each death, and says after which of them it failed. */
  static void inherit(List<Death> deaths, Heir heir) throws SQLException {
    for (Death death : deaths) {
      try {
        heir.comesAfter(death);
      } catch (SQLException e) {
        throw new SQLException(death.what() + ": " + e.getMessage(), e);
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
    // Of the segments of a commit all but the number of the part is the same.
    boolean segment = first.contains("/s/");
    boolean sameCommit = !segment || second.startsWith(first.substring(0, first.length() - 4));
    return puts && sameFile && first.contains("/") && sameCommit && second.compareTo(first) > 0;
  }
}
