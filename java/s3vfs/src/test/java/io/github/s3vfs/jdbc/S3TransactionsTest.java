package io.github.s3vfs.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariDataSource;
import io.github.s3vfs.internal.store.FaultPlan;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.store.InMemoryObjectStore.Request;
import io.github.s3vfs.internal.vfs.MemoryVfs;
import io.github.s3vfs.jdbc.TwoProcesses.Source;
import io.github.s3vfs.scenario.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Commits that lose, and the transactions that are begun again. */
class S3TransactionsTest {
  private static final int INCREMENTS = Boolean.getBoolean("s3vfs.test.thorough") ? 200 : 15;
  private static final TwoProcesses PROCESSES = new TwoProcesses();

  private final AtomicInteger calls = new AtomicInteger();

  @BeforeEach
  void empty() throws SQLException {
    PROCESSES.elsewhere("DELETE FROM t", "INSERT INTO t VALUES (0)");
  }

  @AfterAll
  static void stop() {
    PROCESSES.close();
  }

  /** Its first {@code losses} COMMITs lose. */
  private int insert(Connection c, int losses) throws SQLException {
    Savepoint savepoint = c.setSavepoint(); // sqlite-jdbc sets autoCommit with its own
    Sql.execute(c, "INSERT INTO t VALUES (1)");
    c.releaseSavepoint(savepoint);
    if (calls.incrementAndGet() <= losses) {
      PROCESSES.elsewhere("INSERT INTO t VALUES (100)");
    }
    return calls.get();
  }

  private static SQLiteErrorCode code(SQLException e) {
    return e instanceof SQLiteException s ? s.getResultCode() : SQLiteErrorCode.UNKNOWN_ERROR;
  }

  /** What a borrower gets is in no transaction, and its transactions are transactions. */
  private static void assertClean(DataSource source, boolean autoCommit) throws SQLException {
    String before = PROCESSES.stored();
    try (Connection c = source.getConnection()) {
      assertEquals(autoCommit, c.getAutoCommit());
      c.setAutoCommit(false);
      Sql.execute(c, "INSERT INTO t VALUES (1000)");
      c.rollback();
      assertEquals(before, PROCESSES.stored());
      Sql.execute(c, "INSERT INTO t VALUES (2000)");
      c.commit();
      assertEquals(before + ",2000", PROCESSES.stored());
    }
  }

  @ParameterizedTest
  @EnumSource(Source.class)
  void aTransactionThatHasLostIsBegunAgain(Source kind) throws Exception {
    DataSource source = PROCESSES.source(kind);
    assertEquals(3, S3Transactions.<Integer>run(source, c -> insert(c, 2)));
    assertEquals("0,100,100,1", PROCESSES.stored());
  }

  @ParameterizedTest
  @CsvSource({"DRIVER, true", "DRIVER, false", "STOCK, true", "STOCK, false"})
  void aPoolGetsItsConnectionBackAsItWas(Source kind, boolean autoCommit) throws Exception {
    try (HikariDataSource pool = PROCESSES.pool(kind, autoCommit)) {
      assertEquals(3, S3Transactions.<Integer>run(pool, c -> insert(c, 2)));
      assertEquals("0,100,100,1", PROCESSES.stored());
      assertClean(pool, autoCommit);
      calls.set(0);
      SQLException e =
          assertThrows(
              SQLException.class, () -> S3Transactions.run(pool, Duration.ZERO, c -> insert(c, 1)));
      assertEquals(SQLiteErrorCode.SQLITE_BUSY_SNAPSHOT, code(e));
      assertEquals(1, calls.get());
      assertEquals("0,100,100,1,2000,100", PROCESSES.stored());
      assertClean(pool, autoCommit);
    }
  }

  @Test
  void incrementsOfManyThreadsAndTwoProcessesAllCount() throws Exception {
    String there = PROCESSES.url(true, "busy_timeout=100");
    int threads = 0;
    ExecutorService executor = Executors.newCachedThreadPool();
    try (HikariDataSource pool = PROCESSES.pool(Source.STOCK, false)) {
      pool.setMaximumPoolSize(2);
      List<Future<Integer>> all = new ArrayList<>();
      for (DataSource source :
          List.of(
              pool,
              pool,
              PROCESSES.source(Source.DRIVER),
              TwoProcesses.source(Source.DRIVER, there),
              TwoProcesses.source(Source.STOCK, there))) {
        threads++;
        all.add(executor.submit(() -> increment(source)));
      }
      for (Future<Integer> each : all) {
        assertEquals(INCREMENTS, each.get(10, TimeUnit.MINUTES));
      }
    } finally {
      executor.shutdownNow();
    }
    assertEquals(threads * INCREMENTS + "", PROCESSES.stored());
  }

