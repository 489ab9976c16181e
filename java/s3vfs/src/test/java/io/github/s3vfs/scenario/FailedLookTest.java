package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.Layout;
import io.github.s3vfs.internal.store.FaultPlan;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.vfs.MemoryVfs;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A look at what others have committed fails at one of its requests: the next one sees all of it.
 */
class FailedLookTest {
  private static final String OLD = "SELECT group_concat(DISTINCT n) FROM old";
  private static final String RECENT = "SELECT n FROM recent";

  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  @ParameterizedTest
  @EnumSource
  void theNextLookSeesWhatOthersHaveCommitted(Layout layout) throws Exception {
    InMemoryObjectStore store = new InMemoryObjectStore("bucket");
    store.setClock(() -> now);
    String parameters = "&layout=" + layout;
    try (MemoryVfs mine = new MemoryVfs(store, store);
        MemoryVfs theirs = new MemoryVfs(store, store);
        Connection writer = theirs.connect("db", parameters)) {
      Sql.execute(
          writer,
          "CREATE TABLE old(id INTEGER PRIMARY KEY, n INT, filler BLOB)",
          "WITH RECURSIVE i(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM i WHERE i < 60)"
              + " INSERT INTO old SELECT i, 0, zeroblob(1000) FROM i",
          "CREATE TABLE recent(n)",
          "INSERT INTO recent VALUES (0)");
      try (Connection reader = mine.connect("db", parameters);
          Connection other = mine.connect("db", parameters)) {
        int failed = 0;
        for (int n = 1; n == failed + 1; n++) {
          // What was stored a minute ago stays, and what was stored just now may be undone.
          now = now.plusSeconds(60);
          Sql.execute(writer, "UPDATE recent SET n = " + n);
          Sql.execute(reader, "BEGIN"); // one look
          assertEquals(String.valueOf(n - 1), Sql.value(reader, OLD));
          assertEquals(String.valueOf(n), Sql.value(reader, RECENT));
          Sql.execute(reader, "COMMIT");
          Sql.execute(writer, "UPDATE old SET n = " + n);
          store.faults().onAny().nth(n).failBefore(FaultPlan.unavailable());
          failed += fails(reader) ? 1 : 0;
          store.faults().clear();
          String what = "request " + n + " has failed";
          assertEquals(String.valueOf(n), Sql.value(reader, OLD), what);
          assertEquals(String.valueOf(n), Sql.value(other, OLD), what);
        }
        assertTrue(failed > (layout == Layout.BLOCKS ? 3 : 0), failed + " requests");
      }
    }
  }

  private static boolean fails(Connection reader) {
    try {
      String unused = Sql.value(reader, OLD);
      return false;
    } catch (SQLException e) {
      return true;
    }
  }
}
