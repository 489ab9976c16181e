package io.github.s3vfs.select;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.testkit.AccountSnapshot;
import io.github.s3vfs.testkit.Fault;
import io.github.s3vfs.testkit.FaultRule;
import io.github.s3vfs.testkit.RequestMatch;
import io.github.s3vfs.testkit.S3Operation;
import io.github.s3vfs.testkit.S3TestServer;
import io.github.s3vfs.transfer.S3Objects;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tables of objects in S3: what they ask S3 for, and what failures become. */
@Timeout(120)
class SelectTablesOnS3Test {
  private static final String BUCKET = TestStore.BUCKET;
  private static final int ROWS = 400_000;

  private static TestStore store;
  private static S3TestServer server;
  private static S3SelectTables tables;
  private static byte[] large;

  @BeforeAll
  static void start() {
    store = TestStore.start("tables");
    server = store.server();
    tables = S3SelectTables.of(S3Objects.of(store.vfs()));
    StringBuilder rows = new StringBuilder("id,kind,name\n");
    for (int i = 0; i < ROWS; i++) {
      rows.append(i).append(",").append(i % 10).append(",name of ").append(i).append('\n');
    }
    large = rows.toString().getBytes(StandardCharsets.US_ASCII);
    server.objects(BUCKET).put("large.csv", large);
  }

  @AfterAll
  static void stop() {
    store.close();
  }

  private static Connection connect(String url) throws SQLException {
    Connection connection = DriverManager.getConnection(url);
    var unused = tables.register(connection);
    return connection;
  }

