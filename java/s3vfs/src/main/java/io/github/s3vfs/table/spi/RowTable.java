package io.github.s3vfs.table.spi;

import org.jspecify.annotations.Nullable;

/** A virtual table of one connection. Belongs to one thread at a time. */
public interface RowTable extends AutoCloseable {
  /**
   * Its columns.
   *
   * @return a CREATE TABLE, whose name does not matter
   */
  String schema();

  /**
   * Says how rows would be found.
   *
   * @param request what is wanted
   * @return the plan, or null if it can not be done
   */
  @Nullable ScanPlan plan(ScanRequest request);

  /**
   * Opens a cursor. Several can be open.
   *
   * @return a cursor without rows
   * @throws Exception if there is none
   */
  RowCursor open() throws Exception;

  /** Gives up what it has; its cursors have been closed. */
  @Override
  default void close() {}
}
