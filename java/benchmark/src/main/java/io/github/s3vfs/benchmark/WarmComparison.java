package io.github.s3vfs.benchmark;

import io.github.s3vfs.S3VfsStats;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** The measurements of {@link WarmScenario} in one layout. */
final class WarmComparison {
  static final long MAX_STALENESS_MILLIS = 1_000;

  private static final Duration TIME = Duration.ofSeconds(7);

  /**
   * How long the local side of a round is to take, about: less than the system lets a thread run
   * for, so that on a busy machine most rounds are not interrupted.
   */
  private static final Duration ROUND = Duration.ofMillis(3);

  private static final Duration NANO = Duration.ofNanos(1);
  private static final Duration MICRO = Duration.ofNanos(1_000);
  private static final Duration MILLI = Duration.ofMillis(1);
  private static final String POINTS = "point lookups";

  private final String scenario;
  private final String layout;
  private final WarmStore store;
  private final List<BenchmarkResult> results = new ArrayList<>();

  WarmComparison(String scenario, String layout, WarmStore store) {
    this.scenario = scenario;
    this.layout = layout;
    this.store = store;
  }

  /** Some reads by random keys, of which the same seed makes the same ones. */
  private interface Reads {
    long run(SplittableRandom random, int count) throws SQLException;
  }

  /** Reads everything into memory, and answers SQLite's settings, which are those of both sides. */
  Map<String, String> prepare() throws SQLException {
    try (WarmConnection local = store.local();
        WarmConnection remote = store.remote(MAX_STALENESS_MILLIS)) {
      local.readAll();
      remote.readAll();
      return WarmSettings.same(local, remote);
    }
  }

  List<BenchmarkResult> run() throws Exception {
    try (WarmConnection local = store.local();
        WarmConnection remote = store.remote(MAX_STALENESS_MILLIS)) {
      long misses = store.vfs().stats().cacheMisses();
      points(local, remote);
      try (WarmConnection unexplained = store.remoteUnexplained(MAX_STALENESS_MILLIS)) {
        int count = count(local::points);
        reportTimes(
            POINTS + ", by SQLiteDataSource",
            NANO,
            measure(count, local::points, unexplained::points));
      }
      reportTimes(
          "full scan",
          MILLI,
          Paired.measure(
              TIME, Paired.timed(1, r -> local.scan()), Paired.timed(1, r -> remote.scan())));
      reportTimes(
          "index ranges of 300 rows",
          MICRO,
          measure(count(local::ranges), local::ranges, remote::ranges));
      threads();
      long missed = store.vfs().stats().cacheMisses() - misses;
      add("reads that had to wait for S3's data", "reads", (double) missed, "0", missed == 0);
    }
    return results;
  }

  private void points(WarmConnection local, WarmConnection remote) throws Exception {
    reportTimes(POINTS, NANO, measure(count(local::points), local::points, remote::points));
    S3VfsStats before = store.vfs().stats();
    int queries = 0;
    long start = System.nanoTime();
    while (System.nanoTime() - start < Duration.ofSeconds(2).toNanos()) {
      remote.points(new SplittableRandom(queries), 100);
      queries += 100;
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    S3VfsStats after = store.vfs().stats();
    double upcalls = (double) (after.upcalls() - before.upcalls()) / queries;
    add(POINTS + ": upcalls", "per query", upcalls, "at most 0.01", upcalls <= 0.01);
    long requests = after.requests() - before.requests();
    add(POINTS + ": requests", "per query", (double) requests / queries, null, true);
    int rounds = layout.equals(Benchmark.BLOCKS) ? 2 : 1;
    add(
        POINTS + ": requests",
        "per second",
        requests / seconds,
        "at most " + rounds + " (and once more)",
        requests <= rounds * (seconds + 1));
  }

  private void threads() throws Exception {
    List<WarmConnection> opened = new ArrayList<>();
    try (WarmThreads threads = new WarmThreads()) {
      List<WarmConnection> local = WarmThreads.open(store::local);
      opened.addAll(local);
      List<WarmConnection> remote = WarmThreads.open(() -> store.remote(MAX_STALENESS_MILLIS));
      opened.addAll(remote);
      Paired paired = Paired.measure(TIME, threads.side(local), threads.side(remote));
      String what = POINTS + ", " + WarmThreads.THREADS + " threads";
      add(what + ": local file", "queries/s", Math.rint(1e9 / paired.medianLocal()));
      add(what + ": S3", "queries/s", Math.rint(1e9 / paired.medianRemote()));
      double ratio = 1 / paired.ratio(0.5);
      add(what + ": S3 to local, median of rounds", "ratio", ratio, "at least 1.0", ratio >= 1);
      reportSpread(what, 1 / paired.ratio(0.75), 1 / paired.ratio(0.25), 1 / paired.ratioOfSums());
    } finally {
      for (WarmConnection connection : opened) {
        connection.close();
      }
    }
  }

  /** As many reads as take the time of a round, locally; of a few tries, the fastest counts. */
  private static int count(Reads local) throws SQLException {
    for (int count = 1; ; count *= 2) {
      long fastest = Long.MAX_VALUE;
      for (int i = 0; i < 5; i++) {
        long start = System.nanoTime();
        local.run(new SplittableRandom(i), count);
        fastest = Math.min(fastest, System.nanoTime() - start);
      }
      if (fastest > ROUND.toNanos() / 2) {
        return count;
      }
    }
  }

  private static Paired measure(int count, Reads local, Reads remote) throws Exception {
    return Paired.measure(
        TIME,
        Paired.timed(count, round -> local.run(new SplittableRandom(round), count)),
        Paired.timed(count, round -> remote.run(new SplittableRandom(round), count)));
  }

  private void reportTimes(String what, Duration unit, Paired paired) {
    String name = unit.equals(NANO) ? "ns" : unit.equals(MICRO) ? "us" : "ms";
    add(what + ": local file", name, paired.medianLocal() / unit.toNanos());
    add(what + ": S3", name, paired.medianRemote() / unit.toNanos());
    double ratio = paired.ratio(0.5);
    add(what + ": S3 to local, median of rounds", "ratio", ratio, "at most 1.0", ratio <= 1);
    reportSpread(what, paired.ratio(0.25), paired.ratio(0.75), paired.ratioOfSums());
    add(what + ": S3 to local, fastest tenth", "ratio", paired.ratioOfFastest());
    add(what + ": S3 to local, processor time", "ratio", paired.processorRatio());
  }

  private void reportSpread(String what, double lower, double upper, double sums) {
    add(what + ": S3 to local, lower quartile", "ratio", lower);
    add(what + ": S3 to local, upper quartile", "ratio", upper);
    add(what + ": S3 to local, all rounds together", "ratio", sums);
  }

  private void add(String measure, String unit, double value) {
    add(measure, unit, value, null, true);
  }

  private void add(
      String measure, String unit, double value, @Nullable String target, boolean met) {
    Boolean verdict = target == null ? null : met;
    results.add(new BenchmarkResult(scenario, layout, measure, unit, value, target, verdict));
  }
}
