package io.github.s3vfs.table;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.table.VirtualTables.Registration;
import io.github.s3vfs.table.spi.SqlValue;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteException;

@Timeout(60)
class VirtualTablesTest {
  private Connection connection;

  private static SqlValue text(long n) {
    return SqlValue.of("text " + n);
  }

  @BeforeEach
  void open() throws SQLException {
    connection = DriverManager.getConnection("jdbc:sqlite::memory:");
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  private NumbersModule numbers(long count, LongFunction<SqlValue> values) throws SQLException {
    NumbersModule module = new NumbersModule(count, values);
    VirtualTables.register(connection, "numbers", module);
    run("CREATE VIRTUAL TABLE temp.t USING numbers");
    module.log.clear();
    return module;
  }

  private void run(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private String one(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertTrue(rows.next());
      return rows.getString(1);
    }
  }

  private static String message(SQLException failure) {
    return String.valueOf(failure.getMessage());
  }

  private SQLiteException failure(String sql) {
    return assertThrows(SQLiteException.class, () -> one(sql), sql);
  }

  @Test
  void rowsComeInBatchesAndWhole() throws SQLException {
    NumbersModule module = numbers(100_000, VirtualTablesTest::text);
    assertEquals("4999950000", one("SELECT sum(n) FROM t"));
    assertEquals(List.of("n"), module.log);
    assertEquals(
        "100000", one("SELECT count(*) FROM t WHERE v = 'text ' || n AND rowid = n AND n >= 0"));
    assertEquals("text 99999", one("SELECT max(v) FROM t"));
    assertEquals("100000", one("SELECT count(DISTINCT v) FROM t"));
    assertEquals(0, module.cursors);
  }

  @Test
  void valuesOfAllTypesArriveAsTheyAre() throws SQLException {
    byte[] bytes = {0, 1, -1};
    SqlValue[] values = {
      SqlValue.NULL,
      SqlValue.of(Long.MIN_VALUE),
      SqlValue.of(-0.1),
      SqlValue.of("ä€\uD83D\uDE00"),
      SqlValue.of(""),
      SqlValue.blob(bytes),
      SqlValue.blob(new byte[0]),
      SqlValue.of(Double.NaN),
      SqlValue.of(Double.POSITIVE_INFINITY),
      SqlValue.of("x".repeat(3_000_000)),
    };
    numbers(values.length, n -> values[(int) n]);
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT typeof(v), v FROM t")) {
      String[] types = {
        "null", "integer", "real", "text", "text", "blob", "blob", "null", "real", "text"
      };
      for (int i = 0; i < values.length; i++) {
        assertTrue(rows.next());
        assertEquals(types[i], rows.getString(1), "row " + i);
        switch (i) {
          case 0, 7 -> assertNull(rows.getObject(2));
          case 1 -> assertEquals(Long.MIN_VALUE, rows.getLong(2));
          case 2, 8 -> assertEquals(values[i].real(), rows.getDouble(2));
          case 5, 6 -> assertArrayEquals(values[i].bytes(), rows.getBytes(2));
          default -> assertEquals(values[i].text(), rows.getString(2));
        }
      }
    }
  }

