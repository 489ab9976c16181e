package io.github.s3vfs.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.scenario.Failure;
import io.github.s3vfs.scenario.Sql;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sqlite.SQLiteDataSource;
import software.amazon.awssdk.regions.Region;

/** The end of an application that leaves connections open. */
@Timeout(60) // less than a lease lasts that nobody gives back, with what goes before
class CloseAllTest {
  private static final int THREADS = 4;

  private static DefaultVfs s3;

  @BeforeAll
  static void start() {
    s3 = new DefaultVfs();
  }

  @AfterAll
  static void stop() {
    s3.close();
  }

  private static Connection open(String key) throws SQLException {
    return DriverManager.getConnection(s3.url("/bucket/" + key));
  }

  @Test
  void whatIsOpenFailsAndWhatWasNotCommittedIsNotThere() throws Exception {
    try (Connection writer = open("open");
        Connection reader = open("open")) {
      Sql.execute(writer, "CREATE TABLE t(x)", "INSERT INTO t VALUES (1)");
      assertEquals("1", Sql.value(reader, "SELECT count(*) FROM t"));
      Sql.execute(writer, "BEGIN", "INSERT INTO t VALUES (2)");
      S3Vfs.closeAll();
      Failure.ofSql(() -> Sql.execute(writer, "COMMIT")).names("SQLITE_IOERR");
      Failure.ofSql(() -> Sql.rows(reader, "SELECT * FROM t")).names("SQLITE_IOERR");
    }
    assertEquals(Optional.empty(), S3Vfs.find("s3"));
    try (Connection again = open("open")) {
      assertEquals("1", Sql.value(again, "SELECT count(*) FROM t"));
      Sql.execute(again, "INSERT INTO t VALUES (3)"); // the lease was given back
      Sql.assertIntact(again);
    }
  }

  @Test
  void connectionsOfStockSqliteJdbcFailToo() throws Exception {
    S3Vfs.install().allowEndpoint(s3.server.endpoint());
    SQLiteDataSource stock = new SQLiteDataSource();
    stock.setUrl(s3.url("/bucket/stock"));
    try (Connection connection = stock.getConnection()) {
      Sql.execute(connection, "CREATE TABLE t(x)");
      S3Vfs.closeAll();
      Failure.ofSql(() -> Sql.execute(connection, "SELECT * FROM t")).names("SQLITE_IOERR");
    }
    Failure.ofSql(() -> stock.getConnection().close()).names("no such vfs");
  }

  private static S3Vfs register() {
    return S3Vfs.builder()
        .name("mine")
        .bucket(DefaultVfs.BUCKET)
        .region(Region.US_EAST_1)
        .endpoint(s3.server.endpoint())
        .pathStyle(true)
        .register();
  }

  @Test
  void namesAreFreeAgainAndClosingWhatIsClosedDoesNothing() throws Exception {
    S3Vfs first = register();
    Failure.of(CloseAllTest::register).names("'mine'", "S3Vfs.builder().name(");
    S3Vfs.closeAll();
    S3Vfs.closeAll();
    first.close();
    try (S3Vfs second = register();
        Connection connection =
            DriverManager.getConnection("jdbc:sqlite:file:names?vfs=" + second.name())) {
      Sql.execute(connection, "CREATE TABLE t(x)");
      first.close();
      Sql.execute(connection, "INSERT INTO t VALUES (1)");
    }
  }

  @Test
  void everyCommitThatWasReportedIsThere() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    CountDownLatch running = new CountDownLatch(3 * THREADS);
    List<Future<Integer>> reported = new ArrayList<>();
    s3.server.faults().latency(Duration.ofMillis(5));
    try {
      for (int i = 0; i < THREADS; i++) {
        String key = "busy" + i;
        reported.add(threads.submit(() -> insertUntilFailure(key, running)));
      }
      assertTrue(running.await(30, TimeUnit.SECONDS));
      S3Vfs.closeAll();
      for (int i = 0; i < THREADS; i++) {
        int count = reported.get(i).get(30, TimeUnit.SECONDS);
        try (Connection connection = open("busy" + i)) {
          int there = Integer.parseInt(Sql.value(connection, "SELECT count(*) FROM t"));
          assertTrue(there == count || there == count + 1, there + " rows of " + count);
          Sql.execute(connection, "INSERT INTO t VALUES (1)");
          Sql.assertIntact(connection);
        }
      }
    } finally {
      s3.server.faults().latency(Duration.ZERO);
      threads.shutdownNow();
    }
  }

  private static int insertUntilFailure(String key, CountDownLatch running) throws SQLException {
    int count = 0;
    try (Connection connection = open(key)) {
      Sql.execute(connection, "CREATE TABLE t(x)");
      while (true) {
        try {
          Sql.execute(connection, "INSERT INTO t VALUES (1)");
        } catch (SQLException e) {
          return count;
        }
        count++;
        running.countDown();
      }
    }
  }
}
