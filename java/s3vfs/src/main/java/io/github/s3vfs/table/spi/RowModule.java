package io.github.s3vfs.table.spi;

import java.util.List;

/** A kind of virtual tables. Thread-safe if it is registered with several connections. */
public interface RowModule {
  /**
   * Whether it is a table-valued function: a table of the module's name that is there without
   * having been created, whose hidden columns are its parameters.
   *
   * @return the same always
   */
  boolean isFunction();

  /**
   * Makes a table.
   *
   * @param arguments as SQLite has them: the names of the module, of the database and of the table,
   *     then what stood in the parentheses, separated by commas, as it was written
   * @return the table
   * @throws Exception if there is none
   */
  RowTable table(List<String> arguments) throws Exception;
}
