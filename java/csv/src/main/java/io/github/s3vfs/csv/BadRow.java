package io.github.s3vfs.csv;

import org.jspecify.annotations.Nullable;

/**
 * A record that was not imported. Immutable.
 *
 * @param line where it begins, counted from 1
 * @param column the name of the column that is wrong, or null if it is not one
 * @param problem what is wrong, with the beginning of the value
 */
public record BadRow(long line, @Nullable String column, String problem) {
  /** As it stands in messages. */
  @Override
  public String toString() {
    return "line "
        + line
        + (column == null ? "" : ", column " + Excerpt.of(column))
        + ": "
        + problem;
  }
}
