package io.github.s3vfs.flink;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of SQL in the README, run as they stand there, but for the bucket. */
class ReadmeSqlTest {
  private static final String SET = "SET 'execution.checkpointing.interval' = '10 s'";

  @TempDir static Path directory = Path.of("");
  private static Cluster cluster;
  private static Databases databases;

  @BeforeAll
  static void start() throws Exception {
    databases = Databases.start();
    cluster = Cluster.start(1, 2, directory);
  }

  @AfterAll
  static void stop() throws Exception {
    cluster.close();
    databases.close();
  }

  /** The statements of an example. */
  private static List<String> statements(String name) throws Exception {
    Path readme = Path.of("../../README.md");
    Matcher matcher =
        Pattern.compile(
                "<!-- example "
                    + Pattern.quote(name)
                    + " -->\\s*```sql\\n(.*?)```\\s*<!-- /example -->",
                Pattern.DOTALL)
            .matcher(Files.readString(readme));
    if (!matcher.find()) {
      throw new AssertionError("the README has no example " + name);
    }
    List<String> statements = new ArrayList<>();
    for (String each : matcher.group(1).split(";\n", -1)) {
      if (!each.isBlank()) {
        statements.add(here(each.strip()));
      }
    }
    return statements;
  }

  /** The same for the test's server. */
  private static String here(String statement) {
    Matcher url =
        Pattern.compile("jdbc:sqlite:file:/my-bucket/([a-z.]+)\\?vfs=s3").matcher(statement);
    return url.replaceAll(found -> Matcher.quoteReplacement(databases.url(found.group(1))));
  }

  @Test
  void addsUpWhatChanges() throws Exception {
    Databases.run(
        databases.url("shop.sqlite"),
        "CREATE TABLE sales(id INTEGER PRIMARY KEY, fruit TEXT, sold INT)",
        "INSERT INTO sales VALUES (1, 'apple', 3), (2, 'pear', 4), (3, 'apple', 5)");
    List<String> statements = statements("fruit.sql");
    assertEquals(SET, statements.remove(0));
    StreamExecutionEnvironment environment = cluster.environment(1, Duration.ofMillis(100));
    JobID job = cluster.submit(environment, statements.toArray(String[]::new));
    String totals = databases.url("totals.sqlite");
    Databases.await(totals, "SELECT * FROM totals ORDER BY fruit", "apple|8, pear|4");
    Databases.run(
        databases.url("shop.sqlite"), "UPDATE sales SET fruit = 'quince' WHERE fruit = 'pear'");
    Databases.await(totals, "SELECT * FROM totals ORDER BY fruit", "apple|8, quince|4");
    cluster.cancel(job);
  }

  @Test
  void readsAVersion() throws Exception {
    Databases.run(
        databases.url("shop.sqlite"),
        "CREATE TABLE stock(id INTEGER PRIMARY KEY, fruit TEXT, price TEXT, bought TEXT)",
        "INSERT INTO stock VALUES (1, 'apple', '1.20', '2026-01-31 12:00:00'),"
            + " (2, 'apple', '0.99', NULL), (3, 'pear', NULL, NULL)");
    List<String> statements = statements("stock.sql");
    StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
    var unusedToo = environment.setRuntimeMode(RuntimeExecutionMode.BATCH);
    StreamTableEnvironment tables = StreamTableEnvironment.create(environment);
    var unused = tables.executeSql(statements.get(0));
    List<String> rows = new ArrayList<>();
    CloseableIterator<Row> result = tables.executeSql(statements.get(1)).collect();
    while (result.hasNext()) {
      Row row = result.next();
      rows.add(row.getField(0) + " " + row.getField(1));
    }
    result.close();
    rows.sort(null);
    assertEquals(List.of("apple 1.20", "pear null"), rows);
  }
}
