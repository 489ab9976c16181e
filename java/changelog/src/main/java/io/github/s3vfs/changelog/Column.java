package io.github.s3vfs.changelog;

/**
 * A column that a program reads or writes.
 *
 * @param name as in the table; case does not matter, as in SQLite
 * @param type of its values
 * @param optional whether NULL is a value
 * @param primaryKey whether it is part of what identifies a row
 */
public record Column(String name, LogicalType type, boolean optional, boolean primaryKey) {

  /**
   * A column without NULL.
   *
   * @param name as in the table
   * @param type of its values
   * @return the column
   */
  public static Column of(String name, LogicalType type) {
    return new Column(name, type, false, false);
  }

  /**
   * A column that may have NULL.
   *
   * @param name as in the table
   * @param type of its other values
   * @return the column
   */
  public static Column optional(String name, LogicalType type) {
    return new Column(name, type, true, false);
  }

  /**
   * A column that identifies a row, alone or with others.
   *
   * @param name as in the table
   * @param type of its values
   * @return the column
   */
  public static Column key(String name, LogicalType type) {
    return new Column(name, type, false, true);
  }
}
