package io.github.s3vfs.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.zaxxer.hikari.HikariDataSource;
import io.github.s3vfs.jdbc.TwoProcesses.Source;
import io.github.s3vfs.scenario.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What the next borrower of a pool gets after a COMMIT that lost. */
class PoolAfterLostCommitTest {
  private static final TwoProcesses PROCESSES = new TwoProcesses();

  @BeforeEach
  void empty() throws SQLException {
    PROCESSES.elsewhere("DELETE FROM t", "INSERT INTO t VALUES (0)");
  }

  @AfterAll
  static void stop() {
    PROCESSES.close();
  }

  private static void assertLost(Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof SQLiteException s) {
        assertEquals(SQLiteErrorCode.SQLITE_BUSY_SNAPSHOT, s.getResultCode());
        return;
      }
    }
    throw new AssertionError("not of SQLite", thrown);
  }

  private static void lose(HikariDataSource pool) throws SQLException {
    try (Connection c = pool.getConnection()) {
      c.setAutoCommit(false);
      PROCESSES.makeItLose(c);
      assertLost(assertThrows(SQLException.class, c::commit));
    }
  }

  /** Transactions begin, roll back and commit as they should. */
  private static void assertUsable(HikariDataSource pool) throws SQLException {
    String before = PROCESSES.stored();
    try (Connection c = pool.getConnection()) {
      assertEquals(pool.isAutoCommit(), c.getAutoCommit());
      c.setAutoCommit(false);
      Sql.execute(c, "INSERT INTO t VALUES (3)");
      assertEquals(before, PROCESSES.stored());
      c.rollback();
      assertEquals(before, PROCESSES.stored());
      Sql.execute(c, "INSERT INTO t VALUES (4)");
      c.commit();
      assertEquals(before + ",4", PROCESSES.stored());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void hikariGivesTheNextBorrowerACleanConnectionOfTheDriver(boolean autoCommit) throws Exception {
    try (HikariDataSource pool = PROCESSES.pool(Source.DRIVER, autoCommit)) {
      for (int i = 0; i < 3; i++) {
        lose(pool);
        assertUsable(pool);
      }
      assertEquals("0,100,4,100,4,100,4", PROCESSES.stored());
    }
  }

  /** The reason for ADR 8. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void hikariGivesTheNextBorrowerAConnectionWithoutTransactionsOfSqliteJdbcAlone(boolean autoCommit)
      throws Exception {
    try (HikariDataSource pool = PROCESSES.pool(Source.STOCK, autoCommit)) {
      assertThrows(SQLException.class, () -> lose(pool));
      try (Connection next = pool.getConnection()) {
        assertFalse(next.getAutoCommit());
        next.setAutoCommit(false);
        Sql.execute(next, "INSERT INTO t VALUES (3)");
        assertEquals("0,100,3", PROCESSES.stored()); // was not to be committed
        assertThrows(SQLException.class, next::rollback);
        mend(next);
        Sql.execute(next, "INSERT INTO t VALUES (4)");
        next.rollback();
        assertEquals("0,100,3", PROCESSES.stored());
      }
      assertUsable(pool);
    }
  }

  /** As docs/SEMANTICS.md says. */
  private static void mend(Connection c) throws SQLException {
    try {
      c.setAutoCommit(true);
    } catch (SQLException noTransactionIsActive) {
      c.setAutoCommit(true);
    }
    c.setAutoCommit(false);
  }

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void springSeesTheFailureAndGoesOnWithTheDriver(
      boolean autoCommit, boolean rollbackOnCommitFailure) throws Exception {
    try (HikariDataSource pool = PROCESSES.pool(Source.DRIVER, autoCommit)) {
      TransactionException e = loseWithSpring(pool, rollbackOnCommitFailure);
      assertEquals("JDBC commit failed", e.getMessage());
      assertLost(e);
      assertSpringGoesOn(pool);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void springGoesOnWithSqliteJdbcAloneBecauseItSetsAutoCommit(boolean rollbackOnCommitFailure)
      throws Exception {
    try (HikariDataSource pool = PROCESSES.pool(Source.STOCK, true)) {
      TransactionException e = loseWithSpring(pool, rollbackOnCommitFailure);
      String expected = rollbackOnCommitFailure ? "JDBC rollback failed" : "JDBC commit failed";
      assertEquals(expected, e.getMessage());
      assertSpringGoesOn(pool);
    }
  }

  @Test
  void springRunsNoTransactionWhereNobodySetsAutoCommitOfSqliteJdbcAlone() throws Exception {
    try (HikariDataSource pool = PROCESSES.pool(Source.STOCK, false)) {
      loseWithSpring(pool, false);
      assertThrows(
          TransactionException.class,
          () ->
              new TransactionTemplate(new DataSourceTransactionManager(pool))
                  .executeWithoutResult(
                      status -> {
                        new JdbcTemplate(pool).update("INSERT INTO t VALUES (2)");
                        assertEquals("0,100,2", committed());
                      }));
    }
  }

  private static TransactionException loseWithSpring(
      HikariDataSource pool, boolean rollbackOnCommitFailure) throws SQLException {
    DataSourceTransactionManager manager = new DataSourceTransactionManager(pool);
    manager.setRollbackOnCommitFailure(rollbackOnCommitFailure);
    TransactionTemplate template = new TransactionTemplate(manager);
    JdbcTemplate jdbc = new JdbcTemplate(pool);
    TransactionException e =
        assertThrows(
            TransactionException.class,
            () ->
                template.executeWithoutResult(
                    status -> {
                      jdbc.update("INSERT INTO t VALUES (1)");
                      commitElsewhere();
                    }));
    assertEquals("0,100", PROCESSES.stored());
    return e;
  }

  private static void assertSpringGoesOn(HikariDataSource pool) throws SQLException {
    JdbcTemplate jdbc = new JdbcTemplate(pool);
    new TransactionTemplate(new DataSourceTransactionManager(pool))
        .executeWithoutResult(
            status -> {
              jdbc.update("INSERT INTO t VALUES (2)");
              assertEquals("0,100", committed());
            });
    assertEquals("0,100,2", PROCESSES.stored());
    assertUsable(pool);
  }

  private static void commitElsewhere() {
    try {
      PROCESSES.elsewhere("INSERT INTO t VALUES (100)");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static String committed() {
    try {
      return PROCESSES.stored();
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
