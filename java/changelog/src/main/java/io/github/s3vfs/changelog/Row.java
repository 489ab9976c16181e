package io.github.s3vfs.changelog;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The values of a row, and what could not be made a value. Immutable, but for byte arrays. */
public final class Row {
  private final TableSchema schema;
  private final @Nullable Object[] values;
  private final Map<String, String> errors;

  Row(TableSchema schema, @Nullable Object[] values, Map<String, String> errors) {
    this.schema = schema;
    this.values = values;
    this.errors = errors;
  }

  /** The columns. */
  public TableSchema schema() {
    return schema;
  }

  /** The values in the order of the columns; null also where there is an error. */
  public List<@Nullable Object> values() {
    return Collections.unmodifiableList(Arrays.asList(values));
  }

  /**
   * The value of a column.
   *
   * @param index from 0
   * @return null for NULL, and where there is an error
   */
  public @Nullable Object get(int index) {
    return values[index];
  }

  /**
   * The value of a column.
   *
   * @param column its name; case does not matter
   * @return null for NULL, and where there is an error
   * @throws IllegalArgumentException if there is no such column
   */
  public @Nullable Object get(String column) {
    int index = schema.indexOf(column);
    if (index < 0) {
      throw new IllegalArgumentException("no column " + column);
    }
    return values[index];
  }

  /** By column, why there is no value; empty for most rows. */
  public Map<String, String> errors() {
    return errors;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Row row
        && Arrays.deepEquals(values, row.values)
        && errors.equals(row.errors);
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(values) * 31 + errors.hashCode();
  }

  @Override
  public String toString() {
    return Arrays.deepToString(values) + (errors.isEmpty() ? "" : " " + errors);
  }
}
