package io.github.s3vfs.flink;

import io.github.s3vfs.changelog.WriterOptions.InitMode;
import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.ReadableConfig;

/** The options of {@code 'connector' = 'sqlite'}. docs/FLINK.md has the table. */
final class SqliteTableOptions {
  private static final SqliteSourceOptions READ = SqliteSourceOptions.changelog();
  private static final SqliteSinkOptions WRITE = SqliteSinkOptions.upsert();

  static final ConfigOption<String> URL =
      ConfigOptions.key("url")
          .stringType()
          .noDefaultValue()
          .withDescription("URL of JDBC, as in jdbc:sqlite:file:/bucket/key?vfs=s3");

  static final ConfigOption<String> TABLE =
      ConfigOptions.key("table-name")
          .stringType()
          .noDefaultValue()
          .withDescription("Name of the table in the database");

  static final ConfigOption<Duration> BUSY_TIMEOUT =
      ConfigOptions.key("busy-timeout")
          .durationType()
          .defaultValue(WRITE.busyTimeout())
          .withDescription("How long to wait for other writers of the database");

  static final ConfigOption<SqliteSourceOptions.Mode> SCAN_MODE =
      ConfigOptions.key("scan.mode")
          .enumType(SqliteSourceOptions.Mode.class)
          .defaultValue(READ.mode())
          .withDescription("changelog: all rows and then all changes; snapshot: all rows");

  static final ConfigOption<Integer> SCAN_SPLITS =
      ConfigOptions.key("scan.splits")
          .intType()
          .noDefaultValue()
          .withDescription("How many splits a snapshot is divided into, at most");

  static final ConfigOption<Integer> SCAN_BATCH_SIZE =
      ConfigOptions.key("scan.batch-size")
          .intType()
          .defaultValue(READ.batchSize())
          .withDescription("How many changes are read at a time");

  static final ConfigOption<Duration> SCAN_POLL_INTERVAL =
      ConfigOptions.key("scan.poll-interval")
          .durationType()
          .defaultValue(READ.pollInterval())
          .withDescription("How often changes are looked for");

  static final ConfigOption<SqliteSourceOptions.BadRows> SCAN_BAD_ROWS =
      ConfigOptions.key("scan.bad-rows")
          .enumType(SqliteSourceOptions.BadRows.class)
          .defaultValue(READ.badRows())
          .withDescription("fail, or skip: what becomes of rows with values that do not fit");

  static final ConfigOption<Duration> SCAN_RETRY_TIMEOUT =
      ConfigOptions.key("scan.retry-timeout")
          .durationType()
          .defaultValue(READ.retryTimeout())
          .withDescription("How long failures that may pass are retried before the job fails");

  static final ConfigOption<SqliteSinkOptions.Mode> SINK_MODE =
      ConfigOptions.key("sink.mode")
          .enumType(SqliteSinkOptions.Mode.class)
          .defaultValue(WRITE.mode())
          .withDescription("upsert: the rows there are; stream: a log with time and diff");

  static final ConfigOption<InitMode> SINK_INIT =
      ConfigOptions.key("sink.init")
          .enumType(InitMode.class)
          .defaultValue(WRITE.init())
          .withDescription("default: the table must be there; create; replace");

  static final ConfigOption<MemorySize> SINK_MAX_BUFFERED =
      ConfigOptions.key("sink.max-buffered")
          .memoryType()
          .defaultValue(new MemorySize(WRITE.maxBufferedBytes()))
          .withDescription("How much may wait for a checkpoint");

  private SqliteTableOptions() {}

  static SqliteSourceOptions source(ReadableConfig options) {
    return new SqliteSourceOptions(
        options.get(SCAN_MODE),
        options.getOptional(SCAN_SPLITS).orElse(0),
        options.get(SCAN_BATCH_SIZE),
        options.get(SCAN_POLL_INTERVAL),
        options.get(SCAN_BAD_ROWS),
        options.get(SCAN_RETRY_TIMEOUT),
        options.get(BUSY_TIMEOUT));
  }

  static SqliteSinkOptions sink(ReadableConfig options) {
    return new SqliteSinkOptions(
        options.get(SINK_MODE),
        options.get(SINK_INIT),
        options.get(SINK_MAX_BUFFERED).getBytes(),
        options.get(BUSY_TIMEOUT));
  }
}