  private static int increment(DataSource source) throws SQLException {
    int done = 0;
    while (done < INCREMENTS) {
      S3Transactions.run(
          source,
          Duration.ofMinutes(5),
          c -> {
            int v = Integer.parseInt(Sql.value(c, "SELECT v FROM t"));
            Sql.execute(c, "UPDATE t SET v = " + (v + 1));
            return v;
          });
      done++;
    }
    return done;
  }

  @Test
  void aCommitOfUnknownOutcomeIsNotRepeated() throws Exception {
    InMemoryObjectStore store = new InMemoryObjectStore("bucket");
    try (MemoryVfs vfs = new MemoryVfs(store, store);
        Connection other = vfs.connect("db", "&layout=snapshot")) {
      Sql.execute(other, "CREATE TABLE t(v)");
      SQLiteDataSource source = new SQLiteDataSource();
      source.setUrl("jdbc:sqlite:file:db?vfs=" + vfs.vfs().config().name());
      SQLException e =
          assertThrows(
              SQLException.class,
              () -> S3Transactions.run(source, c -> insertWithoutAnswer(c, store.faults())));
      assertEquals(SQLiteErrorCode.SQLITE_IOERR.code, code(e).code & 0xff, e.toString());
      assertEquals(1, calls.get());
      store.faults().clear();
      // It has taken effect; a repetition would have done so twice.
      assertEquals("1", Sql.value(other, "SELECT count(*) FROM t"));
    }
  }

  private int insertWithoutAnswer(Connection c, FaultPlan faults) throws SQLException {
    Sql.execute(c, "INSERT INTO t VALUES (1)");
    faults.on(Request.PUT).key("db/head").times(1).failAfter(FaultPlan.unavailable());
    faults.on(Request.GET).key("db/head").failBefore(FaultPlan.unavailable());
    return calls.incrementAndGet();
  }

  @Test
  void aCommitThatMayHaveTakenEffectInAnotherDatabaseIsNotRepeated() throws Exception {
    String url = PROCESSES.url(false, "busy_timeout=0&journal_mode=MEMORY");
    String second = PROCESSES.url(false, "").replace("jdbc:sqlite:", "").replace("db?", "db2?");
    DataSource source = TwoProcesses.source(Source.DRIVER, url);
    SQLException e =
        assertThrows(
            SQLException.class, () -> S3Transactions.run(source, c -> insertIntoBoth(c, second)));
    assertEquals(SQLiteErrorCode.SQLITE_BUSY_SNAPSHOT, code(e), e.toString());
    assertEquals(1, calls.get());
  }

  private int insertIntoBoth(Connection c, String second) throws SQLException {
    Sql.execute(
        c,
        "ATTACH '" + second + "' AS second",
        "PRAGMA second.journal_mode = MEMORY",
        "CREATE TABLE IF NOT EXISTS second.u(v)",
        "INSERT INTO u VALUES (1)");
    return insert(c, 1);
  }

  @Test
  void theLastFailureHasTheEarlierOnesSuppressed() {
    List<SQLException> thrown = new ArrayList<>();
    SQLException last =
        assertThrows(
            SQLException.class,
            () ->
                S3Transactions.run(
                    PROCESSES.source(Source.DRIVER),
                    c -> {
                      thrown.add(new SQLiteException("planned", SQLiteErrorCode.SQLITE_BUSY));
                      if (thrown.size() == 3) {
                        Thread.currentThread().interrupt(); // ends the next pause
                      }
                      throw thrown.get(thrown.size() - 1);
                    }));
    assertTrue(Thread.interrupted(), "the interrupt status is kept");
    assertEquals(3, thrown.size());
    assertEquals(thrown.get(2), last);
    assertEquals(thrown.subList(0, 2), List.of(last.getSuppressed()));
  }
}
