package io.github.s3vfs.benchmark;

import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.benchmark.TestDatabases.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Threads that look random rows up in a database of which nothing is in memory at first, and
 * connections that increment one number, each in a transaction of its own.
 */
final class ConcurrencyScenario {
  private static final int[] READERS = {1, 2, 4, 8, 16};
  private static final int[] WRITERS = {1, 2, 4};
  private static final Duration TIME = Duration.ofSeconds(3);
  private static final Rounds ROUNDS = new Rounds(2, Duration.ofSeconds(7));

  private final Bench bench;
  private final String layout;
  private final Results results;

  ConcurrencyScenario(Bench bench, String scenario, String layout) {
    this.bench = bench;
    this.layout = layout;
    this.results = new Results(scenario, layout);
  }

  List<BenchmarkResult> run() throws Exception {
    TestDatabase database = bench.databases().items(Bench.mebibytes(layout), layout);
    for (int threads : READERS) {
      results.add(
          threads + (threads == 1 ? " thread" : " threads") + ", random lookups from nothing",
          "lookups/s",
          Spread.of(ROUNDS.run(round -> lookups(database, threads, round)), Double::doubleValue));
    }
    for (int writers : WRITERS) {
      increments(writers, true);
      if (writers > 1) {
        increments(writers, false);
      }
    }
    return results.list();
  }

  /** What a thread does until a point in time of {@link System#nanoTime}; it answers how often. */
  private interface Work {
    int run(int thread, long until) throws Exception;
  }

  /** How often all threads together do it per second. */
  private static double rate(int threads, Work work) throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      long start = System.nanoTime();
      List<Callable<Integer>> tasks = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        int thread = i;
        tasks.add(() -> work.run(thread, start + TIME.toNanos()));
      }
      int count = 0;
      for (Future<Integer> each : executor.invokeAll(tasks)) {
        count += each.get();
      }
      return count * 1e9 / (System.nanoTime() - start);
    } finally {
      executor.shutdown();
    }
  }

  private double lookups(TestDatabase database, int threads, int round) throws Exception {
    try (S3Vfs vfs = bench.store().vfs().register()) {
      return rate(
          threads,
          (thread, until) -> {
            SplittableRandom random = new SplittableRandom(1000L * round + thread);
            int count = 0;
            try (Connection connection =
                DriverManager.getConnection(bench.store().url(vfs, database.path()))) {
              while (System.nanoTime() - until < 0) {
                int id = 1 + random.nextInt(database.rows());
                ColdReads.query(connection, ItemTable.POINT, id, 1);
                count++;
              }
            }
            return count;
          });
    }
  }

  /**
   * @param together whether all connections are of one VFS, as those of a process, or each has its
   *     own, as if it were another process
   */
  private void increments(int writers, boolean together) throws Exception {
    String path = layout + "/counter-" + writers + (together ? "" : "-apart");
    List<S3Vfs> vfses = new ArrayList<>();
    try {
      for (int i = 0; i < (together ? 1 : writers); i++) {
        vfses.add(bench.store().vfs(layout).register());
      }
      String first = bench.store().url(vfses.get(0), path);
      execute(first, "CREATE TABLE counter(n INT)", "INSERT INTO counter VALUES (0)");
      double[] counted = new double[1];
      Spread rate =
          Spread.once(
              rate(
                  writers,
                  (thread, until) -> {
                    S3Vfs vfs = vfses.get(together ? 0 : thread);
                    int count = increment(bench.store().url(vfs, path), until);
                    synchronized (counted) {
                      counted[0] += count;
                    }
                    return count;
                  }));
      check(first, (long) counted[0]);
      String where =
          writers == 1 ? "1 writer" : writers + (together ? " writers of one VFS" : " VFSes");
      results.add(where + ", increments of one number", "commits/s", rate);
    } finally {
      vfses.forEach(S3Vfs::close);
    }
  }

  private static int increment(String url, long until) throws SQLException {
    int count = 0;
    try (Connection connection = DriverManager.getConnection(url + "&busy_timeout=10000");
        Statement statement = connection.createStatement()) {
      while (System.nanoTime() - until < 0) {
        try {
          statement.execute("BEGIN IMMEDIATE");
        } catch (SQLException e) {
          if (isBusy(e)) {
            continue;
          }
          throw e;
        }
        statement.executeUpdate("UPDATE counter SET n = n + 1");
        statement.execute("COMMIT");
        count++;
      }
    }
    return count;
  }

  /** SQLITE_BUSY, in any of its forms. */
  private static boolean isBusy(SQLException e) {
    return (e.getErrorCode() & 0xff) == 5;
  }

  private static void execute(String url, String... statements) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static void check(String url, long count) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url + "&max_staleness_ms=0")) {
      ColdReads.query(connection, "SELECT n FROM counter WHERE n = ?", count, 1);
    }
  }
}
