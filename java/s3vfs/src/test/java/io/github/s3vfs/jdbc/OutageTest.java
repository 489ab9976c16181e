package io.github.s3vfs.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.scenario.Bucket;
import io.github.s3vfs.scenario.Failure;
import io.github.s3vfs.scenario.Sql;
import io.github.s3vfs.testkit.Fault;
import io.github.s3vfs.testkit.FaultRule;
import io.github.s3vfs.testkit.RequestMatch;
import io.github.s3vfs.testkit.S3Operation;
import io.github.s3vfs.testkit.S3TestServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** S3 fails for longer than the retries: one clear error, and no harm. */
@ParameterizedClass
@EnumSource(Layout.class)
class OutageTest {
  @Parameter Layout layout = Layout.BLOCKS;

  private static final Outage[] DURING_COMMIT =
      Boolean.getBoolean("s3vfs.test.thorough")
          ? Outage.values()
          : new Outage[] {Outage.INTERNAL_ERROR, Outage.RESET_AFTER_EFFECT};

  /** In other modes than DELETE. */
  private static final Outage[] IN_OTHER_MODES =
      Boolean.getBoolean("s3vfs.test.thorough")
          ? Outage.values()
          : new Outage[] {Outage.RESET_AFTER_EFFECT};

  private static Layout storedAs = Layout.BLOCKS;
  private static S3TestServer server;
  private static S3Vfs vfs;

  @BeforeParameterizedClassInvocation
  static void open(Layout layout) {
    storedAs = layout;
    server = S3TestServer.builder().inMemory().start();
    server.createBucket(Bucket.NAME);
    vfs =
        Bucket.vfs(
            server,
            b ->
                b.layout(layout)
                    .cacheSizeBytes(0)
                    .retries(1)
                    .requestTimeout(Duration.ofSeconds(4))
                    .leaseTerm(Duration.ofSeconds(8)));
  }

  @AfterParameterizedClassInvocation
  static void close() {
    vfs.close();
    server.close();
  }

