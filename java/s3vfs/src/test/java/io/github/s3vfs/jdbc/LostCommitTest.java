package io.github.s3vfs.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.jdbc.TwoProcesses.Source;
import io.github.s3vfs.scenario.Sql;
import io.github.s3vfs.testkit.Fault;
import io.github.s3vfs.testkit.RequestMatch;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What a connection is like after SQLite has ended its transaction by itself. */
class LostCommitTest {
  private final TwoProcesses processes = new TwoProcesses();

  @AfterEach
  void stop() {
    processes.close();
  }

  private Connection begin(Source source) throws SQLException {
    Connection c = processes.source(source).getConnection();
    c.setAutoCommit(false);
    return c;
  }

  private static SQLException assertBusySnapshot(Executable call) {
    SQLException e = assertThrows(SQLException.class, call);
    assertTrue(
        e instanceof SQLiteException s && s.getResultCode() == SQLiteErrorCode.SQLITE_BUSY_SNAPSHOT,
        e.toString());
    return e;
  }

  private void lose(Connection c) throws SQLException {
    processes.makeItLose(c);
    assertBusySnapshot(c::commit);
    assertEquals("0,100", processes.stored());
  }

  @Test
  void sqliteJdbcAloneThenRunsStatementsOneByOne() throws Exception {
    try (Connection c = begin(Source.STOCK)) {
      lose(c);
      assertFalse(c.getAutoCommit());
      Sql.execute(c, "INSERT INTO t VALUES (2)");
      assertEquals("0,100,2", processes.stored());
      SQLException e = assertThrows(SQLException.class, c::rollback);
      assertTrue(String.valueOf(e.getMessage()).contains("no transaction is active"), e.toString());
      assertThrows(SQLException.class, c::commit);
      assertThrows(SQLException.class, () -> c.setAutoCommit(true));
      assertTrue(c.getAutoCommit());
      c.setAutoCommit(false);
      Sql.execute(c, "INSERT INTO t VALUES (3)");
      assertEquals("0,100,2", processes.stored());
      c.commit();
      assertEquals("0,100,2,3", processes.stored());
    }
  }

  @Test
  void nothingIsExecutedBeforeARollback() throws Exception {
    try (Connection c = begin(Source.DRIVER);
        PreparedStatement insert = c.prepareStatement("INSERT INTO t VALUES (2)")) {
      lose(c);
      SQLException e = assertBusySnapshot(() -> Sql.execute(c, "INSERT INTO t VALUES (2)"));
      assertTrue(String.valueOf(e.getMessage()).contains("call rollback()"), e.toString());
      assertBusySnapshot(insert::executeUpdate);
      insert.addBatch();
      assertBusySnapshot(insert::executeBatch);
      assertBusySnapshot(c::setSavepoint);
      assertBusySnapshot(c::commit);
      c.rollback();
      insert.executeUpdate();
      assertEquals("0,100", processes.stored());
      c.commit();
      assertEquals("0,100,2", processes.stored());
    }
  }

  @Test
  void autoCommitIsAWayOut() throws Exception {
    try (Connection c = begin(Source.DRIVER)) {
      lose(c);
      c.setAutoCommit(true);
      assertTrue(c.getAutoCommit());
      Sql.execute(c, "INSERT INTO t VALUES (2)");
      assertEquals("0,100,2", processes.stored());
      c.setAutoCommit(false);
      Sql.execute(c, "INSERT INTO t VALUES (3)");
      c.rollback();
      assertEquals("0,100,2", processes.stored());
    }
  }

  @Test
  void aRepeatedCommitNeverSucceeds() throws Exception {
    try (Connection c = begin(Source.DRIVER)) {
      lose(c);
      for (int i = 0; i < 3; i++) {
        assertBusySnapshot(c::commit);
      }
      assertEquals("0,100", processes.stored());
    }
  }

  @Test
  void whatAStatementHasRolledBackIsNotGoneOnWith() throws Exception {
    try (Connection c = begin(Source.DRIVER)) {
      Sql.execute(c, "CREATE TABLE u(x UNIQUE ON CONFLICT ROLLBACK)", "INSERT INTO u VALUES (1)");
      assertThrows(SQLException.class, () -> Sql.execute(c, "INSERT INTO u VALUES (1)"));
      assertThrows(SQLException.class, () -> Sql.execute(c, "INSERT INTO t VALUES (2)"));
      assertThrows(SQLException.class, c::commit);
      // It would commit; that which is to be committed is gone.
      assertThrows(SQLException.class, () -> c.setAutoCommit(true));
      assertTrue(c.getAutoCommit());
      assertEquals("0", processes.stored());
      Sql.execute(c, "INSERT INTO t VALUES (3)");
      assertEquals("0,3", processes.stored());
    }
  }

  @Test
  void aFailureThatRollsNothingBackIsGoneOnFrom() throws Exception {
    try (Connection c = begin(Source.DRIVER)) {
      Sql.execute(c, "INSERT INTO t VALUES (1)");
      assertThrows(SQLException.class, () -> Sql.execute(c, "INSERT INTO nowhere VALUES (1)"));
      assertThrows(SQLException.class, () -> Sql.execute(c, "BEGIN"));
      Sql.execute(c, "INSERT INTO t VALUES (2)");
      assertEquals("0", processes.stored());
      c.commit();
      assertEquals("0,1,2", processes.stored());
    }
  }

