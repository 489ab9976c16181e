package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.store.InMemoryObjectStore.Request;
import io.github.s3vfs.internal.vfs.MemoryVfs;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exactly how many requests an operation costs in the layout {@code snapshot}. */
class SnapshotCostTest {
  private static final String LOOKUP = "SELECT length(v) FROM t WHERE id = 500";
  private static final String SCAN = "SELECT sum(length(v)) FROM t";
  private static final String UPDATE = "UPDATE t SET v = randomblob(200) WHERE id ";

  private final InMemoryObjectStore store = new InMemoryObjectStore("bucket");
  private final MemoryVfs vfs = new MemoryVfs(store, store);

  @BeforeEach
  void create() throws SQLException {
    try (MemoryVfs other = new MemoryVfs(store, store);
        Connection c = other.connect("db", "&layout=snapshot")) {
      Sql.execute(
          c,
          "CREATE TABLE t(id INTEGER PRIMARY KEY, v BLOB)",
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
              + " INSERT INTO t SELECT i, randomblob(200) FROM n");
    }
    store.resetCounts();
  }

  @AfterEach
  void close() {
    vfs.close();
  }

  private void assertCost(int gets, int puts) {
    assertEquals(
        gets + " GET, " + puts + " PUT, " + (gets + puts) + " in all",
        store.count(Request.GET)
            + " GET, "
            + store.count(Request.PUT)
            + " PUT, "
            + store.requests()
            + " in all");
    store.resetCounts();
  }

  private Connection warm(String parameters) throws SQLException {
    Connection c = vfs.connect("db", parameters);
    Sql.value(c, SCAN);
    store.resetCounts();
    return c;
  }

  @Test
  void aColdLookupAsksForTheHeadTwiceAndForTwoRanges() throws Exception {
    try (Connection c = vfs.connect("db", "")) {
      assertCost(1 + 1, 0); // sqlite-jdbc reads the first page when it opens
      Sql.value(c, LOOKUP);
      assertCost(1 + 1, 0);
    }
  }

  @Test
  void aWarmLookupAsksForTheHead() throws Exception {
    try (Connection c = warm("")) {
      Sql.value(c, LOOKUP);
      assertCost(1, 0);
    }
  }

  @Test
  void withinItsStalenessALookupAsksNothing() throws Exception {
    try (Connection c = warm("&max_staleness_ms=60000")) {
      Sql.value(c, LOOKUP);
      assertCost(0, 0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"= 500", "% 9 = 0", "> 0"})
  void aCommitIsAClaimASegmentAndTheHeadWhateverItChanges(String rows) throws Exception {
    try (Connection c = warm("")) {
      Sql.execute(c, UPDATE + rows);
      assertCost(1, 3);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"= 500", "> 0"})
  void anOptimisticCommitIsASegmentAndTheHead(String rows) throws Exception {
    try (Connection c = warm("&writer=optimistic")) {
      Sql.execute(c, UPDATE + rows);
      assertCost(1, 2);
    }
  }

  @Test
  void pagesThatOthersHaveNotChangedStayCached() throws Exception {
    try (Connection c = warm("");
        MemoryVfs other = new MemoryVfs(store, store);
        Connection theirs = other.connect("db", "")) {
      Sql.execute(theirs, UPDATE + "= 20");
      store.resetCounts();
      Sql.value(c, LOOKUP);
      assertCost(1 + 1, 0); // the head, and page 1 with the commit's counter
      Sql.value(c, "SELECT v FROM t WHERE id = 20");
      assertCost(1 + 1, 0);
    }
  }

  @Test
  void aRollbackGivesTheClaimBack() throws Exception {
    try (Connection c = warm("")) {
      Sql.execute(c, "BEGIN IMMEDIATE", UPDATE + "> 0", "ROLLBACK");
      assertCost(1, 2);
      Sql.execute(c, "BEGIN IMMEDIATE", "COMMIT");
      assertCost(1, 2);
    }
  }

  @Test
  void aDatabaseIsMadeByAClaimThatIsTried() throws Exception {
    try (Connection c = vfs.connect("new", "&layout=snapshot")) {
      assertCost(2, 0); // neither layout is there
      Sql.execute(c, "CREATE TABLE t(x)");
      assertCost(2, 3 + 2); // block 0 is asked for once more, behind the claim
    }
  }

  @Test
  void withoutALayoutBlocksAreLookedForInFullBeforeADatabaseIsMade() throws Exception {
    try (Connection c = vfs.connect("new", "")) {
      assertEquals(2, store.count(Request.GET)); // the head, and block 0
      assertEquals(2, store.count(Request.LIST)); // a journal, and other blocks
      store.resetCounts();
      Sql.execute(c, "CREATE TABLE t(x)");
      assertCost(2, 3 + 2);
    }
  }

  @Test
  void aColdScanOfASmallDatabaseTakesFewRanges() throws Exception {
    try (Connection c = vfs.connect("db", "")) {
      Sql.value(c, SCAN);
      assertCost(2 + 3, 0);
    }
  }
}
