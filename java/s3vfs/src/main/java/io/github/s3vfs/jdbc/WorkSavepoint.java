package io.github.s3vfs.jdbc;

import java.sql.SQLException;
import java.sql.Savepoint;
import org.jspecify.annotations.Nullable;

/**
 * A savepoint that SQL has set. sqlite-jdbc's own method sets {@code autoCommit} to false besides,
 * without the knowledge of the pools in front of it.
 *
 * @param id unique within its connection
 * @param name that the program has given it, or null
 */
record WorkSavepoint(int id, @Nullable String name) implements Savepoint {

  /** As SQL names it. */
  String sqlName() {
    return '"' + (name == null ? "s3vfs_savepoint_" + id : name.replace("\"", "\"\"")) + '"';
  }

  @Override
  public int getSavepointId() throws SQLException {
    if (name != null) {
      throw new SQLException("this savepoint has a name");
    }
    return id;
  }

  @Override
  public String getSavepointName() throws SQLException {
    if (name == null) {
      throw new SQLException("this savepoint has no name");
    }
    return name;
  }
}
