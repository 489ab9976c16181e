package io.github.s3vfs.flink;

import io.github.s3vfs.testkit.S3TestServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.bridge.java.StreamStatementSet;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;

/**
 * The connector, shown: a job of SQL copies a table on S3 into another one, and adds it up, while
 * it changes. Its task manager is killed, another one goes on from the checkpoint, and at the end
 * all are equal. Exit code 0 if they are, 1 if not. The arguments are a directory for logs and
 * checkpoints, and the class path of the cluster.
 */
final class FlinkDemo {
  private static final int ROWS = 20_000;
  private static final int SECONDS_BEFORE = 3;
  private static final String TOTALS =
      "SELECT fruit, sum(sold) AS sold, count(*) AS sales FROM %s GROUP BY fruit ORDER BY fruit";
  private static final String COPY =
      "SELECT count(*), sum(id), sum(sold), sum(id * sold), group_concat(DISTINCT fruit) FROM %s";

  private final S3TestServer server;
  private final FlinkProcesses cluster;
  private final Path directory;

  private FlinkDemo(S3TestServer server, FlinkProcesses cluster, Path directory) {
    this.server = server;
    this.cluster = cluster;
    this.directory = directory;
  }

  /** Runs the demo. */
  public static void main(String[] args) throws Exception {
    Path directory = Path.of(args[0]).toAbsolutePath();
    Files.createDirectories(directory);
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "error");
    int code = 1;
    try (S3TestServer server = S3TestServer.builder().inMemory().withoutAccount().start();
        FlinkProcesses cluster = FlinkProcesses.start(directory, args[1], server)) {
      server.createBucket(Databases.BUCKET);
      System.setProperty("aws.accessKeyId", server.accessKeyId());
      System.setProperty("aws.secretAccessKey", server.secretAccessKey());
      code = new FlinkDemo(server, cluster, directory).run() ? 0 : 1;
    }
    System.exit(code);
  }

  private static void say(String message) {
    System.out.println(message);
  }

  private String url(String name) {
    return Databases.url(server, name);
  }

  private static String table(String name, String columns, String url, String more) {
    return "CREATE TABLE "
        + name
        + " (\n  "
        + columns
        + "\n) WITH (\n  'connector' = 'sqlite', 'table-name' = '"
        + name
        + "',\n  'url' = '"
        + url
        + "'"
        + more
        + "\n)";
  }

  private boolean run() throws Exception {
    String shop = url("shop.sqlite");
    String copies = url("copies.sqlite");
    Databases.run(
        shop,
        "CREATE TABLE sales(id INTEGER PRIMARY KEY, fruit TEXT NOT NULL, sold INT NOT NULL)",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
            + ROWS
            + ") INSERT INTO sales SELECT i, 'fruit ' || char(65 + i % 5), i * 7919 % 100 FROM n");
    say("A table of " + ROWS + " sales in " + shop);
    Process first = cluster.startTaskManager();
    await("a task manager", () -> cluster.number("/overview", "\"taskmanagers\":(\\d+)") == 1);
    JobClient job = submit(shop, copies);
    String checkpoints = "/jobs/" + job.getJobID() + "/checkpoints";
    AtomicBoolean stop = new AtomicBoolean();
    FutureTask<Integer> changes = new FutureTask<>(() -> change(shop, stop));
    new Thread(changes, "changes").start();
    await(
        "the copy begins",
        () -> Databases.rowsOrNone(copies, "SELECT count(*) > 0 FROM copy").equals("1"));
    Thread.sleep(SECONDS_BEFORE * 1000L);

    cluster.kill(first);
    say(
        "\nThe task manager, process "
            + first.pid()
            + ", was killed (SIGKILL), "
            + Databases.rows(copies, "SELECT count(*) FROM copy")
            + " rows are in the copy");
    Process second = cluster.startTaskManager();
    say(
        "Another one, process "
            + second.pid()
            + ", is started; if the first one was writing, its claim is waited for, up to a minute");
    String restored = "\"restored\":\\{\"id\":(\\d+)";
    await("the job goes on", () -> cluster.number(checkpoints, restored) > 0);
    say("The job goes on from checkpoint " + cluster.number(checkpoints, restored));
    Thread.sleep(SECONDS_BEFORE * 1000L);
    stop.set(true);
    say(changes.get() + " transactions have changed the table meanwhile");

    String expected = Databases.rows(shop, COPY.formatted("sales"));
    await(
        "the copy is complete",
        () -> Databases.rows(copies, COPY.formatted("copy")).equals(expected));
    String totals = Databases.rows(shop, TOTALS.formatted("sales"));
    await("the sums are complete", () -> totals(copies).equals(totals));
    var unused = job.cancel().get();
    say("\nsales:  " + totals + "\ntotals: " + totals(copies));
    say("sales:  " + expected + "\ncopy:   " + Databases.rows(copies, COPY.formatted("copy")));
    String log =
        Databases.rows(
            copies,
            "SELECT count(*) FROM (SELECT sum(diff) OVER (PARTITION BY id ORDER BY rowid) AS now"
                + " FROM log) WHERE now NOT IN (0, 1)");
    String last = Databases.rows(copies, "SELECT sum(diff), sum(diff * sold) FROM log");
    String wanted = Databases.rows(shop, "SELECT count(*), sum(sold) FROM sales");
    say(
        "log:    "
            + Databases.rows(copies, "SELECT count(*) FROM log")
            + " changes, "
            + log
            + " of them out of turn; together "
            + last);
    boolean equal = log.equals("0") && last.equals(wanted);
    say(equal ? "\nEqual." : "\nNOT equal: " + wanted);
    return equal;
  }

  private static String totals(String url) throws Exception {
    return Databases.rows(url, "SELECT fruit, sold, sales FROM totals ORDER BY fruit");
  }

  private JobClient submit(String shop, String copies) {
    Configuration configuration = new Configuration();
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(500));
    configuration.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
    configuration.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
        directory.resolve("checkpoints").toUri().toString());
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 1000);
    StreamExecutionEnvironment environment = cluster.environment(configuration);
    environment.setParallelism(2);
    StreamTableEnvironment tables = StreamTableEnvironment.create(environment);
    String columns = "id BIGINT, fruit STRING NOT NULL, sold BIGINT NOT NULL";
    String key = ", PRIMARY KEY (id) NOT ENFORCED";
    String create = ", 'sink.init' = 'create'";
    for (String each :
        new String[] {
          table("sales", columns + key, shop, ", 'scan.poll-interval' = '100 ms'"),
          table("copy", columns + key, copies, create),
          table("log", columns, copies, create + ", 'sink.mode' = 'stream'"),
          table(
              "totals",
              "fruit STRING, sold BIGINT, sales BIGINT, PRIMARY KEY (fruit) NOT ENFORCED",
              copies,
              create)
        }) {
      say("\n" + each + ";");
      var unused = tables.executeSql(each);
    }
    StreamStatementSet inserts = tables.createStatementSet();
    for (String each :
        new String[] {
          "INSERT INTO copy SELECT * FROM sales",
          "INSERT INTO log SELECT * FROM sales",
          "INSERT INTO totals SELECT fruit, SUM(sold), COUNT(*) FROM sales GROUP BY fruit"
        }) {
      say(each + ";");
      inserts.addInsertSql(each);
    }
    JobClient job = inserts.execute().getJobClient().orElseThrow();
    say("\nThe job " + job.getJobID() + " has started; a checkpoint is made every 500 ms");
    return job;
  }

  /** Changes the table; how many transactions it were. */
  private static int change(String shop, AtomicBoolean stop) throws Exception {
    Random random = new Random(17);
    int transactions = 0;
    try (Connection connection = DriverManager.getConnection(shop);
        Statement statement = connection.createStatement()) {
      while (!stop.get()) {
        boolean unused = statement.execute("BEGIN IMMEDIATE");
        for (int i = 0; i < 20; i++) {
          int id = 1 + random.nextInt(ROWS + ROWS / 10);
          boolean unusedToo =
              statement.execute(
                  random.nextInt(4) == 0
                      ? "DELETE FROM sales WHERE id = " + id
                      : "INSERT OR REPLACE INTO sales VALUES (%d, 'fruit %s', %d)"
                          .formatted(id, (char) ('A' + random.nextInt(6)), random.nextInt(100)));
        }
        boolean unusedToo = statement.execute("COMMIT");
        transactions++;
        Thread.sleep(20);
      }
    }
    return transactions;
  }

  private static void await(String what, Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + Duration.ofMinutes(3).toNanos();
    while (!condition.call()) {
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException("not in three minutes: " + what);
      }
      Thread.sleep(100);
    }
  }
}
