package io.github.s3vfs.benchmark;

import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.transfer.S3Databases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The databases that are measured: each is made once, as a local file, and stored once in each
 * layout, when it is first asked for. Nobody may change them. For one thread.
 */
final class TestDatabases {
  /** The size of the database that most is measured on. */
  static final int MEBIBYTES = 256;

  static final int SMALL_MEBIBYTES = 16;
  static final int LARGE_MEBIBYTES = 4096;

  private final BenchmarkStore store;
  private final Path directory;
  private final Map<String, Path> files = new HashMap<>();
  private final Set<String> stored = new HashSet<>();

  TestDatabases(BenchmarkStore store, Path directory) {
    this.store = store;
    this.directory = directory;
  }

  /** Fills a database that is empty. */
  private interface Filling {
    void fill(Connection connection) throws SQLException;
  }

  /**
   * A database on S3, and the local file it was stored from.
   *
   * @param path below the prefix of the store
   * @param file with the same content; to be read only
   * @param rows of the table item, if it has that
   */
  record TestDatabase(String path, Path file, int rows) {
    /** Bytes of the file. */
    long bytes() throws IOException {
      return Files.size(file);
    }
  }

  /** A table that was filled in the order of its key. */
  TestDatabase items(int mebibytes, String layout) throws Exception {
    int rows = ItemTable.rows(mebibytes);
    return stored("items-" + mebibytes, layout, rows, c -> ItemTable.fill(c, rows, false));
  }

  /** The same rows, filled in at random: pages that follow each other are anywhere in the file. */
  TestDatabase itemsAtRandom(int mebibytes, String layout) throws Exception {
    int rows = ItemTable.rows(mebibytes);
    return stored("random-" + mebibytes, layout, rows, c -> ItemTable.fill(c, rows, true));
  }

  /** Tables to be joined. */
  TestDatabase orders(String layout) throws Exception {
    return stored("orders", layout, 0, OrderTables::fill);
  }

  private TestDatabase stored(String name, String layout, int rows, Filling filling)
      throws Exception {
    Path file = files.get(name);
    if (file == null) {
      file = directory.resolve(name + ".sqlite");
      System.err.println("making " + name + " ...");
      try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
        filling.fill(connection);
      }
      files.put(name, file);
    }
    String path = layout + "/" + name;
    if (stored.add(path)) {
      copy(file, path, layout);
    }
    return new TestDatabase(path, file, rows);
  }

  /** Stores another copy of a file, for a scenario that changes it. */
  void copy(Path file, String path, String layout) throws Exception {
    store.unlimited(
        () -> {
          try (S3Vfs vfs = store.vfs(layout).register()) {
            S3Databases.of(vfs).deserialize(store.location(path), file);
          }
        });
  }
}
