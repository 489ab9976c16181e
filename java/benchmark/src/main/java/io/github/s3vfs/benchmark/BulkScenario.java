package io.github.s3vfs.benchmark;

import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.transfer.S3Databases;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Many rows in one transaction, into a new database; the time is that until COMMIT returns. */
final class BulkScenario {
  private static final int ROWS = 100_000;

  private final Bench bench;
  private final String layout;
  private final Results results;

  BulkScenario(Bench bench, String scenario, String layout) {
    this.bench = bench;
    this.layout = layout;
    this.results = new Results(scenario, layout);
  }

  List<BenchmarkResult> run() throws Exception {
    Path file = bench.directory().resolve("bulk.sqlite");
    Rounds.Round<Cost> locally =
        round -> {
          Cost cost = bench.store().measure(() -> insert("jdbc:sqlite:" + file));
          Files.delete(file);
          return cost;
        };
    locally.run(-1); // for the JVM to warm up
    report("", Rounds.LONG.run(round -> insertIntoS3()));
    report("peer: local file, ", Rounds.LONG.run(locally));
    return results.list();
  }

  private void report(String whose, List<Cost> costs) {
    String what = whose + ROWS + " rows in one transaction: ";
    results.add(what + "speed", "rows/s", Spread.of(costs, cost -> ROWS / cost.seconds()));
    results.add(what + "time", "s", Spread.of(costs, Cost::seconds));
    if (whose.isEmpty() && bench.store().counted()) {
      results.add(what + "requests", "requests", Spread.of(costs, Cost::requests));
    }
  }

  private Cost insertIntoS3() throws Exception {
    String path = layout + "/bulk";
    try (S3Vfs vfs = bench.store().vfs(layout).register()) {
      Cost cost = bench.store().measure(() -> insert(bench.store().url(vfs, path)));
      bench.store().unlimited(() -> S3Databases.of(vfs).delete(bench.store().location(path)));
      return cost;
    }
  }

  private static void insert(String url) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      ItemTable.create(statement);
      statement.execute("CREATE UNIQUE INDEX item_k ON item(k)");
      ItemTable.insert(connection, 1, ROWS, false);
      connection.commit();
    }
  }
}
