package io.github.s3vfs.flink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.changelog.WriterOptions.InitMode;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.runtime.executiongraph.ErrorInfo;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.types.DataType;
import org.apache.flink.types.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A row that does not fit, read while the rows in front of it are still on their way. */
class BadRowTest {
  private static final DataType TYPE =
      DataTypes.ROW(
          DataTypes.FIELD("id", DataTypes.BIGINT().notNull()),
          DataTypes.FIELD("v", DataTypes.STRING()));

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

  /** A batch takes longer than there is between two checkpoints. */
  private static JobID copy(String from, String to) throws Exception {
    StreamExecutionEnvironment environment = cluster.environment(1, Duration.ofMillis(50));
    MapFunction<Row, Row> slow =
        row -> {
          Thread.sleep(30);
          return row;
        };
    SqliteTable table = SqliteTable.of(from, "t", TYPE, "id");
    var unused =
        environment
            .fromSource(
                SqliteSource.rows(table, SqliteSourceOptions.changelog().batchSize(10)),
                WatermarkStrategy.noWatermarks(),
                "source")
            .map(slow)
            .returns(FieldTypes.rows(table.type()))
            .sinkTo(
                SqliteSink.rows(
                    SqliteTable.of(to, "t", TYPE, "id"),
                    SqliteSinkOptions.upsert().init(InitMode.CREATE)));
    return cluster.submit(environment);
  }

  @Test
  void noRowIsLostWhenItIsRepaired() throws Exception {
    String from =
        databases.create(
            "from",
            "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)",
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40)"
                + " INSERT INTO t SELECT i, iif(i = 25, x'00', 'v' || i) FROM n");
    String to = databases.create("to");
    JobID job = copy(from, to);
    Cluster.await(
        "the job has failed",
        () -> cluster.mini().getExecutionGraph(job).get().getFailureInfo() != null);
    ErrorInfo failure = cluster.mini().getExecutionGraph(job).get().getFailureInfo();
    String message = failure == null ? "" : failure.getExceptionAsString();
    assertTrue(message.contains("the row with key [25]: "), message);
    Thread.sleep(1_000); // and again
    Databases.run(from, "UPDATE t SET v = 'good' WHERE id = 25");
    Databases.await(to, "SELECT count(*), max(id) FROM t", "40|40");
    assertEquals("good", Databases.rows(to, "SELECT v FROM t WHERE id = 25"));
    cluster.cancel(job);
  }
}