  @Test
  void aCommitThatHasTakenEffectDoesNotFailBecauseTheNextTransactionCannotBegin() throws Exception {
    String url = processes.url(false, "busy_timeout=0&transaction_mode=IMMEDIATE");
    try (Connection c = TwoProcesses.source(Source.DRIVER, url).getConnection()) {
      c.setAutoCommit(false);
      Sql.execute(c, "INSERT INTO t VALUES (1)");
      refuseRequestsOfTheHeadAfterItsNextPut();
      c.commit();
      assertFalse(c.getAutoCommit());
      SQLException e =
          assertThrows(SQLException.class, () -> Sql.execute(c, "INSERT INTO t VALUES (2)"));
      assertTrue(String.valueOf(e.getMessage()).contains("AccessDenied"), e.toString());
      processes.bucket.server().faults().clear();
      c.rollback();
      Sql.execute(c, "INSERT INTO t VALUES (3)");
      assertEquals("0,1", processes.stored());
      c.commit();
      assertEquals("0,1,3", processes.stored());
    }
  }

  private void refuseRequestsOfTheHeadAfterItsNextPut() {
    AtomicBoolean put = new AtomicBoolean();
    RequestMatch afterPut =
        RequestMatch.any()
            .key("db/head")
            .where(request -> put.get() || (request.method().equals("PUT") && put.getAndSet(true)));
    processes.bucket.server().faults().add(afterPut, Fault.error(403, "AccessDenied"));
  }

  /** In the layout blocks, as in a local file, COMMIT waits for readers, and can be repeated. */
  @Test
  void aCommitThatWasBusyIsRepeatedOrRolledBackButNotCommittedByAutoCommit() throws Exception {
    try (Connection c = connectToBlocks();
        Connection reader = connectToBlocks()) {
      Sql.execute(c, "CREATE TABLE u(v)");
      c.setAutoCommit(false);
      Sql.execute(reader, "BEGIN");
      assertEquals("0", Sql.value(reader, "SELECT count(*) FROM u"));
      Sql.execute(c, "INSERT INTO u VALUES (1)");
      assertBusy(c::commit);
      Sql.execute(reader, "ROLLBACK");
      c.commit();
      assertEquals("1", Sql.value(reader, "SELECT group_concat(v) FROM u"));

      Sql.execute(reader, "BEGIN");
      assertEquals("1", Sql.value(reader, "SELECT count(*) FROM u"));
      Sql.execute(c, "INSERT INTO u VALUES (2)");
      assertBusy(c::commit);
      Sql.execute(reader, "ROLLBACK");
      c.setAutoCommit(true);
      assertEquals("1", Sql.value(reader, "SELECT group_concat(v) FROM u"));
    }
  }

  @Test
  void autoCommitThatCannotCommitRollsBack() throws Exception {
    try (Connection c = connectToBlocks();
        Connection reader = connectToBlocks()) {
      Sql.execute(c, "CREATE TABLE u(v)");
      c.setAutoCommit(false);
      Sql.execute(reader, "BEGIN");
      assertEquals("0", Sql.value(reader, "SELECT count(*) FROM u"));
      Sql.execute(c, "INSERT INTO u VALUES (1)");
      assertBusy(() -> c.setAutoCommit(true));
      assertTrue(c.getAutoCommit());
      Sql.execute(reader, "ROLLBACK");
      Sql.execute(c, "INSERT INTO u VALUES (2)");
      assertEquals("2", Sql.value(reader, "SELECT group_concat(v) FROM u"));
    }
  }

  @Test
  void sqliteJdbcAloneThenCommitsByAutoCommit() throws Exception {
    String url = processes.url(false, "busy_timeout=0").replace("file:db?", "file:b?");
    try (Connection reader = connectToBlocks();
        Connection c = TwoProcesses.source(Source.STOCK, url).getConnection()) {
      Sql.execute(reader, "CREATE TABLE u(v)", "BEGIN");
      assertEquals("0", Sql.value(reader, "SELECT count(*) FROM u"));
      c.setAutoCommit(false);
      Sql.execute(c, "INSERT INTO u VALUES (1)");
      assertBusy(c::commit);
      Sql.execute(reader, "ROLLBACK");
      c.setAutoCommit(true);
      assertEquals("1", Sql.value(reader, "SELECT group_concat(v) FROM u"));
    }
  }

  private Connection connectToBlocks() throws SQLException {
    String url =
        processes.url(false, "busy_timeout=0&layout=blocks").replace("file:db?", "file:b?");
    return TwoProcesses.source(Source.DRIVER, url).getConnection();
  }

  private static void assertBusy(Executable call) {
    SQLException e = assertThrows(SQLException.class, call);
    assertTrue(
        e instanceof SQLiteException s && s.getResultCode() == SQLiteErrorCode.SQLITE_BUSY,
        e.toString());
  }

  @Test
  void autoCommitStaysWhereATransactionCannotBegin() throws Exception {
    String url = processes.url(false, "busy_timeout=0&transaction_mode=IMMEDIATE");
    try (Connection c = connectToBlocks();
        Connection other =
            TwoProcesses.source(Source.DRIVER, url.replace("file:db?", "file:b?"))
                .getConnection()) {
      Sql.execute(c, "CREATE TABLE u(v)", "BEGIN IMMEDIATE");
      assertBusy(() -> other.setAutoCommit(false));
      assertTrue(other.getAutoCommit());
      Sql.execute(c, "ROLLBACK");
      other.setAutoCommit(false);
      Sql.execute(other, "INSERT INTO u VALUES (1)");
      other.rollback();
      assertEquals("0", Sql.value(c, "SELECT count(*) FROM u"));
    }
  }
}
