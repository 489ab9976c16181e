package io.github.s3vfs.flink;

import io.github.s3vfs.changelog.ChangelogException;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.catalog.UniqueConstraint;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.factories.DynamicTableSinkFactory;
import org.apache.flink.table.factories.DynamicTableSourceFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.types.logical.RowType;

/** Makes tables of {@code 'connector' = 'sqlite'}. Flink finds it by {@code META-INF/services}. */
public final class SqliteTableFactory
    implements DynamicTableSourceFactory, DynamicTableSinkFactory {
  /** Called by Flink. */
  public SqliteTableFactory() {}

  @Override
  public String factoryIdentifier() {
    return "sqlite";
  }

  @Override
  public Set<ConfigOption<?>> requiredOptions() {
    return Set.of(SqliteTableOptions.URL, SqliteTableOptions.TABLE);
  }

  @Override
  public Set<ConfigOption<?>> optionalOptions() {
    return Set.of(
        SqliteTableOptions.BUSY_TIMEOUT,
        SqliteTableOptions.SCAN_MODE,
        SqliteTableOptions.SCAN_SPLITS,
        SqliteTableOptions.SCAN_BATCH_SIZE,
        SqliteTableOptions.SCAN_POLL_INTERVAL,
        SqliteTableOptions.SCAN_BAD_ROWS,
        SqliteTableOptions.SCAN_RETRY_TIMEOUT,
        SqliteTableOptions.SINK_MODE,
        SqliteTableOptions.SINK_INIT,
        SqliteTableOptions.SINK_MAX_BUFFERED);
  }

  @Override
  public DynamicTableSource createDynamicTableSource(Context context) {
    return made(
        context,
        options -> {
          SqliteTable table = table(context, options);
          SqliteSourceOptions source = SqliteTableOptions.source(options);
          SqliteSource.check(table, source);
          return new SqliteTableSource(table, source);
        });
  }

  @Override
  public DynamicTableSink createDynamicTableSink(Context context) {
    return made(
        context,
        options -> {
          SqliteSinkOptions sink = SqliteTableOptions.sink(options);
          SqliteTable table = table(context, options);
          if (sink.mode() == SqliteSinkOptions.Mode.UPSERT && table.key().isEmpty()) {
            throw new IllegalArgumentException(
                "the sink needs a PRIMARY KEY (...) NOT ENFORCED, or 'sink.mode' = 'stream'");
          }
          return new SqliteTableSink(table, sink);
        });
  }

  private <T> T made(Context context, Function<ReadableConfig, T> maker) {
    FactoryUtil.TableFactoryHelper helper = FactoryUtil.createTableFactoryHelper(this, context);
    helper.validate();
    try {
      return maker.apply(helper.getOptions());
    } catch (IllegalArgumentException | ChangelogException e) {
      throw new ValidationException(
          context.getObjectIdentifier().asSummaryString() + ": " + e.getMessage(), e);
    }
  }

  private static SqliteTable table(Context context, ReadableConfig options) {
    List<String> key =
        context
            .getCatalogTable()
            .getResolvedSchema()
            .getPrimaryKey()
            .map(UniqueConstraint::getColumns)
            .orElse(List.of());
    return new SqliteTable(
        options.get(SqliteTableOptions.URL),
        options.get(SqliteTableOptions.TABLE),
        (RowType) context.getPhysicalRowDataType().getLogicalType(),
        key);
  }
}
