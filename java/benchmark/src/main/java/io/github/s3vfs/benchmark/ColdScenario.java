package io.github.s3vfs.benchmark;

import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.benchmark.TestDatabases.TestDatabase;
import io.github.s3vfs.transfer.S3Databases;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.List;

/**
 * The first row of a VFS that has nothing in memory, and the bytes that random lookups fetch;
 * beside a local file, and one that is downloaded first.
 */
final class ColdScenario {
  private static final int MOST_BY_KEY = 4;
  private static final int MOST_BY_INDEX = 6;

  private final Bench bench;
  private final String layout;
  private final Results results;
  private final ColdReads reads;

  ColdScenario(Bench bench, String scenario, String layout) {
    this.bench = bench;
    this.layout = layout;
    this.results = new Results(scenario, layout);
    this.reads = new ColdReads(bench.store());
  }

  List<BenchmarkResult> run() throws Exception {
    int mebibytes = Bench.mebibytes(layout);
    TestDatabase database = bench.databases().items(mebibytes, layout);
    String size = mebibytes + " MiB, ";
    report(
        size + "first row by primary key",
        MOST_BY_KEY,
        reads.measure(
            Rounds.SHORT,
            database,
            ItemTable.POINT,
            round -> ColdReads.id(round, database.rows()),
            1));
    report(
        size + "first row by a secondary index",
        MOST_BY_INDEX,
        reads.measure(
            Rounds.SHORT,
            database,
            ItemTable.BY_INDEX,
            round -> ItemTable.k(ColdReads.id(round, database.rows())),
            1));
    peers(database);
    results(RandomLookups.run(bench, database, layout));
    return results.list();
  }

  private void report(String what, int most, List<Cost> costs) {
    if (bench.store().counted()) {
      Spread roundTrips = Spread.of(costs, Cost::roundTrips);
      if (layout.equals(Benchmark.SNAPSHOT)) {
        results.atMost(what + ": dependent round trips", "round trips", roundTrips, most);
      } else {
        results.add(what + ": dependent round trips", "round trips", roundTrips);
      }
      results.add(what + ": requests", "requests", Spread.of(costs, Cost::requests));
      results.add(what + ": received", "KiB", Spread.of(costs, cost -> cost.bytes() / 1024.0));
    }
    results.add(what + ": time", "ms", Cost.millis(costs));
  }

  private void results(RandomLookups lookups) {
    String what = RandomLookups.LOOKUPS + " random lookups from nothing: ";
    results.add(what + "time of each", "ms", Spread.once(lookups.millisEach()));
    if (bench.store().counted()) {
      Spread ratio = Spread.once((double) lookups.received() / lookups.needed());
      if (layout.equals(Benchmark.SNAPSHOT)) {
        results.atMost(what + "received to needed bytes", "ratio", ratio, 2);
      } else {
        results.add(what + "received to needed bytes", "ratio", ratio);
      }
      results.add(what + "requests for each", "requests", Spread.once(lookups.requestsEach()));
      double each = 1024.0 * RandomLookups.LOOKUPS;
      results.add(what + "received for each", "KiB", Spread.once(lookups.received() / each));
      results.add(
          what + "needed pages, as stored, for each", "KiB", Spread.once(lookups.needed() / each));
    }
  }

  private void peers(TestDatabase database) throws Exception {
    results.add(
        "peer: local file in the system's memory, first row by primary key: time",
        "ms",
        Cost.millis(
            Rounds.SHORT.run(
                round -> bench.store().measure(() -> local(database.file(), round, database)))));
    Path copy = bench.directory().resolve("downloaded.sqlite");
    results.add(
        "peer: serialized to a local file first, first row by primary key: time",
        "ms",
        Cost.millis(
            Rounds.LONG.run(
                round -> {
                  try (S3Vfs vfs = bench.store().vfs().register()) {
                    return bench
                        .store()
                        .measure(
                            () -> {
                              S3Databases.of(vfs)
                                  .serialize(bench.store().location(database.path()))
                                  .writeTo(copy);
                              local(copy, round, database);
                            });
                  } finally {
                    Files.deleteIfExists(copy);
                  }
                })));
  }

  private static void local(Path file, int round, TestDatabase database) throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      ColdReads.query(connection, ItemTable.POINT, ColdReads.id(round, database.rows()), 1);
    }
  }
}
