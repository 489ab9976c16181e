package io.github.s3vfs.flink;

import io.github.s3vfs.flink.SqliteSourceOptions.Mode;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.connector.source.SourceProvider;

/** A table that is read by SQL. */
final class SqliteTableSource implements ScanTableSource {
  private final SqliteTable table;
  private final SqliteSourceOptions options;

  SqliteTableSource(SqliteTable table, SqliteSourceOptions options) {
    this.table = table;
    this.options = options;
  }

  @Override
  public ChangelogMode getChangelogMode() {
    return options.mode() == Mode.SNAPSHOT ? ChangelogMode.insertOnly() : ChangelogMode.all();
  }

  @Override
  public ScanRuntimeProvider getScanRuntimeProvider(ScanContext context) {
    return SourceProvider.of(
        SqliteSource.internal(table, options, context.createTypeInformation(table.type())));
  }

  @Override
  public DynamicTableSource copy() {
    return new SqliteTableSource(table, options);
  }

  @Override
  public String asSummaryString() {
    return "SQLite " + table;
  }
}
