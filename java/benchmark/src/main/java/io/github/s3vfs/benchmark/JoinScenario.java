package io.github.s3vfs.benchmark;

import io.github.s3vfs.benchmark.TestDatabases.TestDatabase;
import java.util.List;

/** A join of three tables by their indexes, the largest of a million rows, from nothing. */
final class JoinScenario {
  private static final int MOST = 10;

  private final Bench bench;
  private final String layout;
  private final Results results;

  JoinScenario(Bench bench, String scenario, String layout) {
    this.bench = bench;
    this.layout = layout;
    this.results = new Results(scenario, layout);
  }

  List<BenchmarkResult> run() throws Exception {
    TestDatabase database = bench.databases().orders(layout);
    List<Cost> costs =
        new ColdReads(bench.store())
            .measure(
                Rounds.SHORT,
                database,
                OrderTables.JOIN,
                round -> OrderTables.number(ColdReads.id(round, OrderTables.ORDERS)),
                OrderTables.LINES_PER_ORDER);
    String what = "join of three tables, five rows";
    if (bench.store().counted()) {
      Spread roundTrips = Spread.of(costs, Cost::roundTrips);
      results.atMost(what + ": dependent round trips", "round trips", roundTrips, MOST);
      results.add(what + ": requests", "requests", Spread.of(costs, Cost::requests));
      results.add(what + ": received", "KiB", Spread.of(costs, cost -> cost.bytes() / 1024.0));
    }
    results.add(what + ": time", "ms", Cost.millis(costs));
    return results.list();
  }
}
