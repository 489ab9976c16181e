package io.github.s3vfs.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.s3vfs.scenario.Sql;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteDataSource;

/** What the work of a transaction may do, on a local file and stock sqlite-jdbc. */
@ParameterizedClass
@EnumSource
class S3TransactionsWorkTest {
  enum Kind {
    PLAIN,
    POOL,
    POOL_WITHOUT_AUTO_COMMIT
  }

  @Parameter Kind kind = Kind.PLAIN;
  @TempDir Path directory;
  private DataSource source = new SQLiteDataSource();

  @BeforeEach
  void create() throws SQLException {
    SQLiteDataSource plain = new SQLiteDataSource();
    plain.setUrl(url());
    plain.setBusyTimeout(0);
    source = plain;
    if (kind != Kind.PLAIN) {
      HikariConfig config = new HikariConfig();
      config.setDataSource(plain);
      config.setMaximumPoolSize(1);
      config.setAutoCommit(kind == Kind.POOL);
      source = new HikariDataSource(config);
    }
    try (Connection c = open()) {
      Sql.execute(c, "CREATE TABLE t(v)", "CREATE TABLE u(v UNIQUE ON CONFLICT ROLLBACK)");
    }
  }

  /** The connection has come back clean, whatever a test has done. */
  @AfterEach
  void close() throws SQLException {
    try (Connection c = source.getConnection();
        Connection other = open()) {
      assertEquals(kind != Kind.POOL_WITHOUT_AUTO_COMMIT, c.getAutoCommit());
      c.setAutoCommit(false);
      String before = Sql.value(other, "SELECT count(*) FROM t");
      Sql.execute(c, "INSERT INTO t VALUES ('last')");
      assertEquals(before, Sql.value(other, "SELECT count(*) FROM t"));
      c.rollback();
      Sql.execute(other, "BEGIN IMMEDIATE", "ROLLBACK"); // nobody has a lock
    }
    if (source instanceof HikariDataSource pool) {
      pool.close();
    }
  }

  private String url() {
    return "jdbc:sqlite:" + directory.resolve("local.sqlite");
  }

  private Connection open() throws SQLException {
    return DriverManager.getConnection(url());
  }

  private String stored() throws SQLException {
    try (Connection c = open()) {
      return Sql.value(c, "SELECT coalesce(group_concat(v), '') FROM t");
    }
  }

  private static void insert(Connection c, int v) throws SQLException {
    Sql.execute(c, "INSERT INTO t VALUES (" + v + ")");
  }

  @Test
  void itsResultIsReturnedWhenItIsCommitted() throws Exception {
    String result =
        S3Transactions.run(
            source,
            c -> {
              insert(c, 1);
              assertEquals("", stored());
              return Sql.value(c, "SELECT v FROM t");
            });
    assertEquals("1", result);
    assertEquals("1", stored());
  }

  @Test
  void whateverItThrowsIsThrownAfterARollback() throws Exception {
    for (Throwable planned :
        List.of(new SQLException("planned"), new IllegalStateException(), new AssertionError())) {
      Throwable thrown =
          assertThrows(
              Throwable.class,
              () ->
                  S3Transactions.run(
                      source,
                      c -> {
                        insert(c, 1);
                        if (planned instanceof SQLException e) {
                          throw e;
                        } else if (planned instanceof RuntimeException e) {
                          throw e;
                        }
                        throw (Error) planned;
                      }));
      assertSame(planned, thrown);
      assertEquals("", stored());
    }
  }

  /** A way to end the transaction. */
  private interface Ending {
    void end(Connection c) throws SQLException;
  }

  @Test
  void itCannotEndItsTransaction() throws Exception {
    List<Ending> endings =
        List.of(
            Connection::commit,
            Connection::rollback,
            c -> c.setAutoCommit(true),
            c -> c.abort(Runnable::run),
            c -> c.createStatement().getConnection().commit(),
            c ->
                c.createStatement()
                    .executeQuery("SELECT 1")
                    .getStatement()
                    .getConnection()
                    .commit(),
            c -> c.getMetaData().getConnection().commit(),
            c -> c.unwrap(Connection.class).commit(),
            c -> Sql.execute(c, "COMMIT"),
            c -> Sql.execute(c, "/* now */ end transaction"),
            c -> c.createStatement().executeUpdate("ROLLBACK"),
            c -> c.createStatement().addBatch("COMMIT"),
            c -> c.prepareStatement("COMMIT").execute());
    for (Ending ending : endings) {
      S3Transactions.run(
          source,
          c -> {
            insert(c, 1);
            SQLException e = assertThrows(SQLException.class, () -> ending.end(c));
            assertTrue(
                String.valueOf(e.getMessage()).contains("begins and ends the transaction"),
                e.toString());
            assertEquals("", stored());
            Sql.execute(c, "DELETE FROM t");
            return 0;
          });
    }
  }

