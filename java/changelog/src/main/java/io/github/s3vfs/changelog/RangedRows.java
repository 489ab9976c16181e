package io.github.s3vfs.changelog;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows of a table that are in some ranges; those in several may come again. Not thread-safe. */
final class RangedRows implements Diff.Rows {
  private final Connection connection;
  private final ReaderTable table;
  private final Iterator<? extends RowTree.RowRange> ranges;

  /** By their conditions, of which there are a few. */
  private final Map<String, PreparedStatement> statements = new HashMap<>();

  private @Nullable ResultSet row;

  RangedRows(Connection connection, ReaderTable table, List<? extends RowTree.RowRange> ranges) {
    this.connection = connection;
    this.table = table;
    this.ranges = ranges.iterator();
  }

  @Override
  public boolean next() throws SQLException {
    while (row == null || !row.next()) {
      if (!ranges.hasNext()) {
        return false;
      }
      row = query(ranges.next());
    }
    return true;
  }

  private ResultSet query(RowTree.RowRange range) throws SQLException {
    String where = range.where(table);
    PreparedStatement statement = statements.get(where);
    if (statement == null) {
      statement = connection.prepareStatement(table.select() + " WHERE " + where);
      statements.put(where, statement);
    }
    int parameter = 0;
    for (Object value : range.values()) {
      statement.setObject(++parameter, value);
    }
    return statement.executeQuery();
  }

  @Override
  public ResultSet row() {
    if (row == null) {
      throw new IllegalStateException("before the first row");
    }
    return row;
  }

  @Override
  public void close() throws SQLException {
    for (PreparedStatement each : statements.values()) {
      each.close();
    }
  }
}