  private static Connection withTable(String key) throws SQLException {
    Connection connection = connect("jdbc:sqlite::memory:");
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE VIRTUAL TABLE temp.t USING s3_csv('s3://bucket/" + key + "')");
    }
    return connection;
  }

  private static Map<S3Operation, Integer> requests(Connection connection, String sql, String row)
      throws Exception {
    AccountSnapshot account =
        server
            .account()
            .measure(() -> assertEquals(List.of(row), MemoryTables.rows(connection, sql)));
    return account.countByOperation();
  }

  @Test
  void eachStatementReadsTheObjectOnceInParts() throws Exception {
    int parts = (large.length + (1 << 20) - 1) >> 20;
    try (Connection connection = withTable("large.csv")) {
      Map<S3Operation, Integer> all =
          requests(connection, "SELECT sum(id) FROM t", "i" + (ROWS - 1L) * ROWS / 2);
      assertEquals(1, all.get(S3Operation.HEAD_OBJECT));
      // One more for the names of the columns.
      assertEquals(parts + 1, all.get(S3Operation.GET_OBJECT));
      Map<S3Operation, Integer> few =
          requests(connection, "SELECT name FROM t LIMIT 1", "tname of 0");
      assertTrue(few.getOrDefault(S3Operation.GET_OBJECT, 0) <= 6, few.toString());
      Map<S3Operation, Integer> join =
          requests(
              connection,
              "SELECT count(*) FROM (SELECT value FROM json_each('[1,2,3,4]')) j"
                  + " LEFT JOIN t ON t.id = j.value AND t.kind > 2",
              "i4");
      assertEquals(1, join.get(S3Operation.HEAD_OBJECT));
      assertEquals(2 * parts + 1, join.get(S3Operation.GET_OBJECT));
    }
  }

  @Test
  void tablesAreJoinedWithDatabasesInS3AndAttachedOnes() throws Exception {
    server
        .objects(BUCKET)
        .put("kinds.csv", "kind,label\n1,one\n2,two\n".getBytes(StandardCharsets.US_ASCII));
    String url = "jdbc:sqlite:file:/bucket/orders.sqlite?vfs=tables";
    try (Connection connection = connect(url);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE orders(id INTEGER PRIMARY KEY, kind INT)");
      statement.execute("INSERT INTO orders VALUES(1, 1), (2, 2), (3, 2), (4, 3)");
      statement.execute("ATTACH ':memory:' AS local");
      statement.execute("CREATE TABLE local.prices AS SELECT 2 AS kind, 9.5 AS price");
      statement.execute(
          "CREATE VIRTUAL TABLE temp.kinds USING"
              + " s3_csv('s3://bucket/kinds.csv', header=true, columns='kind INT, label TEXT')");
      assertEquals(
          List.of("tone|i1|null", "ttwo|i2|r9.5"),
          MemoryTables.rows(
              connection,
              "SELECT label, count(*), price FROM kinds JOIN orders USING (kind)"
                  + " LEFT JOIN local.prices USING (kind) GROUP BY label"));
      statement.execute("INSERT INTO orders SELECT 10, kind FROM kinds WHERE label = 'two'");
      assertEquals(
          List.of("i2"), MemoryTables.rows(connection, "SELECT kind FROM orders WHERE id = 10"));
    }
  }

  @Test
  void anObjectThatIsReplacedMeanwhileEndsTheStatement() throws Exception {
    server.objects(BUCKET).put("changed.csv", large);
    try (Connection connection = withTable("changed.csv");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT name FROM t")) {
      assertTrue(rows.next());
      server
          .objects(BUCKET)
          .put("changed.csv", "id,kind,name\n1,2,3\n".getBytes(StandardCharsets.US_ASCII));
      SQLException failure =
          assertThrows(
              SQLException.class,
              () -> {
                while (rows.next()) {
                  rows.getString(1);
                }
              });
      assertTrue(
          MemoryTables.message(failure).contains("PreconditionFailed: ")
              && MemoryTables.message(failure).contains("s3://bucket/changed.csv"),
          MemoryTables.message(failure));
    }
  }

  @Test
  void aFailureOfS3IsToldWithItsRequestAndIsTheCause() throws Exception {
    server.objects(BUCKET).put("broken.csv", large);
    String url = "jdbc:sqlite:file:/bucket/failing.sqlite?vfs=tables";
    try (Connection connection = connect(url);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE VIRTUAL TABLE temp.t USING s3_csv('s3://bucket/broken.csv')");
      FaultRule rule =
          server
              .faults()
              .add(
                  RequestMatch.of(S3Operation.GET_OBJECT).key("broken.csv"),
                  Fault.error(403, "AccessDenied"));
      SQLException failure =
          assertThrows(
              SQLException.class, () -> MemoryTables.rows(connection, "SELECT sum(id) FROM t"));
      rule.remove();
      String message = MemoryTables.message(failure);
      assertTrue(message.contains("s3://bucket/broken.csv"), message);
      assertTrue(message.contains("403"), message);
      assertTrue(message.toLowerCase(java.util.Locale.ROOT).contains("request"), message);
      assertInstanceOf(SelectException.class, failure.getCause());
      assertEquals(message.indexOf("403"), message.lastIndexOf("403"), message);
      assertEquals(List.of("i" + ROWS), MemoryTables.rows(connection, "SELECT count(*) FROM t"));
    }
    assertThrows(SQLException.class, () -> withTable("nothing.csv"));
  }

  @Test
  void cancelEndsAStatementThatWaitsForS3() throws Exception {
    server.objects(BUCKET).put("slow.csv", large);
    try (Connection connection = withTable("slow.csv");
        Statement statement = connection.createStatement()) {
      FaultRule slow =
          server
              .faults()
              .add(
                  RequestMatch.of(S3Operation.GET_OBJECT).key("slow.csv").from(3),
                  Fault.delay(Duration.ofSeconds(9)));
      Thread cancelling =
          new Thread(
              () -> {
                try {
                  while (slow.fired() == 0) {
                    Thread.sleep(5);
                  }
                  statement.cancel();
                } catch (InterruptedException | SQLException e) {
                  throw new IllegalStateException(e);
                }
              });
      cancelling.start();
      SQLException failure =
          assertThrows(
              SQLException.class, () -> statement.executeQuery("SELECT sum(id) FROM t").next());
      assertEquals(9, failure.getErrorCode(), MemoryTables.message(failure));
      cancelling.join();
      assertFalse(Thread.currentThread().isInterrupted());
      slow.remove();
      assertEquals(List.of("i" + ROWS), MemoryTables.rows(connection, "SELECT count(*) FROM t"));
    }
  }

  @Test
  void closingTheConnectionInTheMiddleStopsReading() throws Exception {
    Connection connection = withTable("large.csv");
    ResultSet rows = connection.createStatement().executeQuery("SELECT name FROM t");
    assertTrue(rows.next());
    connection.close();
    assertThrows(SQLException.class, rows::next);
  }

  @Test
  void rowsSurviveTheGarbageCollector() throws Exception {
    try (Connection connection = withTable("large.csv");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT name, max(id) OVER () FROM t")) {
      for (int i = 0; i < ROWS; i++) {
        assertTrue(rows.next());
        if (i % 50_000 == 0) {
          System.gc();
        }
        if (i % 1_000 == 0) {
          assertEquals("name of " + i, rows.getString(1));
        }
      }
      assertFalse(rows.next());
    }
  }
}
