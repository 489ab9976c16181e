package io.github.s3vfs.benchmark;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A database on S3 all of which is in memory, compared with the same one in a local file that the
 * operating system has in memory: in the same run, and with the same settings, which are SQLite's
 * and sqlite-jdbc's own.
 */
final class WarmScenario {
  private final String scenario;
  private final List<String> layouts;

  WarmScenario(String scenario, List<String> layouts) {
    this.scenario = scenario;
    this.layouts = layouts;
  }

  Report run() throws Exception {
    Path directory = Files.createTempDirectory("s3vfs-warm-");
    Path file = directory.resolve("local.sqlite");
    try {
      try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
        WarmTable.fill(connection);
      }
      Map<String, String> settings = WarmSettings.describe(file);
      List<BenchmarkResult> results = new ArrayList<>();
      for (String layout : layouts) {
        try (WarmStore store = WarmStore.open(file, layout)) {
          WarmComparison comparison = new WarmComparison(scenario, layout, store);
          settings.putAll(comparison.prepare());
          results.addAll(comparison.run());
          results.addAll(new FreshReads(scenario, layout, store).run());
        }
      }
      return new Report(settings, results);
    } finally {
      Files.deleteIfExists(file);
      Files.deleteIfExists(directory);
    }
  }
}
