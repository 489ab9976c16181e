package io.github.s3vfs.changelog;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The columns of a table that a program reads or writes, and what their values are. The table may
 * have others. Immutable.
 *
 * @param columns one or more
 */
public record TableSchema(List<Column> columns) {

  /**
   * Checks the columns.
   *
   * @throws ChangelogException {@code NO_COLUMNS}, or {@code DUPLICATE_COLUMN} if two names are
   *     equal but for case
   */
  public TableSchema {
    columns = List.copyOf(columns);
    if (columns.isEmpty()) {
      throw new ChangelogException(
          ChangelogException.Kind.NO_COLUMNS, List.of(), "a schema has a column at least");
    }
    Set<String> names = new HashSet<>();
    List<String> twice =
        columns.stream().map(Column::name).filter(name -> !names.add(Names.folded(name))).toList();
    if (!twice.isEmpty()) {
      throw new ChangelogException(
          ChangelogException.Kind.DUPLICATE_COLUMN, twice, "columns are there twice: " + twice);
    }
  }

  /**
   * Of some columns.
   *
   * @param columns one or more
   * @return the schema
   * @throws ChangelogException as the constructor
   */
  public static TableSchema of(Column... columns) {
    return new TableSchema(List.of(columns));
  }

  /** The columns that identify a row; none if the rowid does. */
  public List<Column> primaryKey() {
    return columns.stream().filter(Column::primaryKey).toList();
  }

  /** The names of the columns, in order. */
  public List<String> names() {
    return columns.stream().map(Column::name).toList();
  }

  /** Where a column is, or -1. Case does not matter. */
  int indexOf(String name) {
    for (int i = 0; i < columns.size(); i++) {
      if (Names.same(columns.get(i).name(), name)) {
        return i;
      }
    }
    return -1;
  }
}
