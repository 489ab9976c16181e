package io.github.s3vfs.flink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong while jobs run, or was wrong from the start. */
class BadInputTest {
  private static final Duration INTERVAL = Duration.ofMillis(100);
  private static final String ROWS = "SELECT id, v FROM t ORDER BY id";

  @TempDir static Path directory = Path.of("");
  private static Cluster cluster;
  private static Databases databases;

  @BeforeAll
  static void start() throws Exception {
    databases = Databases.start();
    cluster = Cluster.start(1, 8, directory);
  }

  @AfterAll
  static void stop() throws Exception {
    cluster.close();
    databases.close();
  }

  private static String from(String... more) throws Exception {
    String url =
        databases.create(
            "from",
            "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)",
            "INSERT INTO t VALUES (1, 'a'), (2, 'b')");
    Databases.run(url, more);
    return url;
  }

  private static String table(String name, String url, String table, String more) {
    return "CREATE TABLE "
        + name
        + "(id BIGINT, v STRING, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'sqlite',"
        + " 'url' = '"
        + url
        + "', 'table-name' = '"
        + table
        + "', 'scan.poll-interval' = '20 ms', 'sink.init' = 'create'"
        + more
        + ")";
  }

  private static JobID copy(
      @Nullable String savepoint, int restarts, String from, String to, String more)
      throws Exception {
    return cluster.submit(
        cluster.environment(1, INTERVAL, savepoint, restarts),
        table("source", from, "t", more),
        table("target", to, "t", more),
        "INSERT INTO target SELECT * FROM source");
  }

  private static void awaitCommit(String to, JobID job) throws Exception {
    Databases.await(
        to, "SELECT job, checkpoint > 0 FROM s3vfs_flink_sinks", job.toHexString() + "|1");
  }

  private static void assertFails(JobID job, String... messages) throws Exception {
    String failure = cluster.failure(job);
    for (String each : messages) {
      assertTrue(failure.contains(each), each + " is not in " + failure);
    }
    assertEquals(JobStatus.FAILED, cluster.mini().getJobStatus(job).get());
  }

  @Test
  void twoTablesOfOneDatabaseTakeTurns() throws Exception {
    String from = from();
    String to = databases.create("to");
    StreamExecutionEnvironment environment = cluster.environment(1, INTERVAL);
    JobID job =
        cluster.submit(
            environment,
            table("source", from, "t", ""),
            table("sink1", to, "t", ""),
            table("sink2", to, "u", ", 'sink.mode' = 'stream'"),
            "INSERT INTO sink1 SELECT * FROM source",
            "INSERT INTO sink2 SELECT * FROM source");
    Databases.await(to, ROWS, "1|a, 2|b");
    Databases.run(from, "UPDATE t SET v = 'c' WHERE id = 2", "DELETE FROM t WHERE id = 1");
    Databases.await(to, ROWS, "2|c");
    Databases.await(
        to, "SELECT id, v, sum(diff) FROM u GROUP BY id, v ORDER BY id, v", "1|a|0, 2|b|0, 2|c|1");
    cluster.cancel(job);
  }

  @Test
  void twoSinksOfOneTableAreRefused() throws Exception {
    String from = from();
    String to = databases.create("to");
    JobID job =
        cluster.submit(
            cluster.environment(1, INTERVAL),
            table("source", from, "t", ""),
            table("sink1", to, "t", ""),
            table("sink2", to, "t", ""),
            "INSERT INTO sink1 SELECT * FROM source",
            "INSERT INTO sink2 SELECT * FROM source");
    assertFails(job, "another sink has taken it over", "a table has one sink");
  }

  @Test
  void aJobThatIsStartedLaterTakesTheTableOver() throws Exception {
    String from = from();
    String to = databases.create("to");
    JobID first = copy(null, 1_000, from, to, "");
    Databases.await(to, ROWS, "1|a, 2|b");
    JobID second = copy(null, 1_000, from, to, "");
    awaitCommit(to, second);
    Databases.run(from, "INSERT INTO t VALUES (3, 'c')");
    assertFails(first, "another sink has taken it over, of the job " + second);
    Databases.await(to, ROWS, "1|a, 2|b, 3|c");
    cluster.cancel(second);
  }

  @Test
  void aLogDoesNotGoBackBehindItsRows() throws Exception {
    String from = from();
    String to = databases.create("to");
    String mode = ", 'sink.mode' = 'stream'";
    JobID job = copy(null, 0, from, to, mode);
    Databases.await(to, ROWS, "1|a, 2|b");
    String early = savepoint(job);
    Databases.run(from, "INSERT INTO t VALUES (3, 'c')");
    Databases.await(to, ROWS, "1|a, 2|b, 3|c");
    String late =
        cluster
            .mini()
            .stopWithSavepoint(job, savepoints(), false, SavepointFormatType.CANONICAL)
            .get();
    cluster.await(job);
    assertFails(copy(early, 0, from, to, mode), "a log would have rows twice");
    Databases.run(from, "INSERT INTO t VALUES (4, 'd')");
    JobID again = copy(late, 0, from, to, mode);
    Databases.await(to, ROWS, "1|a, 2|b, 3|c, 4|d");
    cluster.cancel(again);
  }

  private static String savepoints() {
    return directory.resolve("savepoints").toUri().toString();
  }

  private static String savepoint(JobID job) throws Exception {
    return cluster
        .mini()
        .triggerSavepoint(job, savepoints(), false, SavepointFormatType.CANONICAL)
        .get();
  }

