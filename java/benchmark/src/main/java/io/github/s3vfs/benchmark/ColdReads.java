package io.github.s3vfs.benchmark;

import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.benchmark.TestDatabases.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Queries by a VFS that has nothing in memory: neither pages nor connections. The JVM is warm. The
 * time is that from the call of {@code getConnection} until the last row was read.
 */
final class ColdReads {
  private final BenchmarkStore store;

  ColdReads(BenchmarkStore store) {
    this.store = store;
  }

  /** Says which key is looked up in a round. */
  interface Key {
    /** A key that has rows. */
    Object of(int round);
  }

  /** Measures a query with one parameter again and again, each time by a new VFS. */
  List<Cost> measure(Rounds rounds, TestDatabase database, String sql, Key key, int rows)
      throws Exception {
    run(database, sql, key.of(-1), rows); // for the JVM to warm up
    return rounds.run(round -> run(database, sql, key.of(round), rows));
  }

  private Cost run(TestDatabase database, String sql, Object key, int rows) throws Exception {
    try (S3Vfs vfs = store.vfs().register()) {
      @Nullable Connection[] opened = new @Nullable Connection[1];
      try {
        return store.measure(
            () -> {
              Connection connection = DriverManager.getConnection(store.url(vfs, database.path()));
              opened[0] = connection;
              query(connection, sql, key, rows);
            });
      } finally {
        if (opened[0] != null) {
          opened[0].close();
        }
      }
    }
  }

  /**
   * Reads all rows.
   *
   * @throws IllegalStateException if there are not so many
   */
  static void query(Connection connection, String sql, Object key, int rows) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setObject(1, key);
      int found = 0;
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          if (result.getObject(1) != null) {
            found++;
          }
        }
      }
      if (found != rows) {
        throw new IllegalStateException(found + " rows in place of " + rows + ": " + sql);
      }
    }
  }

  /** A key of the table item that is another one in each round, and the same in each run. */
  static int id(int round, int rows) {
    return 1 + Math.floorMod(round * 1_000_003 + 77_777, rows);
  }
}
