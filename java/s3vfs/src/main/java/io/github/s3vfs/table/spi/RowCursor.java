package io.github.s3vfs.table.spi;

import java.util.List;

/** Goes through the rows of a table, any number of times. Belongs to one thread at a time. */
public interface RowCursor extends AutoCloseable {
  /**
   * Begins.
   *
   * @param plan the text of the plan that was chosen
   * @param arguments the values that it wanted, in their order; they are valid during this call
   * @throws Exception if it can not begin
   */
  void filter(String plan, List<SqlValue> arguments) throws Exception;

  /**
   * Goes on: adds rows to a batch as long as it {@link RowBatch#wantsMore wants more}. It may stop
   * earlier, also without a row, and should do so after some tens of milliseconds, so that SQLite
   * can end the statement. While it waits, its thread is interrupted if the statement is.
   *
   * @param batch to be filled; it is empty and its columns are not set
   * @return whether there may be more rows
   * @throws Exception if the rest can not be had
   */
  boolean fill(RowBatch batch) throws Exception;

  /** Gives up what it has. */
  @Override
  void close();
}
