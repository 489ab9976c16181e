package io.github.s3vfs.flink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.api.common.JobID;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.ValidationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs of SQL. */
class SqlTest {
  private static final Duration INTERVAL = Duration.ofMillis(200);

  @TempDir static Path directory = Path.of("");
  private static Cluster cluster;
  private static Databases databases;

  @BeforeAll
  static void start() throws Exception {
    databases = Databases.start();
    cluster = Cluster.start(1, 4, directory);
  }

  @AfterAll
  static void stop() throws Exception {
    cluster.close();
    databases.close();
  }

  private static String table(String name, String columns, String url, String more) {
    return "CREATE TABLE "
        + name
        + "("
        + columns
        + ") WITH ('connector' = 'sqlite', 'url' = '"
        + url
        + "', 'table-name' = 't'"
        + more
        + ")";
  }

  @Test
  void copiesAndAggregatesWhatChanges() throws Exception {
    String from =
        databases.create(
            "from",
            "CREATE TABLE t(id INTEGER PRIMARY KEY, kind TEXT, price INT)",
            "INSERT INTO t VALUES (1, 'a', 10), (2, 'b', 20), (3, 'a', 5)");
    String to = databases.create("to");
    String sums = databases.create("sums");
    StreamExecutionEnvironment environment = cluster.environment(2, INTERVAL);
    String columns = "id BIGINT, kind STRING, price BIGINT, PRIMARY KEY (id) NOT ENFORCED";
    JobID job =
        cluster.submit(
            environment,
            table("source", columns, from, ", 'scan.poll-interval' = '50 ms'"),
            table("target", columns, to, ", 'sink.init' = 'create'"),
            table(
                "sums",
                "kind STRING, total BIGINT, PRIMARY KEY (kind) NOT ENFORCED",
                sums,
                ", 'sink.init' = 'create'"),
            "INSERT INTO target SELECT * FROM source",
            "INSERT INTO sums SELECT kind, SUM(price) FROM source GROUP BY kind");
    Databases.await(to, "SELECT * FROM t ORDER BY id", "1|a|10, 2|b|20, 3|a|5");
    Databases.await(sums, "SELECT * FROM t ORDER BY kind", "a|15, b|20");
    Databases.run(
        from,
        "UPDATE t SET price = 11 WHERE id = 1",
        "DELETE FROM t WHERE id = 2",
        "INSERT INTO t VALUES (4, 'c', NULL)",
        "UPDATE t SET id = 9 WHERE id = 3");
    Databases.await(to, "SELECT * FROM t ORDER BY id", "1|a|11, 4|c|NULL, 9|a|5");
    Databases.await(sums, "SELECT * FROM t ORDER BY kind", "a|16, c|NULL");
    cluster.cancel(job);
    assertEquals("t", Databases.rows(to, "SELECT table_name FROM s3vfs_flink_sinks"));
  }

  /** What the operators have counted. */
  @Test
  void metricsTellWhatWasDone() throws Exception {
    String from =
        databases.create(
            "from",
            "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)",
            "INSERT INTO t VALUES (1, 'a'), (2, x'00'), (3, 'c')");
    String to = databases.create("to");
    String columns = "id BIGINT, v STRING, PRIMARY KEY (id) NOT ENFORCED";
    JobID job =
        cluster.submit(
            cluster.environment(1, INTERVAL),
            table("metered", columns, from, ", 'scan.bad-rows' = 'skip'"),
            table("target", columns, to, ", 'sink.init' = 'create'"),
            "INSERT INTO target SELECT * FROM metered");
    Databases.await(to, "SELECT * FROM t ORDER BY id", "1|a, 3|c");
    String source = "Source: metered";
    String writer = "SQLite t: Writer";
    String committer = "SQLite t: Committer";
    Cluster.await(
        "the rows are counted", () -> TestMetrics.value(committer, "sqliteRowsCommitted") == 2);
    assertEquals(2, TestMetrics.value(source, "numRecordsIn"));
    assertEquals(1, TestMetrics.value(source, "numRecordsInErrors"));
    assertTrue(TestMetrics.value(source, "sqliteStateBytes") > 0);
    assertTrue(TestMetrics.value(source, "sqliteLastLookMillis") >= 0);
    assertEquals(2, TestMetrics.value(writer, "numRecordsSend"));
    assertTrue(TestMetrics.value(writer, "numBytesSend") > 0);
    assertEquals(0, TestMetrics.value(writer, "sqliteBufferedBytes"));
    assertTrue(TestMetrics.value(committer, "sqliteLastCheckpoint") > 0);
    assertTrue(TestMetrics.value(committer, "sqliteCommitMillis") >= 0);
    cluster.cancel(job);
  }

