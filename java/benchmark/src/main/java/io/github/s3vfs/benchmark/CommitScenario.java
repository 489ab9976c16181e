package io.github.s3vfs.benchmark;

import io.github.s3vfs.S3Vfs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/** How long transactions take that change few rows, all of whose pages are in memory. */
final class CommitScenario {
  private static final Rounds ROUNDS = new Rounds(25, Duration.ofSeconds(8));
  private static final int ROWS = 100;

  private final Bench bench;
  private final String layout;
  private final Results results;
  private final SplittableRandom random = new SplittableRandom(17);
  private final int rows = ItemTable.rows(TestDatabases.SMALL_MEBIBYTES);

  CommitScenario(Bench bench, String scenario, String layout) {
    this.bench = bench;
    this.layout = layout;
    this.results = new Results(scenario, layout);
  }

  List<BenchmarkResult> run() throws Exception {
    Path file = bench.databases().items(TestDatabases.SMALL_MEBIBYTES, layout).file();
    String path = layout + "/commits";
    bench.databases().copy(file, path, layout);
    try (S3Vfs vfs = bench.store().vfs().register();
        Connection connection = DriverManager.getConnection(bench.store().url(vfs, path))) {
      commits("", connection);
    }
    Path copy = bench.directory().resolve("commits.sqlite");
    Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + copy)) {
      commits("peer: local file, ", connection);
    }
    Files.delete(copy);
    return results.list();
  }

  private void commits(String whose, Connection connection) throws Exception {
    try (Statement statement = connection.createStatement()) {
      statement.executeQuery(ItemTable.SCAN).close();
    }
    connection.setAutoCommit(false);
    change(connection, 1); // the first one of a process is another thing
    report(whose, "commit of one row", connection, 1);
    report(whose, "commit of " + ROWS + " rows", connection, ROWS);
  }

  private void report(String whose, String what, Connection connection, int count)
      throws Exception {
    List<Cost> costs = ROUNDS.run(round -> bench.store().measure(() -> change(connection, count)));
    results.add(whose + what + ": time", "ms", Cost.millis(costs));
    if (whose.isEmpty() && bench.store().counted()) {
      results.add(
          what + ": dependent round trips", "round trips", Spread.of(costs, Cost::roundTrips));
      results.add(what + ": requests", "requests", Spread.of(costs, Cost::requests));
    }
  }

  private void change(Connection connection, int count) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE item SET balance = balance + 1 WHERE id = ?")) {
      for (int i = 0; i < count; i++) {
        update.setInt(1, 1 + random.nextInt(rows));
        update.executeUpdate();
      }
    }
    connection.commit();
  }
}
