package io.github.s3vfs.select.parquet;

import io.github.s3vfs.select.Dialect;
import io.github.s3vfs.select.ObjectSource;
import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import io.github.s3vfs.select.SelectOptions;
import io.github.s3vfs.select.internal.eval.Expr;
import io.github.s3vfs.select.internal.eval.RowSource;
import io.github.s3vfs.select.internal.eval.Step;
import io.github.s3vfs.select.internal.eval.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/** Rows of Parquet. A value is decoded when an expression asks for it. */
final class ParquetReader implements RowSource {
  /** An interrupt is looked for once in so many rows. */
  private static final int PULSE = 1023;

  private final ObjectSource source;
  private final Footer footer;
  private final SelectOptions options;
  private final MessageType schema;
  private final InputCount count;

  /** By the index of the field; null where the query does not refer to it. */
  private final @Nullable ParquetColumn[] columns;

  private final List<ParquetColumn> used = new ArrayList<>();

  private boolean hasCondition;
  private @Nullable Expr where;

  private @Nullable Fetcher fetcher;
  private List<RowGroup> groups = List.of();
  private int group = -1;
  private long row = -1;
  private long rows;
  private long number;

  ParquetReader(ObjectSource source, Footer footer, SelectOptions options) {
    this.source = source;
    this.footer = footer;
    this.options = options;
    this.schema = footer.schema();
    this.columns = new ParquetColumn[schema.getFieldCount()];
    this.count =
        new InputCount(
            source.name(), options.limits().maxInputBytes(), footer.metadata().getCreated_by());
  }

  @Override
  public @Nullable Expr column(List<Step> path) {
    String name = path.size() == 1 ? path.get(0).key() : null;
    if (name == null) {
      return null;
    }
    int field = schema.containsField(name) ? schema.getFieldIndex(name) : number(name);
    return field < 0 ? null : column(field);
  }

  /** The index that {@code _N} stands for; -1 if it is a name. */
  private int number(String name) {
    if (!name.matches("_\\d{1,10}")) {
      return -1;
    }
    long number = Long.parseLong(name.substring(1));
    if (number < 1 || number > schema.getFieldCount()) {
      throw new SelectException(
          SelectError.INVALID_COLUMN_INDEX,
          "there is no column " + name + ": they are _1 to _" + schema.getFieldCount());
    }
    return (int) number - 1;
  }

  private ParquetColumn column(int index) {
    ParquetColumn column = columns[index];
    if (column == null) {
      column = newColumn(index);
      columns[index] = column;
      used.add(column);
    }
    return column;
  }

  private ParquetColumn newColumn(int index) {
    Type field = schema.getType(index);
    int first = 0;
    for (int i = 0; i < index; i++) {
      first += leaves(schema.getType(i));
    }
    return new ParquetColumn(
        this, field, first, leaves(field), !hasCondition, options.limits().maxRecordBytes());
  }

  private static int leaves(Type type) {
    if (type.isPrimitive()) {
      return 1;
    }
    int leaves = 0;
    for (Type field : type.asGroupType().getFields()) {
      leaves += leaves(field);
    }
    return leaves;
  }

  @Override
  public void condition(@Nullable Expr condition) {
    where = condition;
    // Without one, all columns are needed in any case.
    hasCondition = condition != null;
  }

  @Override
  public boolean isJson() {
    return false;
  }

  @Override
  public void wantStar() {
    for (int i = 0; i < schema.getFieldCount(); i++) {
      var unused = column(i);
    }
  }

  @Override
  public int starCount() {
    return schema.getFieldCount();
  }

  @Override
  public Value starValue(int index) {
    return column(index).eval();
  }

  @Override
  public String starName(int index) {
    return schema.getFieldName(index);
  }

  @Override
  public boolean next() {
    if ((number & PULSE) == 0 && Thread.currentThread().isInterrupted()) {
      throw new SelectException(SelectError.INTERRUPTED, source.name() + ": interrupted");
    }
    Fetcher from = fetcher;
    if (from == null) {
      from = start();
      fetcher = from;
    }
    while (++row >= rows) {
      if (++group >= groups.size()) {
        rows = 0;
        return false;
      }
      row = -1;
      rows = groups.get(group).rows();
      used.forEach(ParquetColumn::reset);
      from.nextGroup();
    }
    number++;
    return true;
  }

  private Fetcher start() {
    groups = new ArrayList<>();
    for (RowGroup candidate : footer.groups()) {
      if (candidate.rows() > 0 && candidate.isIn(options.scanRange()) && !isExcluded(candidate)) {
        groups.add(candidate);
      }
    }
    return new Fetcher(source, footer.tail(), groups, leaves(true), leaves(false));
  }

  /** In Ceph's dialect LIMIT is of the rows that are read, so all have to be. */
  private boolean isExcluded(RowGroup candidate) {
    return where != null
        && options.dialect() == Dialect.AWS
        && where.excludes(new ColumnBounds(candidate, footer.metadata().getColumn_orders()));
  }

  private int[] leaves(boolean ofCondition) {
    return used.stream()
        .filter(column -> column.isOfCondition() == ofCondition)
        .flatMapToInt(
            column ->
                java.util.stream.IntStream.range(
                    column.firstLeaf(), column.firstLeaf() + column.leaves()))
        .toArray();
  }

  /** The row in its row group, from 0. */
  long row() {
    return row;
  }

  /** A column in this row group. */
  GroupColumn open(ParquetColumn column) {
    RowGroup current = groups.get(group);
    int maxBytes = options.limits().maxRecordBytes();
    ColumnType type = column.flatType();
    Map<List<String>, Pages> pages = new HashMap<>();
    for (int i = column.firstLeaf(); i < column.firstLeaf() + column.leaves(); i++) {
      Chunk chunk = current.chunks().get(i);
      if (type != null && chunk.readable().getNum_values() != current.rows()) {
        throw Failures.damaged(
            source.name() + ": " + chunk.name() + " has another number of values than of rows");
      }
      Pages opened = new Pages(chunk, input(column, chunk), count, maxBytes);
      pages.put(List.of(chunk.leaf().getPath()), opened);
      if (type != null) {
        return new FlatColumn(chunk.leaf(), type, opened);
      }
    }
    return new NestedColumn(column.field(), current.rows(), pages, maxBytes);
  }

  private ChunkInput input(ParquetColumn column, Chunk chunk) {
    Fetcher from = fetcher;
    if (from == null) {
      throw new IllegalStateException("before the first row");
    }
    return from.input(chunk, !column.isOfCondition());
  }

  /** What went wrong with a column, with its name; or what the source has thrown. */
  RuntimeException failure(ParquetColumn column, Exception cause) {
    ColumnDescriptor leaf = footer.schema().getColumns().get(column.firstLeaf());
    RuntimeException failure =
        Failures.damaged(
            source.name()
                + ": column "
                + leaf.getPath()[0]
                + ", row "
                + row
                + " of row group "
                + groups.get(group).index(),
            cause);
    return failure instanceof SourceFailure thrown ? thrown.exception() : failure;
  }

  @Override
  public long number() {
    return number;
  }

  @Override
  public long bytesRead() {
    return count.bytes();
  }

  @Override
  public void close() {
    if (fetcher != null) {
      fetcher.close();
    }
  }
}
