package io.github.s3vfs.flink;

import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamSink;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.ProviderContext;
import org.apache.flink.table.connector.sink.DataStreamSinkProvider;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.data.RowData;
import org.apache.flink.types.RowKind;

/** A table that is written by SQL, by one writer whatever the parallelism of the query. */
final class SqliteTableSink implements DynamicTableSink {
  private final SqliteTable table;
  private final SqliteSinkOptions options;

  SqliteTableSink(SqliteTable table, SqliteSinkOptions options) {
    this.table = table;
    this.options = options;
  }

  @Override
  public ChangelogMode getChangelogMode(ChangelogMode requested) {
    if (options.mode() == SqliteSinkOptions.Mode.STREAM) {
      return requested;
    }
    ChangelogMode.Builder mode = ChangelogMode.newBuilder();
    for (RowKind each : requested.getContainedKinds()) {
      if (each != RowKind.UPDATE_BEFORE) {
        mode.addContainedKind(each);
      }
    }
    return mode.build();
  }

  @Override
  public SinkRuntimeProvider getSinkRuntimeProvider(Context context) {
    boolean bounded = context.isBounded();
    return new DataStreamSinkProvider() {
      @Override
      public DataStreamSink<?> consumeDataStream(
          ProviderContext provider, DataStream<RowData> rows) {
        return sink(provider, rows, bounded);
      }
    };
  }

  private DataStreamSink<?> sink(
      ProviderContext provider, DataStream<RowData> rows, boolean bounded) {
    if (!bounded
        && !rows.getExecutionEnvironment().getCheckpointConfig().isCheckpointingEnabled()) {
      throw new ValidationException(
          table
              + " is written when checkpoints are complete, and there are none:"
              + " SET 'execution.checkpointing.interval' = '10 s'");
    }
    DataStreamSink<RowData> sink =
        rows.global().sinkTo(SqliteSink.internal(table, options)).setParallelism(1);
    provider.generateUid("sqlite-sink").ifPresent(sink::uid);
    return sink.name("SQLite " + table.name());
  }

  @Override
  public DynamicTableSink copy() {
    return new SqliteTableSink(table, options);
  }

  @Override
  public String asSummaryString() {
    return "SQLite " + table;
  }
}
