package io.github.s3vfs.changelog;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A row that comes or goes. An update is its old row that goes, and its new row that comes.
 *
 * @param values of the schema's columns, in order
 * @param diff 1 for a row that comes, -1 for one that goes
 * @param errors by column, in place of values; an event that has any is refused by writers
 */
public record RowEvent(List<@Nullable Object> values, int diff, Map<String, String> errors) {

  /**
   * Checks the diff.
   *
   * @throws IllegalArgumentException if it is neither 1 nor -1
   */
  public RowEvent {
    if (diff != 1 && diff != -1) {
      throw new IllegalArgumentException("a diff of " + diff);
    }
    errors = Map.copyOf(errors);
  }

  /**
   * A row that comes.
   *
   * @param values of the schema's columns, in order; not to be changed afterwards
   * @return the event
   */
  public static RowEvent insert(@Nullable Object... values) {
    return new RowEvent(Collections.unmodifiableList(Arrays.asList(values)), 1, Map.of());
  }

  /**
   * A row that goes.
   *
   * @param values of the schema's columns, in order; not to be changed afterwards
   * @return the event
   */
  public static RowEvent delete(@Nullable Object... values) {
    return new RowEvent(Collections.unmodifiableList(Arrays.asList(values)), -1, Map.of());
  }

  /**
   * What a reader has seen.
   *
   * @param change of a row with the same columns
   * @return the event
   */
  public static RowEvent of(Change change) {
    return new RowEvent(change.row().values(), change.kind().diff(), change.row().errors());
  }

  /**
   * Checks whether it can be written, as far as that can be said without the table.
   *
   * @param schema of the row
   * @throws ChangelogException {@code ROW_HAS_ERRORS}, or {@code INVALID_VALUE} if a value does not
   *     fit its column's type, or there are more or fewer of them
   */
  public void check(TableSchema schema) {
    EventCells.check(this, schema);
    for (int i = 0; i < values.size(); i++) {
      Object unused = EventCells.cell(schema.columns().get(i), values.get(i));
    }
  }
}