  @Test
  void whatEndsNothingDoesNoHarm() throws Exception {
    Connection leaked =
        S3Transactions.run(
            source,
            c -> {
              insert(c, 1);
              assertFalse(c.getAutoCommit());
              c.setAutoCommit(false);
              c.close();
              Savepoint savepoint = c.setSavepoint();
              insert(c, 2);
              c.rollback(savepoint);
              c.releaseSavepoint(savepoint);
              Savepoint named = c.setSavepoint("a \"name\"");
              insert(c, 2);
              c.rollback(named);
              assertThrows(SQLException.class, () -> c.releaseSavepoint(savepoint));
              Sql.execute(c, "SAVEPOINT mine", "INSERT INTO t VALUES (3)", "ROLLBACK TO mine");
              assertSame(c, c.createStatement().getConnection());
              assertTrue(c.isWrapperFor(SQLiteConnection.class));
              assertFalse(c.isClosed());
              return c;
            });
    assertEquals("1", stored());
    assertTrue(leaked.isClosed());
    assertThrows(SQLException.class, leaked::createStatement);
  }

  @Test
  void aTransactionThatWasEndedAllTheSameIsAFailure() throws Exception {
    for (String script : List.of("COMMIT", "ROLLBACK", "COMMIT; BEGIN", "ROLLBACK; BEGIN")) {
      List<Integer> calls = new ArrayList<>();
      SQLException e =
          assertThrows(
              SQLException.class,
              () ->
                  S3Transactions.run(
                      source,
                      c -> {
                        calls.add(1);
                        return c.createStatement().executeUpdate("SELECT 1; " + script);
                      }));
      assertTrue(String.valueOf(e.getMessage()).contains("before its COMMIT"), e.toString());
      assertEquals(1, calls.size());
    }
  }

  @Test
  void nothingIsExecutedAfterSqliteHasRolledBack() throws Exception {
    SQLException e =
        assertThrows(
            SQLException.class,
            () ->
                S3Transactions.run(
                    source,
                    c -> {
                      PreparedStatement insert = c.prepareStatement("INSERT INTO t VALUES (2)");
                      insert(c, 1);
                      Sql.execute(c, "INSERT INTO u VALUES (1)");
                      String again = "INSERT INTO u VALUES (1)";
                      assertThrows(SQLException.class, () -> Sql.execute(c, again));
                      assertThrows(SQLException.class, insert::executeUpdate);
                      assertThrows(SQLException.class, () -> insert(c, 3));
                      return "all is well";
                    }));
    assertTrue(String.valueOf(e.getMessage()).contains("UNIQUE"), e.toString());
    assertEquals("", stored());
  }

  @Test
  void statementsThatItHasLeftOpenAreClosed() throws Exception {
    List<Statement> statements = new ArrayList<>();
    S3Transactions.run(
        source,
        c -> {
          Sql.execute(c, "INSERT INTO t VALUES (1), (2)");
          Statement statement = c.createStatement();
          ResultSet result = statement.executeQuery("SELECT v FROM t");
          assertSame(statement, result.getStatement());
          assertTrue(result.next());
          statements.add(statement);
          return result.getInt(1);
        });
    assertTrue(statements.get(0).isClosed());
    assertEquals("1,2", stored());
  }

  @Test
  void anotherTransactionOnTheSameDataSourceIsRefused() throws Exception {
    assertThrows(
        IllegalStateException.class,
        () -> S3Transactions.run(source, c -> S3Transactions.run(source, d -> 1)));
    assertEquals(2, S3Transactions.<Integer>run(source, c -> 2));
  }

  @Test
  void whatADataSourceHasLeftInATransactionIsRolledBack() throws Exception {
    try (Connection c = source.getConnection()) {
      c.setAutoCommit(false);
      insert(c, 5);
      DataSource careless = new SingleConnectionDataSource(c, true);
      S3Transactions.run(
          careless,
          d -> {
            insert(d, 6);
            return 0;
          });
      assertEquals("6", stored());
      assertFalse(c.getAutoCommit());
      insert(c, 7);
      assertEquals("6", stored());
      c.commit();
      assertEquals("6,7", stored());
    }
  }

  @Test
  void aNegativeLimitIsRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> S3Transactions.run(source, Duration.ofNanos(-1), c -> 0));
  }
}