  @Test
  void aLimitIsAllThatIsFetched() throws SQLException {
    NumbersModule module = numbers(1_000_000, VirtualTablesTest::text);
    assertEquals("0", one("SELECT n FROM t LIMIT 1"));
    assertTrue(module.filled <= 32, "rows: " + module.filled);
    module.filled = 0;
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT n FROM t LIMIT 500")) {
      for (int i = 0; i < 500; i++) {
        assertTrue(rows.next());
      }
    }
    assertEquals(500, module.filled);
  }

  @Test
  void rowsOfSeveralCursorsDoNotMix() throws SQLException {
    numbers(300, VirtualTablesTest::text);
    assertEquals("45150", one("SELECT count(*) FROM t a JOIN t b WHERE a.n >= b.n AND a.v != b.n"));
    assertEquals("300", one("SELECT count(*) FROM t a LEFT JOIN t b ON a.n = b.n AND a.v = b.v"));
    assertEquals("44850", one("SELECT sum(n) FROM t WHERE n < 100 OR v > 'text 1' OR n < 300"));
  }

  @Test
  void aFailureBetweenBatchesIsTheStatementsWithItsMessage() throws SQLException {
    NumbersModule module = numbers(100_000, VirtualTablesTest::text);
    module.before =
        () -> {
          if (module.filled > 5_000) {
            throw new IllegalStateException("no more ä rows: " + "x".repeat(5_000));
          }
        };
    SQLiteException failure = failure("SELECT sum(n) FROM t");
    assertEquals(1, failure.getResultCode().code);
    assertTrue(message(failure).contains("no more ä rows: xxx"), message(failure));
    assertEquals(0, module.cursors);
    module.before =
        () -> {
          throw new StackOverflowError();
        };
    assertTrue(message(failure("SELECT sum(n) FROM t")).contains("StackOverflowError"));
    run("CREATE TEMP TABLE kept(x)");
    connection.setAutoCommit(false);
    run("INSERT INTO kept VALUES(1)");
    failure("INSERT INTO kept SELECT n FROM t RETURNING x");
    connection.commit();
    assertEquals("1", one("SELECT count(*) FROM kept"));
  }

  @Test
  void viewsAndTriggersOfDatabasesCanNotReachIt() throws SQLException {
    numbers(10, VirtualTablesTest::text);
    run("CREATE VIRTUAL TABLE m USING numbers");
    run("CREATE VIEW w AS SELECT * FROM m");
    assertTrue(message(failure("SELECT * FROM w")).contains("unsafe use of virtual table"));
    run("CREATE TABLE u(x)");
    run("CREATE TRIGGER g AFTER INSERT ON u BEGIN INSERT INTO u SELECT n FROM m; END");
    assertThrows(SQLException.class, () -> run("INSERT INTO u VALUES(1)"));
  }

  @Test
  void rowsCanNotBeChanged() throws SQLException {
    numbers(10, VirtualTablesTest::text);
    for (String sql :
        List.of("DELETE FROM t", "UPDATE t SET n = 1", "INSERT INTO t VALUES(1, 2)")) {
      assertThrows(SQLException.class, () -> run(sql), sql);
    }
  }

  @Test
  void aConnectionHasWhatWasRegisteredWithItOnly() throws SQLException {
    numbers(10, VirtualTablesTest::text);
    try (Connection other = DriverManager.getConnection("jdbc:sqlite::memory:");
        Statement statement = other.createStatement()) {
      assertThrows(
          SQLException.class, () -> statement.execute("CREATE VIRTUAL TABLE t USING numbers"));
    }
  }

  @Test
  void aRegistrationEnds() throws SQLException {
    NumbersModule first = new NumbersModule(10, VirtualTablesTest::text);
    NumbersModule second = new NumbersModule(20, VirtualTablesTest::text);
    Registration one = VirtualTables.register(connection, "numbers", first);
    run("CREATE VIRTUAL TABLE temp.a USING numbers(x, 'y z')");
    assertEquals(List.of("numbers|temp|a|x|'y z'"), first.log);
    Registration two = VirtualTables.register(connection, "numbers", second);
    run("CREATE VIRTUAL TABLE temp.b USING numbers");
    one.close();
    run("CREATE VIRTUAL TABLE temp.c USING numbers");
    two.close();
    two.close();
    assertEquals("10", one("SELECT count(*) FROM a"));
    assertEquals("20", one("SELECT count(*) FROM c"));
    run("DROP TABLE a");
    assertEquals(0, first.tables);
    assertThrows(SQLException.class, () -> run("CREATE VIRTUAL TABLE temp.d USING numbers"));
    connection.close();
    assertEquals(0, second.tables);
    two.close();
    assertThrows(SQLException.class, () -> VirtualTables.register(connection, "numbers", first));
  }

  @Test
  void closingTheConnectionClosesWhatIsOpen() throws SQLException {
    NumbersModule module = numbers(100_000, VirtualTablesTest::text);
    PreparedStatement statement = connection.prepareStatement("SELECT n FROM t");
    ResultSet rows = statement.executeQuery();
    assertTrue(rows.next());
    assertEquals(1, module.cursors);
    connection.close();
    assertEquals(0, module.cursors);
    assertEquals(0, module.tables);
  }

  @Test
  void aStatementIsInterruptedWhileItWaitsForRows() throws Exception {
    NumbersModule module = numbers(100_000, VirtualTablesTest::text);
    CountDownLatch waiting = new CountDownLatch(1);
    module.before =
        () -> {
          waiting.countDown();
          new CountDownLatch(1).await();
        };
    try (Statement statement = connection.createStatement()) {
      Thread cancelling =
          new Thread(
              () -> {
                try {
                  waiting.await();
                  statement.cancel();
                } catch (InterruptedException | SQLException e) {
                  throw new IllegalStateException(e);
                }
              });
      cancelling.start();
      SQLiteException failure =
          assertThrows(
              SQLiteException.class, () -> statement.executeQuery("SELECT sum(n) FROM t").next());
      assertEquals(9, failure.getResultCode().code);
      cancelling.join();
    }
    assertTrue(!Thread.currentThread().isInterrupted());
    module.before = () -> {};
    assertEquals("100000", one("SELECT count(*) FROM t"));
  }

  @Test
  void aTableWorksOnDatabasesOfEachEncoding(@TempDir Path directory) throws SQLException {
    try (Connection utf16 = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("x"));
        Statement statement = utf16.createStatement()) {
      statement.execute("PRAGMA encoding = 'UTF-16'");
      statement.execute("CREATE TABLE u AS SELECT 'text ä 3' x");
      VirtualTables.register(
          utf16, "numbers", new NumbersModule(10, n -> SqlValue.of("text ä " + n)));
      statement.execute("CREATE VIRTUAL TABLE temp.t USING numbers");
      try (ResultSet rows = statement.executeQuery("SELECT n FROM t JOIN u ON v = x")) {
        assertTrue(rows.next());
        assertEquals(3, rows.getInt(1));
      }
    }
  }
}
