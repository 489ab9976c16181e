package io.github.s3vfs.benchmark;

import io.github.s3vfs.testkit.S3TestServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * From the start of a JVM to the first row, in time and memory: a row of a local file through
 * sqlite-jdbc alone, and of a database on S3; and the latter with an archive of class data (CDS)
 * made beforehand. The median of several processes, one after the other.
 */
final class StartupScenario {
  private static final String BUCKET = "bucket";
  private static final String QUERY = "SELECT v FROM t WHERE id = 1";
  private static final int PROCESSES = 7;

  private final String scenario;
  private final String layout;
  private final List<BenchmarkResult> results = new ArrayList<>();

  StartupScenario(String scenario, String layout) {
    this.scenario = scenario;
    this.layout = layout;
  }

  List<BenchmarkResult> run() throws Exception {
    Path directory = Files.createTempDirectory("s3vfs-startup-");
    Path file = directory.resolve("local.sqlite");
    Path archive = directory.resolve("classes.jsa");
    try (S3TestServer server = S3TestServer.builder().inMemory().start()) {
      server.createBucket(BUCKET);
      Map<String, String> environment =
          Map.of(
              "AWS_ACCESS_KEY_ID",
              server.accessKeyId(),
              "AWS_SECRET_ACCESS_KEY",
              server.secretAccessKey());
      String remote =
          "jdbc:sqlite:file:/"
              + BUCKET
              + "/db?vfs=s3&layout="
              + layout
              + "&path_style=true&region="
              + server.region()
              + "&endpoint="
              + server.endpoint();
      String local = "jdbc:sqlite:" + file;
      store(local);
      FirstRowProcess.execute(environment, remote, "CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
      FirstRowProcess.run(
          environment, List.of(), remote, "INSERT INTO t VALUES (1, 'row') RETURNING v");
      measure("local file", environment, List.of(), local);
      measure("S3", environment, List.of(), remote);
      FirstRowProcess.run(
          environment, List.of("-XX:ArchiveClassesAtExit=" + archive), remote, QUERY);
      measure(
          "S3, class data archived",
          environment,
          List.of("-XX:SharedArchiveFile=" + archive),
          remote);
    } finally {
      Files.deleteIfExists(archive);
      Files.deleteIfExists(file);
      Files.deleteIfExists(directory);
    }
    return results;
  }

  private static void store(String url) throws Exception {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, v)");
      statement.execute("INSERT INTO t VALUES (1, 'row')");
    }
  }

  private void measure(
      String what, Map<String, String> environment, List<String> options, String url)
      throws Exception {
    Map<String, long[]> values = new HashMap<>();
    for (int i = 0; i < PROCESSES; i++) {
      for (String line : FirstRowProcess.run(environment, options, url, QUERY)) {
        int equals = line.indexOf('=');
        if (equals > 0 && line.substring(equals + 1).matches("-?\\d+")) {
          values.computeIfAbsent(line.substring(0, equals), name -> new long[PROCESSES])[i] =
              Long.parseLong(line.substring(equals + 1));
        }
      }
    }
    add(what + ": JVM start to first row", "ms", median(values, "jvm"));
    add(what + ": connect to first row", "ms", median(values, "main"));
    add(what + ": resident memory", "KiB", median(values, "kib"));
    add(what + ": threads", "threads", median(values, "threads"));
  }

  private static long median(Map<String, long[]> values, String name) {
    long[] sorted = values.getOrDefault(name, new long[0]).clone();
    if (sorted.length == 0) {
      throw new IllegalStateException("the process did not say " + name);
    }
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private void add(String measure, String unit, long value) {
    results.add(new BenchmarkResult(scenario, layout, measure, unit, value, null, null));
  }
}
