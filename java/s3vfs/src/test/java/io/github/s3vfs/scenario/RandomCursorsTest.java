package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.Layout;
import io.github.s3vfs.internal.vfs.MemoryVfs;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Connections of one process with cursors that stay open, transactions, savepoints and journal
 * modes, in a random order: whoever reads sees what was committed, or what it has written itself.
 */
class RandomCursorsTest {
  private static final boolean THOROUGH = Boolean.getBoolean("s3vfs.test.thorough");
  private static final int RUNS = THOROUGH ? 400 : 25;
  private static final int STEPS = 120;
  private static final int ROWS = 150;
  private static final List<String> MODES = List.of("DELETE", "TRUNCATE", "PERSIST", "MEMORY");

  private final Map<Integer, Integer> committed = new TreeMap<>();
  private final List<One> connections = new ArrayList<>();
  private String parameters = "";
  private int commits;

  /** A connection, and what it has done. */
  private final class One {
    private final MemoryVfs vfs;
    private final Deque<Statement> cursors = new ArrayDeque<>();
    private final Deque<Map<Integer, Integer>> savepoints = new ArrayDeque<>();
    private Connection connection;

    /** What it sees in its transaction; null without one. */
    private @Nullable Map<Integer, Integer> own;

    One(MemoryVfs vfs) throws SQLException {
      this.vfs = vfs;
      this.connection = vfs.connect("db", parameters);
      setUp();
    }

    private void setUp() throws SQLException {
      assertTrue(run("PRAGMA busy_timeout = 0"));
      boolean unused = run("PRAGMA cache_size = 5"); // reads the schema
    }

    /** Runs a statement; false if it was refused because of others. */
    boolean run(String sql) throws SQLException {
      try {
        Sql.execute(connection, sql);
        return true;
      } catch (SQLException e) {
        String message = String.valueOf(e.getMessage());
        if (!message.contains("SQLITE_BUSY") && !message.contains("SQLITE_LOCKED")) {
          throw e;
        }
        return false;
      }
    }

    void openCursor(int rows) throws SQLException {
      Statement statement = connection.createStatement();
      try {
        ResultSet result = statement.executeQuery("SELECT id, v FROM t");
        boolean more = true;
        for (int i = 0; i < rows && more; i++) {
          more = result.next();
        }
        cursors.add(statement);
      } catch (SQLException e) {
        statement.close();
        if (!String.valueOf(e.getMessage()).contains("SQLITE_BUSY")) {
          throw e;
        }
      }
    }

    void closeCursor() throws SQLException {
      Statement statement = cursors.poll();
      if (statement != null) {
        statement.close();
      }
    }

    void update(int factor, int rest, int by) throws SQLException {
      if (run("UPDATE t SET v = v + " + by + " WHERE id % " + factor + " = " + rest)) {
        Map<Integer, Integer> changed = own == null ? committed : own;
        changed.replaceAll((id, v) -> id % factor == rest ? v + by : v);
        commits += own == null ? 1 : 0;
      }
    }

    void begin() throws SQLException {
      if (own == null && run("BEGIN IMMEDIATE")) {
        own = new TreeMap<>(committed);
      }
    }

    void savepoint() throws SQLException {
      if (own != null && run("SAVEPOINT s" + savepoints.size())) {
        savepoints.push(new TreeMap<>(own));
      }
    }

    void rollbackTo() throws SQLException {
      if (!savepoints.isEmpty() && run("ROLLBACK TO s" + (savepoints.size() - 1))) {
        own = new TreeMap<>(savepoints.element());
      }
    }

    void end(boolean commit) throws SQLException {
      Map<Integer, Integer> changed = own;
      if (changed == null) {
        return;
      }
      if (commit && run("COMMIT")) {
        committed.putAll(changed);
        commits++;
      } else {
        assertTrue(run("ROLLBACK"));
      }
      own = null;
      savepoints.clear();
    }

    void reopen() throws SQLException {
      connection.close();
      cursors.clear();
      savepoints.clear();
      own = null;
      connection = vfs.connect("db", parameters);
      setUp();
    }

    void check(String what) throws SQLException {
      if (own == null && !cursors.isEmpty()) {
        return; // it sees the version that it began to read
      }
      List<List<String>> rows;
      try {
        rows = Sql.rows(connection, "SELECT id, v FROM t ORDER BY id");
      } catch (SQLException e) {
        if (String.valueOf(e.getMessage()).contains("SQLITE_BUSY")) {
          return;
        }
        throw e;
      }
      List<List<String>> expected = new ArrayList<>();
      (own == null ? committed : own).forEach((id, v) -> expected.add(List.of(id + "", v + "")));
      assertEquals(expected, rows, what);
    }

    void close() throws SQLException {
      connection.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void everybodySeesWhatWasCommitted(Layout layout) throws Exception {
    long first = Long.getLong("s3vfs.test.seed", System.nanoTime());
    parameters = "&layout=" + layout;
    for (int i = 0; i < RUNS; i++) {
      run(new Random(first + i), "-Ds3vfs.test.seed=" + (first + i) + " " + layout);
    }
    assertTrue(commits > RUNS * 2, commits + " commits");
  }

  private void run(Random random, String what) throws Exception {
    committed.clear();
    connections.clear();
    try (MemoryVfs vfs = new MemoryVfs()) {
      for (int i = 0; i < 3; i++) {
        connections.add(new One(vfs));
      }
      Sql.execute(
          connections.get(0).connection,
          "CREATE TABLE t(id INTEGER PRIMARY KEY, v INT, more)",
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
              + ROWS
              + ") INSERT INTO t SELECT i, 0, hex(zeroblob(200)) FROM n");
      for (int id = 1; id <= ROWS; id++) {
        committed.put(id, 0);
      }
      try {
        for (int i = 0; i < STEPS; i++) {
          step(connections.get(random.nextInt(connections.size())), random);
          for (One each : connections) {
            each.check(what + " step " + i);
          }
        }
      } catch (SQLException e) {
        throw new SQLException(what + ": " + e.getMessage(), e);
      } finally {
        for (One each : connections) {
          each.close();
        }
      }
      One last = new One(vfs);
      last.check(what + " at the end");
      Sql.assertIntact(last.connection);
      last.close();
    }
  }

  private static void step(One one, Random random) throws SQLException {
    switch (random.nextInt(16)) {
      case 0, 1 -> one.openCursor(1 + random.nextInt(ROWS));
      case 2, 3, 4 -> one.closeCursor();
      case 5, 6 -> one.begin();
      case 7 -> one.savepoint();
      case 8 -> one.rollbackTo();
      case 9 -> one.end(true);
      case 10 -> one.end(false);
      case 11 -> {
        if (one.own == null) {
          boolean unused = one.run("PRAGMA journal_mode = " + MODES.get(random.nextInt(4)));
        }
      }
      case 12 -> {
        if (random.nextInt(4) == 0) {
          one.reopen();
        }
      }
      default -> {
        int factor = 1 + random.nextInt(6);
        one.update(factor, random.nextInt(factor), 1 + random.nextInt(9));
      }
    }
  }
}
