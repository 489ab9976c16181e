package io.github.s3vfs.flink;

import io.github.s3vfs.flink.SqliteSourceOptions.Mode;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.table.data.RowData;
import org.apache.flink.types.Row;
import org.jspecify.annotations.Nullable;

/**
 * Reads a SQLite table: all rows and then all changes, without end, as elements of all four {@code
 * RowKind}s; or all rows of one version of the database, by several readers. What was read is part
 * of Flink's checkpoints: after a failure each row and change is there once. Immutable.
 *
 * <p>The changes are read by one reader, whatever the parallelism; the others have nothing to do.
 *
 * @param <T> of the elements
 */
public final class SqliteSource<T>
    implements Source<T, SqliteSplit, SqliteSourceState>, ResultTypeQueryable<T> {
  private static final long serialVersionUID = 1;

  private final SqliteTable table;
  private final SqliteSourceOptions options;
  private final ElementFormat<T> format;
  private final TypeInformation<T> type;

  private SqliteSource(
      SqliteTable table,
      SqliteSourceOptions options,
      ElementFormat<T> format,
      TypeInformation<T> type) {
    check(table, options);
    this.table = table;
    this.options = options;
    this.format = format;
    this.type = type;
  }

  /**
   * Checks what is to be read.
   *
   * @throws IllegalArgumentException if it is the changes of a version, which has none
   */
  static void check(SqliteTable table, SqliteSourceOptions options) {
    if (options.mode() == Mode.CHANGELOG && table.isPinned()) {
      throw new IllegalArgumentException(
          "the url names a version, or as_of, and what that has does not change: it is read with"
              + " 'scan.mode' = 'snapshot'");
    }
  }

  /**
   * A source of rows with named fields, of the classes that Flink uses for the columns' types by
   * default.
   *
   * @param table to be read
   * @param options how to read it
   * @return the source
   * @throws IllegalArgumentException if changes are to be told, and the URL names a version
   */
  public static SqliteSource<Row> rows(SqliteTable table, SqliteSourceOptions options) {
    return new SqliteSource<>(
        table, options, new RowFormat(table.type()), FieldTypes.rows(table.type()));
  }

  /** Of the Table API. */
  static SqliteSource<RowData> internal(
      SqliteTable table, SqliteSourceOptions options, TypeInformation<RowData> type) {
    return new SqliteSource<>(table, options, new RowDataFormat(table.type()), type);
  }

  @Override
  public Boundedness getBoundedness() {
    return options.mode() == Mode.SNAPSHOT ? Boundedness.BOUNDED : Boundedness.CONTINUOUS_UNBOUNDED;
  }

  @Override
  public SourceReader<T, SqliteSplit> createReader(SourceReaderContext context) {
    return new SqliteSourceReader<>(context, table, options, format);
  }

  @Override
  public SplitEnumerator<SqliteSplit, SqliteSourceState> createEnumerator(
      SplitEnumeratorContext<SqliteSplit> context) {
    return restoreEnumerator(context, null);
  }

  @Override
  public SplitEnumerator<SqliteSplit, SqliteSourceState> restoreEnumerator(
      SplitEnumeratorContext<SqliteSplit> context, @Nullable SqliteSourceState state) {
    return new SqliteEnumerator(context, table, options, state);
  }

  @Override
  public SimpleVersionedSerializer<SqliteSplit> getSplitSerializer() {
    return new SourceSerializers.Splits();
  }

  @Override
  public SimpleVersionedSerializer<SqliteSourceState> getEnumeratorCheckpointSerializer() {
    return new SourceSerializers.States();
  }

  @Override
  public TypeInformation<T> getProducedType() {
    return type;
  }
}
