package io.github.s3vfs.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.scenario.Bucket;
import io.github.s3vfs.scenario.Failure;
import io.github.s3vfs.scenario.Sql;
import io.github.s3vfs.testkit.S3TestServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Thread.interrupt ends a wait for S3, and does no harm to the connection. */
@ParameterizedClass
@EnumSource(Layout.class)
class InterruptTest {
  @Parameter Layout layout = Layout.BLOCKS;

  private static final Duration LATENCY = Duration.ofSeconds(5);
  private static S3TestServer server;
  private static S3Vfs vfs;

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

  @BeforeParameterizedClassInvocation
  static void open(Layout layout) {
    server = S3TestServer.builder().inMemory().start();
    server.createBucket(Bucket.NAME);
    vfs = Bucket.vfs(server, b -> b.layout(layout).cacheSizeBytes(0));
  }

  @AfterParameterizedClassInvocation
  static void close() {
    vfs.close();
    server.close();
  }

  @BeforeEach
  void store() throws Exception {
    try (Connection connection = connect()) {
      Sql.execute(
          connection,
          "DROP TABLE IF EXISTS t",
          "CREATE TABLE t(id INTEGER PRIMARY KEY, v)",
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)"
              + " INSERT INTO t SELECT i, hex(randomblob(100)) FROM n");
    }
  }

  @AfterEach
  void stop() {
    timer.shutdownNow();
    server.faults().clear();
  }

  private static Connection connect() throws Exception {
    return DriverManager.getConnection(Bucket.url(vfs, "db", ""));
  }

  /** Runs something on this thread that waits for S3, and interrupts it. */
  private void assertInterruptible(Failure.Action action) throws Exception {
    server.faults().latency(LATENCY);
    Thread self = Thread.currentThread();
    var unused = timer.schedule(self::interrupt, 300, TimeUnit.MILLISECONDS);
    long start = System.nanoTime();
    Failure failure;
    boolean interrupted;
    try {
      failure = Failure.ofSql(action);
    } finally {
      interrupted = Thread.interrupted();
      server.faults().clear();
    }
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    failure.names("interrupted").is(ErrorKind.INTERRUPTED);
    assertTrue(interrupted, "the interrupt status is gone");
    assertTrue(millis < LATENCY.toMillis() / 2, () -> "took " + millis + " ms");
  }

  private static void assertUsable(Connection connection) throws Exception {
    Sql.assertIntact(connection);
    assertEquals("100", Sql.value(connection, "SELECT count(v) FROM t"));
    Sql.execute(connection, "INSERT INTO t(v) VALUES ('more')");
    assertEquals("101", Sql.value(connection, "SELECT count(v) FROM t"));
  }

  @Test
  void aQueryFailsPromptlyAndTheConnectionIsUsable() throws Exception {
    try (Connection connection = connect()) {
      assertInterruptible(() -> Sql.rows(connection, "SELECT * FROM t"));
      assertUsable(connection);
    }
    try (Connection connection = connect()) {
      Sql.assertIntact(connection);
    }
  }

  @Test
  void aCommitFailsPromptlyAndTheConnectionIsUsable() throws Exception {
    try (Connection connection = connect()) {
      assertInterruptible(() -> Sql.execute(connection, "UPDATE t SET v = 'lost'"));
      assertEquals("0", Sql.value(connection, "SELECT count(*) FROM t WHERE v = 'lost'"));
      assertUsable(connection);
    }
    try (Connection connection = connect()) {
      Sql.assertIntact(connection);
      assertEquals("101", Sql.value(connection, "SELECT count(v) FROM t"));
    }
  }

  @Test
  void anOpenFailsPromptly() throws Exception {
    assertInterruptible(() -> connect().close());
    try (Connection connection = connect()) {
      assertUsable(connection);
    }
  }

  @Test
  void aThreadThatIsInterruptedAlreadyWaitsForNothing() throws Exception {
    try (Connection connection = connect()) {
      Thread.currentThread().interrupt();
      boolean interrupted;
      Failure failure;
      try {
        failure = Failure.ofSql(() -> Sql.rows(connection, "SELECT * FROM t"));
      } finally {
        interrupted = Thread.interrupted();
      }
      failure.is(ErrorKind.INTERRUPTED);
      assertTrue(interrupted, "the interrupt status is gone");
      assertUsable(connection);
    }
  }
}
