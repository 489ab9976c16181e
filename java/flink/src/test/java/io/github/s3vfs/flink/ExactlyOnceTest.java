package io.github.s3vfs.flink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.changelog.WriterOptions.InitMode;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.Random;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.types.DataType;
import org.apache.flink.types.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random histories of a table, copied by a job that fails between checkpoints, or whose task
 * managers are killed: nothing is lost, and nothing is there twice.
 */
class ExactlyOnceTest {
  private static final boolean THOROUGH = Boolean.getBoolean("s3vfs.test.thorough");
  private static final Duration INTERVAL = Duration.ofMillis(150);
  private static final DataType TYPE =
      DataTypes.ROW(
          DataTypes.FIELD("id", DataTypes.BIGINT().notNull()),
          DataTypes.FIELD("v", DataTypes.STRING()));

  /** How often each row was put in, less how often it was taken out, where that is not 0. */
  private static final String FOLDED =
      "SELECT id, v, sum(diff) FROM t GROUP BY id, v HAVING sum(diff) <> 0 ORDER BY id";

  /** What came when it was there, or went when it was not. */
  private static final String OUT_OF_TURN =
      "SELECT * FROM (SELECT id, v, time, sum(diff) OVER (PARTITION BY id ORDER BY rowid) AS now"
          + " FROM t) WHERE now NOT IN (0, 1)";

  @TempDir static Path directory = Path.of("");
  private static Cluster cluster;
  private static Databases databases;

  @BeforeAll
  static void start() throws Exception {
    databases = Databases.start();
    cluster = Cluster.start(2, 2, directory);
  }

  @AfterAll
  static void stop() throws Exception {
    cluster.close();
    databases.close();
  }

  private static Random random() {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("-Dseed=" + seed);
    return new Random(seed);
  }

  private static SqliteSourceOptions source(Random random) {
    return SqliteSourceOptions.changelog()
        .batchSize(2 + random.nextInt(30))
        .pollInterval(Duration.ofMillis(20));
  }

  /** A job that writes a log and a copy. */
  private static JobID copy(Random random, String from, String log, String copy) throws Exception {
    StreamExecutionEnvironment environment = cluster.environment(1, INTERVAL);
    DataStream<Row> rows =
        environment
            .fromSource(
                SqliteSource.rows(SqliteTable.of(from, "t", TYPE, "id"), source(random)),
                WatermarkStrategy.noWatermarks(),
                "source")
            .map(new Failures<>())
            .returns(FieldTypes.rows(SqliteTable.of(from, "t", TYPE).type()));
    var unused =
        rows.sinkTo(
                SqliteSink.rows(
                    SqliteTable.of(log, "t", TYPE),
                    SqliteSinkOptions.stream().init(InitMode.CREATE)))
            .name("log");
    var unusedToo =
        rows.sinkTo(
                SqliteSink.rows(
                    SqliteTable.of(copy, "t", TYPE, "id"),
                    SqliteSinkOptions.upsert().init(InitMode.CREATE)))
            .name("copy");
    return cluster.submit(environment);
  }

  private static void change(Random random, Connection connection) throws Exception {
    try (Statement statement = connection.createStatement()) {
      boolean unused = statement.execute("BEGIN IMMEDIATE");
      for (int n = 1 + random.nextInt(random.nextInt(4) == 0 ? 100 : 5); n > 0; n--) {
        int id = random.nextInt(200);
        String sql =
            switch (random.nextInt(4)) {
              case 0 -> "DELETE FROM t WHERE id = " + id;
              case 1 -> "UPDATE OR IGNORE t SET id = id + 1 WHERE id = " + id;
              default ->
                  "INSERT OR REPLACE INTO t VALUES (" + id + ", 'v" + random.nextInt(5) + "')";
            };
        boolean unusedToo = statement.execute(sql);
      }
      boolean unusedToo = statement.execute("COMMIT");
    }
  }

