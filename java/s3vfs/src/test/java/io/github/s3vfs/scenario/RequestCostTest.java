package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.S3VfsStats;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.store.InMemoryObjectStore.Request;
import io.github.s3vfs.internal.vfs.MemoryVfs;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What SQL statements cost in requests, exactly. */
class RequestCostTest {
  private static final String LOOKUP = "SELECT length(v) FROM t WHERE id = 777";

  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final InMemoryObjectStore store = new InMemoryObjectStore("bucket");
  private final MemoryVfs vfs = new MemoryVfs(store, store);

  /** A root, about 60 leaves. */
  @BeforeEach
  void store() throws SQLException {
    settle();
    try (MemoryVfs other = new MemoryVfs(store, store);
        Connection c = other.connect("db", "&layout=blocks")) {
      Sql.execute(
          c,
          "CREATE TABLE t(id INTEGER PRIMARY KEY, v BLOB)",
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
              + " INSERT INTO t SELECT i, zeroblob(200) FROM n");
    }
    settle();
    store.resetCounts();
  }

  /** What was stored until now was stored a minute ago. */
  private void settle() {
    now = now.plusSeconds(60);
    store.setClock(() -> now);
  }

  @AfterEach
  void close() {
    vfs.close();
  }

  private void assertCost(int gets, int lists, int puts, int deletes, int batches) {
    String expected = gets + " GET, " + lists + " LIST, " + puts + " PUT, " + deletes + " DELETE, ";
    String actual =
        store.count(Request.GET)
            + " GET, "
            + store.count(Request.LIST)
            + " LIST, "
            + store.count(Request.PUT)
            + " PUT, "
            + store.count(Request.DELETE)
            + " DELETE, ";
    assertEquals(
        expected + batches + " DeleteObjects",
        actual + store.count(Request.DELETE_ALL) + " DeleteObjects");
    store.resetCounts();
  }

  @Test
  void aColdLookupAsksWhenItOpensWhenItBeginsAndForTwoPages() throws Exception {
    try (Connection c = vfs.connect("db", "&layout=blocks")) {
      assertCost(1, 1, 0, 0, 0);
      Sql.value(c, LOOKUP);
      assertCost(1 + 2, 1, 0, 0, 0);
    }
  }

  @Test
  void withoutALayoutTheHeadOfTheOtherOneIsAskedFor() throws Exception {
    try (Connection c = vfs.connect("db", "")) {
      assertCost(1 + 1, 1, 0, 0, 0);
      Sql.value(c, LOOKUP);
      assertCost(1 + 2, 1, 0, 0, 0);
    }
  }

  @Test
  void aWarmLookupAsksForBlockZeroAndTheJournal() throws Exception {
    try (Connection c = vfs.connect("db", "&layout=blocks")) {
      Sql.value(c, LOOKUP);
      store.resetCounts();
      Sql.value(c, LOOKUP);
      assertCost(1, 1, 0, 0, 0);
    }
  }

  @Test
  void withinItsStalenessALookupAsksNothing() throws Exception {
    try (Connection c = vfs.connect("db", "&layout=blocks&max_staleness_ms=60000")) {
      Sql.value(c, LOOKUP);
      store.resetCounts();
      Sql.value(c, LOOKUP);
      assertCost(0, 0, 0, 0, 0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " DESC"})
  void aScanFetchesEachBlockOnceAndMostOfThemAhead(String order) throws Exception {
    try (Connection c = vfs.connect("db", "&layout=blocks&max_staleness_ms=60000")) {
      long blocks = Long.parseLong(Sql.value(c, "PRAGMA page_count"));
      store.resetCounts();
      try (Statement statement = c.createStatement();
          ResultSet rows = statement.executeQuery("SELECT v FROM t ORDER BY id" + order)) {
        while (rows.next()) {
          assertEquals(200, rows.getBytes(1).length);
        }
      }
      S3VfsStats stats = vfs.vfs().stats();
      long other = 1; // block 0 is there
      assertEquals(blocks - other, store.count(Request.GET));
      // The root, and what it takes to see a scan.
      assertTrue(stats.prefetchedUsed() >= blocks - 7, stats.toString());
      assertEquals(0, stats.prefetchedWasted(), stats.toString());
    }
  }

  @Test
  void anUpdateOfOneRowStoresTwoBlocksAndAJournalOfThree() throws Exception {
    try (Connection c = vfs.connect("db", "&layout=blocks")) {
      Sql.value(c, "SELECT sum(length(v)) FROM t");
      store.resetCounts();
      Sql.execute(c, "UPDATE t SET v = randomblob(200) WHERE id = 777");
      // Begin: block 0, journal. Lease: read, taken beside block 0 and journal, released.
      assertCost(1 + 1 + 1, 1 + 1, 1 + 3 + 2 + 1, 1, 1);
      Sql.execute(c, "UPDATE t SET v = randomblob(200) WHERE id = 778");
      // The lease is taken beside a look at block 0.
      assertCost(1 + 1, 1, 1 + 3 + 2 + 1, 1, 1);
    }
  }

  @Test
  void aRollbackSendsTheLeaseOnly() throws Exception {
    try (Connection c = vfs.connect("db", "&layout=blocks")) {
      Sql.value(c, "SELECT sum(length(v)) FROM t");
      Sql.execute(c, "UPDATE t SET v = randomblob(200) WHERE id = 777");
      store.resetCounts();
      Sql.execute(c, "BEGIN IMMEDIATE", "DELETE FROM t WHERE id < 3", "ROLLBACK");
      assertCost(1 + 1, 1, 2, 0, 0);
    }
  }

  @Test
  void aChangeByAnotherProcessCostsTwoListingsAndTheChangedBlocks() throws Exception {
    try (Connection c = vfs.connect("db", "&layout=blocks");
        MemoryVfs other = new MemoryVfs(store, store);
        Connection writer = other.connect("db", "&layout=blocks")) {
      Sql.value(c, "SELECT sum(length(v)) FROM t");
      Sql.execute(writer, "UPDATE t SET v = randomblob(200) WHERE id = 777");
      store.resetCounts();
      Sql.value(c, "SELECT sum(length(v)) FROM t");
      assertCost(1 + 1, 1 + 2, 0, 0, 0);
      // The block was stored just now: is it still the same, and not rolled back?
      Sql.value(c, "SELECT sum(length(v)) FROM t");
      assertCost(1 + 1, 1, 0, 0, 0);
      Sql.value(c, "SELECT sum(length(v)) FROM t");
      assertCost(1, 1, 0, 0, 0);
    }
  }

  @Test
  void aTransactionInJournalModeMemoryStoresNoJournal() throws Exception {
    try (Connection c = vfs.connect("db", "&layout=blocks")) {
      Sql.execute(
          c, "PRAGMA journal_mode = MEMORY", "UPDATE t SET v = randomblob(200) WHERE id = 777");
      store.resetCounts();
      Sql.execute(c, "UPDATE t SET v = randomblob(200) WHERE id = 777");
      assertCost(1 + 1, 1, 2 + 2, 0, 0);
    }
  }
}