  @Test
  void valuesOfAllTypesComeBack() throws Exception {
    String columns =
        "id INT NOT NULL, a BOOLEAN, b TINYINT, c SMALLINT, d BIGINT, e FLOAT, f DOUBLE, g STRING,"
            + " h BYTES, i DECIMAL(10, 2), j DATE, k TIME, l TIMESTAMP(6), m TIMESTAMP_LTZ(3),"
            + " n ARRAY<STRING>, o ROW<x INT, y ARRAY<DOUBLE>>, PRIMARY KEY (id) NOT ENFORCED";
    String one = databases.create("one");
    String two = databases.create("two");
    String values =
        "(1, true, CAST(2 AS TINYINT), CAST(-3 AS SMALLINT), 4, CAST(0.5 AS FLOAT), 0.25e0, 'text',"
            + " X'00FF', 12.30, DATE '2026-01-31', TIME '12:30:00',"
            + " TIMESTAMP '2026-01-31 12:00:00.123456',"
            + " TO_TIMESTAMP_LTZ(1234567890123, 3), ARRAY['p', 'q'], ROW(5, ARRAY[0.5e0]))";
    cluster.await(
        cluster.submit(
            cluster.environment(1, INTERVAL),
            table("target", columns, one, ", 'sink.init' = 'create'"),
            "INSERT INTO target VALUES " + values));
    cluster.await(
        cluster.submit(
            cluster.environment(1, INTERVAL),
            table("source", columns, one, ", 'scan.mode' = 'snapshot'"),
            table("target", columns, two, ", 'sink.init' = 'create'"),
            "INSERT INTO target SELECT * FROM source WHERE a AND d = 4 AND h = X'00FF'"));
    String stored =
        Databases.rows(two, "SELECT id, a, b, c, d, e, f, g, i, j, k, l, m, n, o, hex(h) FROM t");
    assertEquals(
        "1|1|2|-3|4|0.5|0.25|text|12.30|2026-01-31|12:30|2026-01-31T12:00:00.123456000"
            + "|2009-02-13T23:31:30.123000000+0000|[\"p\",\"q\"]|[5,[0.5]]|00FF",
        stored);
  }

  private static void assertRefused(String message, String... statements) {
    Throwable thrown =
        assertThrows(
            ValidationException.class,
            () -> cluster.submit(StreamExecutionEnvironment.getExecutionEnvironment(), statements));
    StringBuilder messages = new StringBuilder();
    for (Throwable at = thrown; at != null; at = at.getCause()) {
      messages.append(at.getMessage()).append('\n');
    }
    assertTrue(messages.toString().contains(message), message + " is not in " + messages);
  }

  @Test
  void whatCannotBeMeantIsRefusedBeforeAJobStarts() {
    String url = databases.url("none");
    String key = "id INT, PRIMARY KEY (id) NOT ENFORCED";
    String numbers = "INSERT INTO target VALUES (1)";
    String source = "CREATE TABLE numbers (id INT) WITH ('connector' = 'datagen')";
    assertRefused(
        "the sink needs a PRIMARY KEY (...) NOT ENFORCED, or 'sink.mode' = 'stream'",
        table("target", "id INT", url, ""),
        numbers);
    assertRefused(
        "SET 'execution.checkpointing.interval' = '10 s'",
        source,
        table("target", key, url, ""),
        "INSERT INTO target SELECT id FROM numbers");
    assertRefused(
        "column m: MAP<INT, INT> has no form in SQLite",
        table("target", "id INT, m MAP<INT, INT>, PRIMARY KEY (id) NOT ENFORCED", url, ""),
        "INSERT INTO target VALUES (1, MAP[1, 2])");
    assertRefused(
        "jdbc:mysql:x is no URL of sqlite-jdbc", table("target", key, "jdbc:mysql:x", ""), numbers);
    assertRefused(
        "batchSize is 1",
        table("target", key, url, ", 'scan.batch-size' = '1'"),
        table("sink", key, url, ""),
        "INSERT INTO sink SELECT id FROM target");
    assertRefused(
        "the url names a version, or as_of, and what that has does not change",
        table("target", key, url + "&version=7", ""),
        table("sink", key, url, ""),
        "INSERT INTO sink SELECT id FROM target");
    assertRefused(
        "maxBufferedBytes is 0", table("target", key, url, ", 'sink.max-buffered' = '0'"), numbers);
    assertRefused("Unsupported options found", table("target", key, url, ", 'x' = '1'"), numbers);
    assertRefused(
        "Could not parse value 'other'",
        table("target", key, url, ", 'sink.mode' = 'other'"),
        numbers);
  }

  @Test
  void tablesThatCannotBeWrittenAreRefusedWhenAJobStarts() throws Exception {
    String columns = "id INT, v INT, PRIMARY KEY (id) NOT ENFORCED";
    for (String[] each :
        new String[][] {
          {"CREATE TABLE u(id INT)", "table t: is not there"},
          {"CREATE TABLE t(id INTEGER PRIMARY KEY)", "these columns are missing: [v]"},
          {"CREATE TABLE t(id INTEGER, v INT)", "no PRIMARY KEY or full UNIQUE index"},
          {
            "CREATE TABLE t(id INTEGER PRIMARY KEY, v INT NOT NULL)",
            "NOT NULL or the rowid in the table: [v]"
          },
          {"CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)", "[v is TEXT, and to be INT]"},
          {"CREATE VIEW t AS SELECT 1 AS id, 2 AS v", "is a view"},
        }) {
      String to = databases.create("to", each[0]);
      JobID job =
          cluster.submit(
              cluster.environment(1, INTERVAL, null, 0),
              table("target", columns, to, ""),
              "INSERT INTO target VALUES (1, 2)");
      String failure = cluster.failure(job);
      assertTrue(failure.contains(each[1]), each[1] + " is not in " + failure);
    }
  }
}