  @BeforeEach
  void store() throws Exception {
    server.objects(Bucket.NAME).keys().forEach(server.objects(Bucket.NAME)::delete);
    try (Connection connection = connect()) {
      Sql.execute(
          connection,
          "CREATE TABLE t(id INTEGER PRIMARY KEY, v)",
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)"
              + " INSERT INTO t SELECT i, 'old' || hex(zeroblob(100)) FROM n");
    }
  }

  @AfterEach
  void mend() {
    server.faults().clear();
  }

  private static Connection connect() throws SQLException {
    return DriverManager.getConnection(Bucket.url(vfs, "db", ""));
  }

  /** How S3 fails. */
  enum Outage {
    SLOW_DOWN,
    INTERNAL_ERROR,
    RESET,
    RESET_AFTER_EFFECT;

    Fault fault() {
      return switch (this) {
        case SLOW_DOWN -> Fault.slowDown();
        case INTERNAL_ERROR -> Fault.internalError();
        case RESET -> Fault.resetBeforeEffect();
        case RESET_AFTER_EFFECT -> Fault.resetAfterEffect();
      };
    }
  }

  @ParameterizedTest
  @EnumSource(Outage.class)
  void aReadFailsNamingTheObjectAndWorksAfterwards(Outage outage) throws Exception {
    try (Connection connection = connect()) {
      server.faults().add(RequestMatch.any(), outage.fault());
      Failure.ofSql(() -> Sql.rows(connection, "SELECT * FROM t"))
          .names("s3://" + Bucket.NAME + "/db")
          .is(ErrorKind.UNAVAILABLE);
      server.faults().clear();
      assertEquals("100", Sql.value(connection, "SELECT count(v) FROM t"));
      Sql.assertIntact(connection);
    }
  }

  @Test
  void aReadOfOneBlockInTheMiddleOfAQueryFailsNamingIt() throws Exception {
    try (Connection connection = connect()) {
      String block = layout == Layout.BLOCKS ? "db/0000000003" : "db/s/";
      server.faults().add(RequestMatch.any().keyPrefix(block), Fault.slowDown());
      Failure.ofSql(() -> Sql.rows(connection, "SELECT * FROM t"))
          .names("s3://" + Bucket.NAME + "/" + block)
          .is(ErrorKind.UNAVAILABLE);
      server.faults().clear();
      assertEquals("100", Sql.value(connection, "SELECT count(v) FROM t"));
    }
  }

  @Test
  void anOpenFailsNamingTheObject() throws Exception {
    server.faults().add(RequestMatch.any(), Fault.slowDown());
    Failure.ofOpening(Bucket.url(vfs, "db", ""))
        .names("s3://" + Bucket.NAME + "/db", "5xx")
        .is(ErrorKind.UNAVAILABLE);
  }

  @Test
  void aBodyThatIsCutShortIsReadAgain() throws Exception {
    FaultRule rule =
        server
            .faults()
            .add(
                RequestMatch.of(S3Operation.GET_OBJECT)
                    .keyPrefix(layout == Layout.BLOCKS ? "db/0000000003" : "db/s/")
                    .first(1),
                Fault.truncateBody(100));
    try (Connection connection = connect()) {
      Sql.assertIntact(connection);
    }
    assertEquals(1, rule.fired());
  }

  @Test
  void bodiesThatAreAlwaysCutShortAreAnErrorAndNeverAWrongRow() throws Exception {
    server
        .faults()
        .add(RequestMatch.of(S3Operation.GET_OBJECT).keyPrefix("db/"), Fault.truncateBody(100));
    Failure.ofSql(
            () -> {
              try (Connection connection = connect()) {
                Sql.rows(connection, "SELECT * FROM t");
              }
            })
        .names("s3://" + Bucket.NAME + "/db/")
        .is(ErrorKind.UNAVAILABLE);
    server.faults().clear();
    try (Connection connection = connect()) {
      Sql.assertIntact(connection);
    }
  }

  record DuringCommit(String journalMode, Outage outage, String what, RequestMatch match) {
    @Override
    public String toString() {
      return journalMode + " " + outage + " of " + what;
    }
  }

  static Stream<DuringCommit> duringCommit() {
    List<DuringCommit> all = new ArrayList<>();
    RequestMatch put = RequestMatch.of(S3Operation.PUT_OBJECT);
    if (storedAs == Layout.SNAPSHOT) {
      for (Outage outage : DURING_COMMIT) {
        all.add(new DuringCommit("DELETE", outage, "everything", RequestMatch.any()));
        all.add(new DuringCommit("DELETE", outage, "the segments", put.keyPrefix("db/s/")));
        all.add(new DuringCommit("DELETE", outage, "the head", put.key("db/head")));
      }
      return all.stream();
    }
    RequestMatch delete = RequestMatch.of(S3Operation.DELETE_OBJECT, S3Operation.DELETE_OBJECTS);
    for (String mode : List.of("DELETE", "TRUNCATE", "PERSIST")) {
      for (Outage outage : mode.equals("DELETE") ? DURING_COMMIT : IN_OTHER_MODES) {
        all.add(new DuringCommit(mode, outage, "everything", RequestMatch.any()));
        all.add(new DuringCommit(mode, outage, "the journal", put.keyPrefix("db-journal/")));
        all.add(new DuringCommit(mode, outage, "the blocks", put.keyPrefix("db/")));
        all.add(new DuringCommit(mode, outage, "one block", put.key("db/0000000004")));
        all.add(new DuringCommit(mode, outage, "block 0", put.key("db/0000000000")));
        all.add(new DuringCommit(mode, outage, "the journal's deletion", delete));
      }
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("duringCommit")
  void aCommitFailsWithTheOldOrTheNewContentAfterwards(DuringCommit c) throws Exception {
    try (Connection connection = connect()) {
      Sql.execute(connection, "PRAGMA journal_mode = " + c.journalMode);
      Sql.execute(connection, "UPDATE t SET v = v || 'x' WHERE id = 1");
      FaultRule rule = server.faults().add(c.match, c.outage.fault());
      boolean failed = false;
      try {
        Sql.execute(connection, "UPDATE t SET v = 'new' || v");
      } catch (SQLException e) {
        failed = true;
        assertTrue(String.valueOf(e.getMessage()).contains("s3://bucket/db"), e.getMessage());
      }
      // What became of the head is found out at once.
      boolean settled = c.outage == Outage.RESET_AFTER_EFFECT && c.what.equals("the head");
      assertEquals(rule.fired() > 0 && !settled, failed, "failed");
      server.faults().clear();
      String old = assertOldOrNew(connection, !failed);
      Sql.execute(connection, "UPDATE t SET v = 'newer'");
      assertEquals("100", Sql.value(connection, "SELECT count(*) FROM t WHERE v = 'newer'"), old);
    }
    S3Vfs other = Bucket.vfs(server, b -> b.layout(layout));
    try (other;
        Connection connection = DriverManager.getConnection(Bucket.url(other, "db", ""))) {
      Sql.assertIntact(connection);
      assertEquals("100", Sql.value(connection, "SELECT count(*) FROM t WHERE v = 'newer'"));
    }
  }

  private static String assertOldOrNew(Connection connection, boolean committed)
      throws SQLException {
    Sql.assertIntact(connection);
    String old = Sql.value(connection, "SELECT count(*) FROM t WHERE v LIKE 'old%'");
    String changed = Sql.value(connection, "SELECT count(*) FROM t WHERE v LIKE 'newold%'");
    assertEquals(100, Integer.parseInt(old) + Integer.parseInt(changed));
    assertTrue(old.equals("0") || (old.equals("100") && !committed), old + " old rows");
    return old;
  }

  static Stream<DuringCommit> withJournalModeDelete() {
    return duringCommit().filter(c -> c.journalMode.equals("DELETE"));
  }

  @ParameterizedTest
  @MethodSource("withJournalModeDelete")
  void aDatabaseWhoseWriterDiedInTheOutageIsOldOrNew(DuringCommit c) throws Exception {
    boolean committed = true;
    try (Connection connection = connect()) {
      Sql.execute(connection, "PRAGMA journal_mode = " + c.journalMode);
      server.faults().add(c.match, c.outage.fault());
      try {
        Sql.execute(connection, "UPDATE t SET v = 'new' || v");
      } catch (SQLException e) {
        committed = false;
      }
    } catch (SQLException e) {
      // The connection was of no use any more when it was closed.
    }
    server.faults().clear();
    S3Vfs other = Bucket.vfs(server, b -> b.layout(layout));
    // A DELETE of which nobody knows whether it will still happen keeps the lease for its term.
    try (other;
        Connection connection =
            DriverManager.getConnection(Bucket.url(other, "db", "busy_timeout=20000"))) {
      assertOldOrNew(connection, committed);
    }
  }
}
