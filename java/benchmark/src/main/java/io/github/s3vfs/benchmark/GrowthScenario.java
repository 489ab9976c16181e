package io.github.s3vfs.benchmark;

import io.github.s3vfs.benchmark.TestDatabases.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The same lookups in databases of different sizes, and the memory of a process that does one. */
final class GrowthScenario {
  private static final int MOST_MORE = 1;
  private static final int PROCESSES = 3;

  private final Bench bench;
  private final String layout;
  private final Results results;

  GrowthScenario(Bench bench, String scenario, String layout) {
    this.bench = bench;
    this.layout = layout;
    this.results = new Results(scenario, layout);
  }

  List<BenchmarkResult> run() throws Exception {
    List<Integer> sizes = new ArrayList<>();
    sizes.add(TestDatabases.SMALL_MEBIBYTES);
    if (!layout.equals(Benchmark.BLOCKS)) {
      sizes.add(TestDatabases.MEBIBYTES);
      if (bench.options().large()) {
        sizes.add(TestDatabases.LARGE_MEBIBYTES);
      }
    }
    Spread byKey = null;
    Spread byIndex = null;
    for (int mebibytes : sizes) {
      TestDatabase database = bench.databases().items(mebibytes, layout);
      byKey = lookups(mebibytes, database, "primary key", ItemTable.POINT, byKey);
      byIndex = lookups(mebibytes, database, "a secondary index", ItemTable.BY_INDEX, byIndex);
      memory(mebibytes, database);
    }
    return results.list();
  }

  /**
   * @param smaller round trips in the database of the size before, or null
   */
  private Spread lookups(
      int mebibytes, TestDatabase database, String by, String sql, @Nullable Spread smaller)
      throws Exception {
    boolean index = sql.equals(ItemTable.BY_INDEX);
    ColdReads.Key key =
        round -> {
          int id = ColdReads.id(round, database.rows());
          return index ? ItemTable.k(id) : id;
        };
    List<Cost> costs = new ColdReads(bench.store()).measure(Rounds.SHORT, database, sql, key, 1);
    Spread roundTrips = Spread.of(costs, Cost::roundTrips);
    String what = mebibytes + " MiB, first row by " + by;
    if (bench.store().counted()) {
      results.add(what + ": dependent round trips", "round trips", roundTrips);
      if (smaller != null) {
        double before = smaller.median();
        results.atMost(
            what + ": more round trips than in the size before",
            "round trips",
            roundTrips.map(each -> each - before),
            MOST_MORE);
      }
    }
    results.add(what + ": time", "ms", Cost.millis(costs));
    return roundTrips;
  }

  /** Of a process of its own that looks one row up by the key. */
  private void memory(int mebibytes, TestDatabase database) throws Exception {
    String sql = ItemTable.POINT.replace("?", "77778");
    List<Long> kib = new ArrayList<>();
    for (int i = 0; i < PROCESSES; i++) {
      List<String> lines =
          FirstRowProcess.run(
              bench.store().environment(),
              List.of(),
              bench.store().urlOfOthers(database.path()),
              sql.replace("77778", "" + (database.rows() / 2 + i)));
      kib.add(FirstRowProcess.number(lines, "kib"));
    }
    results.add(
        mebibytes + " MiB, a process after its first row: resident memory",
        "MiB",
        Spread.of(kib, each -> each / 1024.0));
  }
}
