package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.s3vfs.Layout;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A connection that has committed keeps its journal open while it reads on; what becomes of that is
 * no matter to another connection that writes meanwhile.
 */
class OpenCursorTest {
  private static final Bucket BUCKET = Bucket.open();
  private static final int ROWS = 2_000;
  private static final String SUM = "SELECT count(*) || ' ' || sum(length(v)) FROM t";

  @AfterAll
  static void close() {
    BUCKET.close();
  }

  /** How the first connection gives up what it reads. */
  enum End {
    CURSOR,
    CONNECTION,
    MODE
  }

  @ParameterizedTest
  @CsvSource({
    "SNAPSHOT, DELETE, CURSOR",
    "SNAPSHOT, TRUNCATE, CURSOR",
    "SNAPSHOT, TRUNCATE, CONNECTION",
    "SNAPSHOT, TRUNCATE, MODE",
    "SNAPSHOT, PERSIST, CURSOR",
    "SNAPSHOT, PERSIST, CONNECTION",
    "SNAPSHOT, PERSIST, MODE",
    "SNAPSHOT, MEMORY, CURSOR",
    "BLOCKS, TRUNCATE, CURSOR",
    "BLOCKS, PERSIST, CURSOR",
    "BLOCKS, PERSIST, CONNECTION"
  })
  void anotherOnesTransactionIsRolledBack(Layout layout, String mode, End end) throws Exception {
    String key = layout + mode + end;
    String parameters = "&layout=" + layout;
    Connection x = BUCKET.connect(key, parameters);
    try (Connection y = BUCKET.connect(key, parameters)) {
      Sql.execute(
          x,
          "PRAGMA journal_mode=" + mode,
          "CREATE TABLE t(id INTEGER PRIMARY KEY, v)",
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
              + ROWS
              + ") INSERT INTO t SELECT i, hex(zeroblob(50)) FROM n",
          "CREATE TABLE u(z)");
      Statement reading = x.createStatement();
      ResultSet row = reading.executeQuery("SELECT * FROM t");
      boolean unused = row.next();
      Sql.execute(x, "INSERT INTO u VALUES (9)");
      String before = Sql.value(y, SUM);
      for (int i = 0; i < 3; i++) {
        assertEquals(before, Sql.value(y, SUM));
      }
      // More than fits into SQLite's cache: pages are written before the transaction ends.
      Sql.execute(
          y,
          "PRAGMA journal_mode=" + mode,
          "PRAGMA cache_size=5",
          "BEGIN IMMEDIATE",
          "UPDATE t SET v = v || 'first' WHERE id % 2",
          "SAVEPOINT s",
          "UPDATE t SET v = v || 'second'");
      switch (end) {
        case CURSOR -> row.close();
        case CONNECTION -> x.close();
        case MODE -> {
          row.close();
          mode(x);
        }
      }
      Sql.execute(y, "ROLLBACK TO s");
      assertEquals(ROWS + " " + (ROWS * 100 + ROWS / 2 * "first".length()), Sql.value(y, SUM));
      Sql.execute(y, "UPDATE t SET v = v || 'third'", "ROLLBACK");
      assertEquals(before, Sql.value(y, SUM));
      Sql.execute(y, "INSERT INTO u VALUES (10)");
      assertEquals("2", Sql.value(y, "SELECT count(*) FROM u"));
    } finally {
      x.close();
    }
    try (Connection z = BUCKET.connect(key, parameters)) {
      assertEquals(ROWS + " " + ROWS * 100, Sql.value(z, SUM));
      Sql.assertIntact(z);
    }
  }

  private static void mode(Connection x) {
    try {
      Sql.execute(x, "PRAGMA journal_mode=DELETE");
    } catch (SQLException e) {
      // It may be busy.
    }
  }
}