  @Test
  void failuresBetweenCheckpoints() throws Exception {
    Random random = random();
    String from = databases.create("from", "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)");
    String log = databases.create("log");
    String copy = databases.create("copy");
    JobID job = copy(random, from, log, copy);
    try (Connection connection = DriverManager.getConnection(from)) {
      // So often that each checkpoint has rows.
      for (int step = 0; step < (THOROUGH ? 2_000 : 150); step++) {
        change(random, connection);
        if (random.nextInt(20) == 0) {
          Failures.arm(random.nextInt(10));
        }
        Thread.sleep(random.nextInt(40));
      }
    }
    int failed = Failures.disarm();
    Databases.run(from, "INSERT OR REPLACE INTO t VALUES (1000, 'last')");
    assertCopied(from, log, copy);
    assertTrue(failed > 0, "it has not failed");
    cluster.cancel(job);
  }

  @Test
  void taskManagersThatAreKilled() throws Exception {
    Random random = random();
    String from = databases.create("from", "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)");
    String log = databases.create("log");
    String copy = databases.create("copy");
    JobID job = copy(random, from, log, copy);
    try (Connection connection = DriverManager.getConnection(from)) {
      for (int kill = 0; kill < (THOROUGH ? 10 : 2); kill++) {
        cluster.awaitRunning(job);
        long passed = Failures.passed();
        for (int i = 0; i < 5; i++) {
          change(random, connection);
        }
        Cluster.await("some rows have passed", () -> Failures.passed() > passed);
        Thread.sleep(random.nextInt(300));
        // Started first: a number is not given again.
        cluster.mini().startTaskManager();
        cluster.mini().terminateTaskManager(kill).get();
      }
      change(random, connection);
    }
    Databases.run(from, "INSERT OR REPLACE INTO t VALUES (1000, 'last')");
    assertCopied(from, log, copy);
    cluster.cancel(job);
  }

  /** Waits until both are as the table; a log that has something twice will not be. */
  private static void assertCopied(String from, String log, String copy) throws Exception {
    String rows = Databases.rows(from, "SELECT id, v FROM t ORDER BY id");
    Databases.await(copy, "SELECT id, v FROM t ORDER BY id", rows);
    String last = "SELECT count(*) FROM t WHERE id = 1000";
    Databases.await(log, last, "1");
    String folded = rows.isEmpty() ? "" : rows.replace(", ", "|1, ") + "|1";
    assertEquals(folded, Databases.rows(log, FOLDED));
    assertEquals("", Databases.rows(log, OUT_OF_TURN));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void rangesOfOneVersionAreReadOnce(int parallelism) throws Exception {
    Random random = random();
    int count = THOROUGH ? 50_000 : 3_000;
    String from =
        databases.create(
            "from",
            "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)",
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
                + count
                + ") INSERT INTO t SELECT i * 3, 'v' || i FROM n");
    String expected = Databases.rows(from, "SELECT count(*), sum(id), count(DISTINCT id) FROM t");
    String log = databases.create("log");
    StreamExecutionEnvironment environment = cluster.environment(parallelism, INTERVAL);
    long before = Failures.passed();
    var unused =
        environment
            .fromSource(
                SqliteSource.rows(
                    SqliteTable.of(from, "t", TYPE),
                    SqliteSourceOptions.snapshot().splits(7).batchSize(2 + random.nextInt(50))),
                WatermarkStrategy.noWatermarks(),
                "source")
            .map(new Failures<>())
            .returns(FieldTypes.rows(SqliteTable.of(from, "t", TYPE).type()))
            .map(new Slow<>())
            .returns(FieldTypes.rows(SqliteTable.of(from, "t", TYPE).type()))
            .sinkTo(
                SqliteSink.rows(
                    SqliteTable.of(log, "t", TYPE),
                    SqliteSinkOptions.stream().init(InitMode.CREATE)))
            .setParallelism(1);
    JobID job = cluster.submit(environment);
    Cluster.await("the first row has passed", () -> Failures.passed() > before);
    Databases.run(from, "UPDATE t SET v = 'changed later'", "DELETE FROM t WHERE id % 2 = 0");
    Failures.arm(count / 3);
    cluster.await(job);
    assertEquals(1, Failures.disarm());
    assertEquals(
        expected, Databases.rows(log, "SELECT count(*), sum(id), count(DISTINCT id) FROM t"));
    assertEquals("0", Databases.rows(log, "SELECT count(*) FROM t WHERE v LIKE 'changed%'"));
  }
}
