package io.github.s3vfs.benchmark;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.SplittableRandom;

/**
 * A connection in autocommit mode with the statements of {@link WarmTable}, each prepared once: the
 * same code for both sides of a comparison. The methods that read answer a checksum of what they
 * have read. For one thread at a time.
 */
final class WarmConnection implements AutoCloseable {
  private final Connection connection;
  private final PreparedStatement point;
  private final PreparedStatement scan;
  private final PreparedStatement range;

  /** Takes the connection over. */
  WarmConnection(Connection connection) throws SQLException {
    this.connection = connection;
    this.point = connection.prepareStatement(WarmTable.POINT);
    this.scan = connection.prepareStatement(WarmTable.SCAN);
    this.range = connection.prepareStatement(WarmTable.RANGES);
  }

  /** Reads every page once, so that it is in memory if there is room. */
  void readAll() throws SQLException {
    scan();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(WarmTable.INDEX_SCAN)) {
      if (!result.next() || result.getInt(1) != WarmTable.ROWS) {
        throw new IllegalStateException("rows are missing in the index");
      }
    }
  }

  /** What a PRAGMA without an argument answers; 0 where the VFS does not know it (mmap_size). */
  String pragma(String name) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("PRAGMA " + name)) {
      return result.next() ? String.valueOf(result.getString(1)) : "0";
    }
  }

  /** Looks rows up by random primary keys, each in a read transaction of its own. */
  long points(SplittableRandom random, int count) throws SQLException {
    long sum = 0;
    for (int i = 0; i < count; i++) {
      point.setInt(1, 1 + random.nextInt(WarmTable.ROWS));
      try (ResultSet result = point.executeQuery()) {
        if (!result.next()) {
          throw new IllegalStateException("a row is missing");
        }
        sum =
            31 * sum + result.getInt(1) + result.getString(2).length() + (long) result.getDouble(3);
      }
    }
    return sum;
  }

  /** Reads the whole table. */
  long scan() throws SQLException {
    try (ResultSet result = scan.executeQuery()) {
      if (!result.next() || result.getInt(1) != WarmTable.ROWS) {
        throw new IllegalStateException("rows are missing in the table");
      }
      long sum = 0;
      for (int column = 1; column <= 8; column++) {
        sum = 31 * sum + result.getLong(column);
      }
      return sum;
    }
  }

  /** Reads random ranges of the index with the rows of the table. */
  long ranges(SplittableRandom random, int count) throws SQLException {
    long sum = 0;
    for (int i = 0; i < count; i++) {
      int from = random.nextInt(WarmTable.KEYS - WarmTable.RANGE);
      range.setInt(1, from);
      range.setInt(2, from + WarmTable.RANGE - 1);
      try (ResultSet result = range.executeQuery()) {
        if (!result.next()) {
          throw new IllegalStateException("an aggregate without a row");
        }
        sum = 31 * sum + result.getLong(1) + result.getLong(2) + result.getLong(3);
      }
    }
    return sum;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
