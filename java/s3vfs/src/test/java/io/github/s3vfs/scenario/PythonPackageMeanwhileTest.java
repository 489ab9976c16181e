package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.vfs.MemoryVfs;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * The Python package (its model, {@link PythonVfs}), which knows nothing of the lease, commits
 * while a connection of ours is open. It never does so while we commit.
 */
class PythonPackageMeanwhileTest {
  private static final String INSERT = "INSERT INTO t VALUES (2000, 'ours')";

  private final InMemoryObjectStore store = new InMemoryObjectStore("bucket");
  private final MemoryVfs pythonVfs = PythonVfs.on(store, store, 4096);
  private final MemoryVfs ourVfs = new MemoryVfs(store, store);

  @BeforeEach
  void fill() throws SQLException {
    try (Connection python = pythonVfs.connect("db", "")) {
      Sql.execute(
          python,
          "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)",
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)"
              + " INSERT INTO t SELECT i, hex(zeroblob(100)) || i FROM n",
          "DELETE FROM t WHERE id BETWEEN 100 AND 200");
    }
  }

  @AfterEach
  void close() {
    pythonVfs.close();
    ourVfs.close();
  }

  @Test
  void theNextReadOfAnOpenConnectionSeesTheCommit() throws Exception {
    try (Connection python = pythonVfs.connect("db", "");
        Connection ours = ourVfs.connect("db", "")) {
      String seen = DyingWriter.content(ours);
      for (String change :
          List.of(
              "INSERT INTO t VALUES (1001, 'python')",
              "UPDATE t SET v = 'python ' || v",
              "DELETE FROM t WHERE id % 3 > 0",
              "PRAGMA auto_vacuum = 1; VACUUM; CREATE INDEX t_v ON t(v)",
              "CREATE TABLE u AS SELECT * FROM t",
              "DROP TABLE t",
              "DELETE FROM u",
              "INSERT INTO u VALUES (1, 'again')")) {
        Sql.execute(python, change.split("; ", -1));
        String now = DyingWriter.content(ours);
        assertEquals(DyingWriter.content(python), now, change);
        assertNotEquals(seen, now, change);
        Sql.assertIntact(ours);
        seen = now;
      }
    }
  }

  /** What Python does between our first read and our first write. */
  static List<String> changes() {
    return List.of(
        "INSERT INTO t VALUES (1001, 'python')",
        "UPDATE t SET v = 'python ' || v",
        "DELETE FROM t WHERE id % 3 > 0",
        "VACUUM",
        "CREATE TABLE u AS SELECT * FROM t");
  }

  @ParameterizedTest
  @MethodSource("changes")
  void aFirstWriteLosesNothing(String change) throws Exception {
    writesAfterReading(change);
  }

  /** Our lease does not tell of the commit: nobody has had it since. */
  @ParameterizedTest
  @MethodSource("changes")
  void aFirstWriteLosesNothingWhereWeWroteLast(String change) throws Exception {
    try (Connection ours = ourVfs.connect("db", "")) {
      Sql.execute(ours, "INSERT INTO t VALUES (1000, 'ours')");
    }
    writesAfterReading(change);
  }

  /** The reads are those that opening a connection makes. */
  @ParameterizedTest
  @MethodSource("changes")
  void aFirstWriteOfANewConnectionLosesNothing(String change) throws Exception {
    try (Connection ours = ourVfs.connect("db", "")) {
      Sql.execute(ours, "INSERT INTO t VALUES (1000, 'ours')");
    }
    try (Connection ours = ourVfs.connect("db", "")) {
      Sql.execute(ours, "BEGIN");
      writes(ours, change);
    }
  }

  private void writesAfterReading(String change) throws SQLException {
    try (Connection ours = ourVfs.connect("db", "")) {
      Sql.execute(ours, "BEGIN");
      assertEquals("300", Sql.value(ours, "SELECT max(id) FROM t WHERE id < 1000"));
      writes(ours, change);
    }
  }

  /**
   * Our transaction either is refused, and succeeds when it is begun again, or succeeds at once.
   */
  private void writes(Connection ours, String change) throws SQLException {
    String committed;
    try (Connection python = pythonVfs.connect("db", "")) {
      Sql.execute(python, change);
      committed = DyingWriter.content(python);
    }
    if (isRefused(ours)) {
      assertStored(committed);
      Sql.execute(ours, "ROLLBACK", "BEGIN", INSERT);
    }
    Sql.execute(ours, "COMMIT");
    assertEquals("1", Sql.value(ours, "SELECT count(*) FROM t WHERE id = 2000"));
    Sql.execute(ours, "DELETE FROM t WHERE id = 2000");
    assertEquals(committed, DyingWriter.content(ours));
    assertStored(committed);
  }

  private static boolean isRefused(Connection ours) {
    try {
      Sql.execute(ours, INSERT);
      return false;
    } catch (SQLException e) {
      if (e instanceof SQLiteException s
          && s.getResultCode() == SQLiteErrorCode.SQLITE_BUSY_SNAPSHOT) {
        return true;
      }
      return fail(e);
    }
  }

  private void assertStored(String content) throws SQLException {
    try (Connection python = pythonVfs.connect("db", "")) {
      assertEquals(content, DyingWriter.content(python));
      Sql.assertIntact(python);
    }
  }
}
