package io.github.s3vfs.internal.vfs;

import java.sql.SQLException;

/**
 * A connection that keeps track of its transaction, and of the blobs that are open on it. Its
 * methods are called with the monitor of its {@code org.sqlite.core.DB} held.
 */
public interface BlobOwner {
  /** Something that is open on a connection. */
  interface Blob {
    /**
     * Closes it; closing again does nothing.
     *
     * @throws SQLException if what was written cannot be committed; it is closed
     */
    void close() throws SQLException;
  }

  /**
   * To be called before SQLite is.
   *
   * @throws SQLException if SQLite has rolled a transaction back that the program has not ended
   */
  void beforeExecution() throws SQLException;

  /**
   * To be called after a failure: SQLite may have rolled back.
   *
   * @return the same exception
   */
  SQLException failed(SQLException e);

  /** To be closed with the connection. */
  void opened(Blob blob);

  /** Was closed. */
  void closed(Blob blob);
}
