package io.github.s3vfs.benchmark;

import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.benchmark.TestDatabases.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;

/**
 * Full scans by a VFS that has nothing in memory, of a table that was filled in the order of its
 * key and of one that was filled at random, beside the CRT client; in blocks, beside one request
 * after the other.
 */
final class ScanScenario {
  private static final double IN_ORDER = 0.8;
  private static final double AT_RANDOM = 0.6;

  /** How many scans it takes until most is compiled. */
  private static final int WARM_UPS = 20;

  /** A page cache that takes the whole database; by default it has at most 256 MiB. */
  private static final long CACHE_MEBIBYTES = 384;

  private static final double BLOCKS_TO_SEQUENTIAL = 5;
  private static final String SPEED = "MB/s stored";

  private final Bench bench;
  private final String layout;
  private final Results results;

  ScanScenario(Bench bench, String scenario, String layout) {
    this.bench = bench;
    this.layout = layout;
    this.results = new Results(scenario, layout);
  }

  /**
   * A scan, perhaps not to its end.
   *
   * @param cost of what was read
   * @param fraction of the work that was done, above 0
   */
  private record Scanned(Cost cost, double fraction) {
    /** How long the whole scan takes, or would. */
    double seconds() {
      return cost.seconds() / fraction;
    }
  }

  List<BenchmarkResult> run() throws Exception {
    if (layout.equals(Benchmark.BLOCKS)) {
      blocks();
    } else {
      snapshot();
    }
    return results.list();
  }

  private void snapshot() throws Exception {
    int mebibytes = TestDatabases.MEBIBYTES;
    TestDatabase inOrder = bench.databases().items(mebibytes, layout);
    TestDatabase atRandom = bench.databases().itemsAtRandom(mebibytes, layout);
    long stored = bench.store().storedBytes(inOrder.path() + "/");
    RawObject raw = RawObject.create(bench, stored);
    results.add("size of the database on S3", "MiB", Spread.once(stored / 1048576.0));
    results.add("page cache for the scans", "MiB", Spread.once(CACHE_MEBIBYTES));
    long steps = TableScan.steps(inOrder.file());
    raw.download();
    warmUp(inOrder, steps);
    List<Cost> downloads = new ArrayList<>();
    List<Scanned> scans =
        Rounds.LONG.run(
            round -> {
              downloads.add(raw.download());
              return scan(inOrder, steps);
            });
    Spread crt = Spread.of(downloads, cost -> stored / 1e6 / cost.seconds());
    report("full scan, table filled in order of its key", inOrder, scans, crt, IN_ORDER);
    long stepsAtRandom = TableScan.steps(atRandom.file());
    warmUp(atRandom, stepsAtRandom);
    report(
        "full scan, table filled in random order",
        atRandom,
        Rounds.LONG.run(round -> scan(atRandom, stepsAtRandom)),
        crt,
        AT_RANDOM);
    results.add("peer: CRT client, an object of the same stored size: speed", SPEED, crt);
    results.add("peer: CRT client: time", "s", Spread.of(downloads, Cost::seconds));
    results.add(
        "peer: local file in the system's memory: time",
        "s",
        Spread.of(
            Rounds.SHORT.run(round -> bench.store().measure(() -> TableScan.steps(inOrder.file()))),
            Cost::seconds));
  }

  /** For the JVM, which compiles what is called often. The CRT client has nothing to compile. */
  private void warmUp(TestDatabase database, long steps) throws Exception {
    for (int i = 0; i < WARM_UPS; i++) {
      scan(database, steps);
    }
  }

  private void report(
      String what, TestDatabase database, List<Scanned> scans, Spread crt, double target) {
    double stored = bench.store().storedBytes(database.path() + "/") / 1e6;
    double fraction = Spread.of(scans, Scanned::fraction).low();
    String name =
        fraction == 1
            ? what
            : what + " (by the first " + Math.max(1, Math.round(100 * fraction)) + " % of it)";
    Spread speed = Spread.of(scans, scan -> stored / scan.seconds());
    results.atLeast(
        name + ": speed to that of the CRT client",
        "ratio",
        speed.map(each -> each / crt.median()),
        target);
    results.add(name + ": speed", SPEED, speed);
    results.add(name + ": time", "s", Spread.of(scans, Scanned::seconds));
    if (bench.store().counted()) {
      results.add(
          name + ": requests",
          "requests",
          Spread.of(scans, scan -> Math.round(scan.cost().requests() / scan.fraction())));
      results.add(
          name + ": received to stored bytes",
          "ratio",
          Spread.of(scans, scan -> scan.cost().bytes() / 1e6 / scan.fraction() / stored));
    }
  }

  private Scanned scan(TestDatabase database, long steps) throws Exception {
    double[] read = new double[1];
    try (S3Vfs vfs = bench.store().vfs().cacheSizeBytes(CACHE_MEBIBYTES << 20).register()) {
      Cost cost =
          bench
              .store()
              .measure(
                  () -> {
                    try (Connection connection =
                        DriverManager.getConnection(bench.store().url(vfs, database.path()))) {
                      read[0] = TableScan.run(connection, steps);
                    }
                  });
      double stored = bench.store().storedBytes(database.path() + "/");
      return new Scanned(cost, read[0] == 1 ? 1 : part(read[0], vfs, stored));
    }
  }

  /**
   * How much of a scan that was stopped is done. What it has fetched it has in memory, also where
   * it is the turn of that later: so it is the part of the bytes, if that is larger than the part
   * of the rows.
   */
  private static double part(double rows, S3Vfs vfs, double stored) {
    return Math.max(rows, Math.min(1, vfs.stats().bytesReceived() / stored));
  }

  private void blocks() throws Exception {
    TestDatabase database = bench.databases().items(TestDatabases.SMALL_MEBIBYTES, layout);
    long steps = TableScan.steps(database.file());
    scan(database, steps); // for the JVM to warm up
    List<Scanned> scans = Rounds.LONG.run(round -> scan(database, steps));
    Spread sequential = SequentialGets.seconds(bench, database);
    String what = TestDatabases.SMALL_MEBIBYTES + " MiB in blocks of a page, full scan";
    Spread time = Spread.of(scans, Scanned::seconds);
    results.atLeast(
        what + ": speed to that of one GET after the other",
        "ratio",
        time.map(seconds -> sequential.median() / seconds),
        BLOCKS_TO_SEQUENTIAL);
    results.add(what + ": time", "s", time);
    results.add("peer: one GET after the other (by the first 300 blocks): time", "s", sequential);
    Path checkout = bench.options().pythonPeer();
    if (checkout != null) {
      PythonPeer python = PythonPeer.measure(checkout, bench.store(), database);
      results.add("peer: Python package, first row by primary key: time", "s", python.firstRow());
      results.add(
          "peer: Python package, full scan (by the first 5 % of it): time", "s", python.scan());
    }
  }
}
