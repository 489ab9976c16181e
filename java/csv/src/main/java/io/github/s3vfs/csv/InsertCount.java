package io.github.s3vfs.csv;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Runs INSERT and tells whether it has changed anything. SQLite counts nothing that is inserted
 * into a view; what counts then is what its triggers do. Closing it does not close the INSERT.
 */
final class InsertCount implements AutoCloseable {
  private final PreparedStatement insert;
  private final @Nullable PreparedStatement total;

  InsertCount(Connection connection, PreparedStatement insert, TargetTable table)
      throws SQLException {
    this.insert = insert;
    this.total = table.isView() ? connection.prepareStatement("SELECT total_changes()") : null;
  }

  boolean run() throws SQLException {
    long before = total();
    return insert.executeUpdate() > 0 || total() > before;
  }

  private long total() throws SQLException {
    if (total == null) {
      return 0;
    }
    try (ResultSet row = total.executeQuery()) {
      return row.getLong(1);
    }
  }

  @Override
  public void close() throws SQLException {
    if (total != null) {
      total.close();
    }
  }
}
