package io.github.s3vfs.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** On what, and how, the scenario {@code warm} was run: for people, and for the file of results. */
final class WarmSettings {
  /** What must be the same on both sides. */
  private static final List<String> PRAGMAS =
      List.of("page_size", "page_count", "cache_size", "journal_mode", "synchronous", "mmap_size");

  private WarmSettings() {}

  /** The database. */
  static Map<String, String> describe(Path file) throws IOException {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("rows", "" + WarmTable.ROWS);
    settings.put("database, bytes", "" + Files.size(file));
    settings.put("cacheSizeBytes", "" + WarmStore.cacheSizeBytes(file));
    settings.put("max_staleness_ms", "" + WarmComparison.MAX_STALENESS_MILLIS);
    return settings;
  }

  /**
   * SQLite's.
   *
   * @throws IllegalStateException if the two sides differ
   */
  static Map<String, String> same(WarmConnection local, WarmConnection remote) throws SQLException {
    Map<String, String> settings = new LinkedHashMap<>();
    for (String pragma : PRAGMAS) {
      String here = local.pragma(pragma);
      String there = remote.pragma(pragma);
      if (!here.equals(there)) {
        throw new IllegalStateException(pragma + " is " + here + " locally, " + there + " on S3");
      }
      settings.put(pragma, here);
    }
    return settings;
  }
}