  @Test
  void aCopyMayGoBackAndThenTheOtherJobStops() throws Exception {
    String from = from();
    String to = databases.create("to");
    JobID job = copy(null, 1_000, from, to, "");
    Databases.await(to, ROWS, "1|a, 2|b");
    String early = savepoint(job);
    Databases.run(from, "INSERT INTO t VALUES (3, 'c')");
    Databases.await(to, ROWS, "1|a, 2|b, 3|c");
    JobID again = copy(early, 1_000, from, to, "");
    Databases.await(to, "SELECT job FROM s3vfs_flink_sinks", again.toHexString());
    Databases.run(from, "INSERT INTO t VALUES (4, 'd')");
    assertFails(job, "was started from a checkpoint of this one");
    Databases.await(to, ROWS, "1|a, 2|b, 3|c, 4|d");
    cluster.cancel(again);
  }

  @Test
  void aColumnThatIsGone() throws Exception {
    String from = from();
    String to = databases.create("to");
    JobID job = copy(null, 0, from, to, "");
    Databases.await(to, ROWS, "1|a, 2|b");
    Databases.run(from, "ALTER TABLE t RENAME COLUMN v TO w");
    assertFails(job, "these columns are missing: [v]");

    String other = from();
    job = copy(null, 0, other, to, "");
    awaitCommit(to, job);
    Databases.run(to, "ALTER TABLE t RENAME COLUMN v TO w");
    Databases.run(other, "INSERT INTO t VALUES (3, 'c')");
    assertFails(job, "no column named v");
  }

  @Test
  void aColumnOfAnotherType() throws Exception {
    String from = from();
    String to = databases.create("to");
    JobID job = copy(null, 0, from, to, "");
    Databases.await(to, ROWS, "1|a, 2|b");
    Databases.run(
        from, "BEGIN", "DROP TABLE t", "CREATE TABLE t(id INTEGER PRIMARY KEY, v INT)", "COMMIT");
    assertFails(job, "types have changed: [v: TEXT -> INTEGER]");
  }

  private static void delete(String url) {
    String key = url.replaceAll(".*/bucket/", "").replaceAll("\\?.*", "");
    var objects = databases.server().objects(Databases.BUCKET);
    objects.keys(key + "/").forEach(objects::delete);
  }

  @Test
  void aDatabaseThatWasDeleted() throws Exception {
    String from = from();
    String to = databases.create("to");
    JobID job = copy(null, 0, from, to, ", 'scan.retry-timeout' = '0 s'");
    Databases.await(to, ROWS, "1|a, 2|b");
    delete(from);
    assertFails(job, from);

    String other = from();
    job = copy(null, 3, other, to, "");
    awaitCommit(to, job);
    delete(to);
    Databases.run(other, "INSERT INTO t VALUES (3, 'c')");
    assertFails(job, "the database does not know this sink any more");

    job = copy(null, 1_000, other, to, "");
    Databases.await(to, ROWS, "1|a, 2|b, 3|c");
    Databases.run(to, "DROP TABLE s3vfs_flink_sinks");
    Databases.run(other, "INSERT INTO t VALUES (4, 'd')");
    assertFails(job, "the database does not know this sink any more");
  }

  @Test
  void credentialsThatExpire() throws Exception {
    String from = from();
    String to = databases.create("to");
    JobID job = copy(null, 1_000, from, to, "");
    Databases.await(to, ROWS, "1|a, 2|b");
    databases.server().policy().deny("flink", "s3:*");
    Thread.sleep(300);
    assertEquals(JobStatus.RUNNING, cluster.mini().getJobStatus(job).get());
    databases.server().policy().clear();
    Databases.run(from, "INSERT INTO t VALUES (3, 'c')");
    Databases.await(to, ROWS, "1|a, 2|b, 3|c");
    cluster.cancel(job);

    job = copy(null, 0, from, to, ", 'scan.retry-timeout' = '200 ms'");
    Databases.await(to, "SELECT job FROM s3vfs_flink_sinks", job.toHexString());
    cluster.awaitRunning(job);
    try {
      databases.server().policy().deny("flink", "s3:*");
      assertFails(job, "Access Denied");
    } finally {
      databases.server().policy().clear();
    }
  }

  @Test
  void valuesThatDoNotFit() throws Exception {
    String from = from();
    String to = databases.create("to");
    Databases.run(from, "UPDATE t SET v = x'00' WHERE id = 2");
    assertFails(
        copy(null, 0, from, to, ""),
        "the row with key [2]: cannot create a field \"v\" with type STRING from value");
    JobID job = copy(null, 0, from, to, ", 'scan.bad-rows' = 'skip'");
    Databases.await(to, ROWS, "1|a");
    Databases.run(
        from, "UPDATE t SET v = 'good' WHERE id = 2", "UPDATE t SET v = x'00' WHERE id = 1");
    Databases.await(to, ROWS, "2|good");
    cluster.cancel(job);
  }

  @Test
  void moreThanMayWait() throws Exception {
    String from = from();
    String to = databases.create("to");
    assertFails(
        copy(null, 0, from, to, ", 'sink.max-buffered' = '20 b'"),
        "more than 20 bytes wait for the next checkpoint");
  }

  @Test
  void aConstraintThatRefusesARow() throws Exception {
    String from = from();
    String to =
        databases.create("to", "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT CHECK(v <> 'b'))");
    assertFails(copy(null, 0, from, to, ""), "CHECK constraint failed");
    assertEquals("", Databases.rows(to, ROWS));
  }
}
