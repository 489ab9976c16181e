package io.github.s3vfs.changelog;

import io.github.s3vfs.changelog.ChangelogException.Kind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What events are in the cells of a table. Immutable. */
final class EventCells {
  private final TableSchema schema;
  private final int[] keyIndexes;

  /**
   * @param key the columns that identify a row; none in a stream of changes
   */
  EventCells(TableSchema schema, List<String> key) {
    this.schema = schema;
    this.keyIndexes = key.stream().mapToInt(schema::indexOf).toArray();
  }

  /**
   * All cells of a row, with time and diff in a stream of changes.
   *
   * @throws ChangelogException {@code ROW_HAS_ERRORS} or {@code INVALID_VALUE}
   */
  @Nullable Object[] row(RowEvent event, long time) {
    check(event, schema);
    List<Column> columns = schema.columns();
    boolean stream = keyIndexes.length == 0;
    @Nullable Object[] cells = new Object[columns.size() + (stream ? 2 : 0)];
    for (int i = 0; i < columns.size(); i++) {
      cells[i] = cell(columns.get(i), event.values().get(i));
    }
    if (stream) {
      cells[columns.size()] = time;
      cells[columns.size() + 1] = (long) event.diff();
    }
    return cells;
  }

  /**
   * The cells of the key.
   *
   * @throws ChangelogException as the other one
   */
  @Nullable Object[] key(RowEvent event) {
    check(event, schema);
    @Nullable Object[] cells = new Object[keyIndexes.length];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = cell(schema.columns().get(keyIndexes[i]), event.values().get(keyIndexes[i]));
    }
    return cells;
  }

  /** Checks that a row has no errors, and a value for each column. */
  static void check(RowEvent event, TableSchema schema) {
    if (!event.errors().isEmpty()) {
      throw new ChangelogException(
          Kind.ROW_HAS_ERRORS,
          List.copyOf(event.errors().keySet()),
          "a row with errors is not written: " + event.errors());
    }
    if (event.values().size() != schema.columns().size()) {
      throw new ChangelogException(
          Kind.INVALID_VALUE,
          List.of(),
          event.values().size() + " values for " + schema.columns().size() + " columns");
    }
  }

  /** The cell of a value. */
  static @Nullable Object cell(Column column, @Nullable Object value) {
    try {
      return ToSqlite.write(column, value);
    } catch (BadValue e) {
      throw new ChangelogException(
          Kind.INVALID_VALUE,
          List.of(column.name()),
          "cannot write a field \"" + column.name() + "\" with " + e.getMessage());
    }
  }
}
