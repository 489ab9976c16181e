package io.github.s3vfs.benchmark;

import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.benchmark.TestDatabases.TestDatabase;
import io.github.s3vfs.changelog.ChangeBatch;
import io.github.s3vfs.changelog.ChangelogDatabase;
import io.github.s3vfs.changelog.ChangelogReader;
import io.github.s3vfs.changelog.ChangelogWriter;
import io.github.s3vfs.changelog.Column;
import io.github.s3vfs.changelog.LogicalType;
import io.github.s3vfs.changelog.ReaderOptions;
import io.github.s3vfs.changelog.RowEvent;
import io.github.s3vfs.changelog.TableSchema;
import io.github.s3vfs.changelog.WriterOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Change streams: writing and the first look, compared with plain JDBC in local files; and what a
 * look at a table on S3 costs.
 */
final class ChangelogScenario {
  private static final int ROWS = 1_000_000;
  private static final int WRITTEN = 200_000;
  private static final int BATCH = 1_000;
  private static final int LARGE_MEBIBYTES = 1024;
  private static final int CHANGED_ROWS = 5;
  private static final double TARGET = 0.7;
  private static final String CREATE =
      "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT NOT NULL, amount REAL NOT NULL,"
          + " number INTEGER NOT NULL)";
  private static final String CREATE_STREAM =
      "CREATE TABLE t(id INTEGER NOT NULL, name TEXT NOT NULL, amount REAL NOT NULL,"
          + " number INTEGER NOT NULL, time BIGINT NOT NULL, diff SMALLINT NOT NULL)";
  private static final TableSchema SCHEMA =
      TableSchema.of(
          Column.key("id", LogicalType.INT),
          Column.of("name", LogicalType.STRING),
          Column.of("amount", LogicalType.FLOAT),
          Column.of("number", LogicalType.INT));
  private static final TableSchema ITEMS =
      TableSchema.of(
          Column.key("id", LogicalType.INT),
          Column.of("name", LogicalType.STRING),
          Column.of("balance", LogicalType.FLOAT),
          Column.of("note", LogicalType.STRING));

  private final Bench bench;
  private final String layout;
  private final Results results;

  ChangelogScenario(Bench bench, String scenario, String layout) {
    this.bench = bench;
    this.layout = layout;
    this.results = new Results(scenario, layout);
  }

  List<BenchmarkResult> run() throws Exception {
    writing();
    reading();
    polling();
    return results.list();
  }

  private static List<RowEvent> events() {
    List<RowEvent> events = new ArrayList<>();
    for (long id = 0; id < WRITTEN; id++) {
      events.add(RowEvent.insert(id, "the name of " + id, id / 7.0, id * 31));
    }
    return events;
  }

  /** Both sides of a round follow each other; the median of the ratios counts. */
  private void writing() throws Exception {
    List<RowEvent> events = events();
    for (boolean stream : new boolean[] {false, true}) {
      WriterOptions options = stream ? WriterOptions.streamOfChanges() : WriterOptions.snapshot();
      compare(
          WRITTEN,
          stream ? "writer, stream of changes" : "writer, snapshot",
          "a JDBC batch insert",
          () -> insert(events, stream),
          () -> write(events, options.init(WriterOptions.InitMode.CREATE)));
    }
  }

  private interface Side {
    double seconds() throws Exception;
  }

  private void compare(int rows, String what, String peer, Side plain, Side ours) throws Exception {
    plain.seconds(); // for the JVM to warm up
    ours.seconds();
    List<double[]> pairs =
        Rounds.SHORT.run(
            round -> {
              double first = round % 2 == 0 ? plain.seconds() : 0;
              double own = ours.seconds();
              return new double[] {round % 2 == 0 ? first : plain.seconds(), own};
            });
    results.add(what + ": speed", "rows/s", Spread.of(pairs, pair -> rows / pair[1]));
    results.add(
        "peer: " + peer + " for " + what, "rows/s", Spread.of(pairs, pair -> rows / pair[0]));
    results.atLeast(
        what + ": rows/s, as a part of those of " + peer,
        "ratio",
        Spread.of(pairs, pair -> pair[0] / pair[1]),
        TARGET);
  }

  private Path fresh(String name) throws Exception {
    Path file = bench.directory().resolve(name);
    boolean unused = Files.deleteIfExists(file);
    return file;
  }

  /** The rows that a writer makes of the events, into a table as the writer creates it. */
  private double insert(List<RowEvent> events, boolean stream) throws Exception {
    Path file = fresh("plain.sqlite");
    long start;
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute(stream ? CREATE_STREAM : CREATE);
      start = System.nanoTime();
      connection.setAutoCommit(false);
      try (PreparedStatement insert =
          connection.prepareStatement(
              "INSERT INTO t VALUES (?, ?, ?, ?" + (stream ? ", ?, ?)" : ")"))) {
        int waiting = 0;
        for (RowEvent event : events) {
          List<?> values = event.values();
          insert.setLong(1, (Long) values.get(0));
          insert.setString(2, (String) values.get(1));
          insert.setDouble(3, (Double) values.get(2));
          insert.setLong(4, (Long) values.get(3));
          if (stream) {
            insert.setLong(5, 1);
            insert.setInt(6, event.diff());
          }
          insert.addBatch();
          if (++waiting % BATCH == 0) {
            insert.executeBatch();
          }
        }
        insert.executeBatch();
      }
      connection.commit();
      return (System.nanoTime() - start) / 1e9;
    }
  }

  private double write(List<RowEvent> events, WriterOptions options) throws Exception {
    ChangelogDatabase database = ChangelogDatabase.file(fresh("written.sqlite"));
    try (ChangelogWriter writer = ChangelogWriter.open(database, "t", SCHEMA, options)) {
      long start = System.nanoTime();
      writer.write(1, events);
      return (System.nanoTime() - start) / 1e9;
    }
  }

  private void reading() throws Exception {
    Path file = fresh("read.sqlite");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute(CREATE);
      statement.execute(
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
              + ROWS
              + ") INSERT INTO t SELECT i, 'the name of ' || i, i / 7.0, i * 31 FROM n");
    }
    long[] state = new long[2];
    compare(
        ROWS,
        "first look",
        "a SELECT loop",
        () -> select(file),
        () -> firstLook(ChangelogDatabase.file(file), state));
    results.add("state of " + ROWS + " rows: memory", "bytes", Spread.once((double) state[0]));
    results.add("state of " + ROWS + " rows: file", "bytes", Spread.once((double) state[1]));
    results.add(
        "table of " + ROWS + " rows: file", "bytes", Spread.once((double) Files.size(file)));
  }

  private static double select(Path file) throws SQLException {
    long start = System.nanoTime();
    long sum = 0;
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT id, name, amount, number FROM t")) {
      while (rows.next()) {
        for (int column = 1; column <= 4; column++) {
          sum += rows.getObject(column).hashCode();
        }
      }
    }
    if (sum == 0) {
      throw new IllegalStateException("nothing was read");
    }
    return (System.nanoTime() - start) / 1e9;
  }

  private static double firstLook(ChangelogDatabase database, long[] state) {
    long start = System.nanoTime();
    try (ChangelogReader reader =
        ChangelogReader.open(database, "t", SCHEMA, ReaderOptions.defaults())) {
      check(ROWS, told(reader));
      state[0] = reader.stateBytes();
      state[1] = reader.stateFileBytes();
    }
    return (System.nanoTime() - start) / 1e9;
  }

  private static long told(ChangelogReader reader) {
    long told = 0;
    ChangeBatch batch = reader.poll();
    while (!batch.isEmpty()) {
      told += batch.changes().size();
      batch = reader.poll();
    }
    return told;
  }

  private static void check(long expected, long told) {
    if (told != expected) {
      throw new IllegalStateException(told + " changes in place of " + expected);
    }
  }

  private void polling() throws Exception {
    boolean large = bench.options().large() && layout.equals(Benchmark.SNAPSHOT);
    int mebibytes = large ? LARGE_MEBIBYTES : Bench.mebibytes(layout);
    TestDatabase items = bench.databases().items(mebibytes, layout);
    String size = mebibytes + " MiB, ";
    String path = layout + "/changelog";
    bench.databases().copy(items.file(), path, layout);
    try (S3Vfs vfs = bench.store().vfs(layout).register();
        S3Vfs other = bench.store().vfs(layout).register();
        Connection writer = DriverManager.getConnection(bench.store().url(other, path));
        Statement statement = writer.createStatement();
        ChangelogReader reader =
            ChangelogReader.open(
                ChangelogDatabase.s3(vfs, bench.store().location(path)),
                "item",
                ITEMS,
                ReaderOptions.defaults())) {
      Cost first = bench.store().measure(() -> check(items.rows(), told(reader)));
      results.add(size + "first look at S3: time", "s", Spread.once(first.seconds()));
      List<Cost> nothing =
          Rounds.SHORT.run(round -> bench.store().measure(() -> check(0, told(reader))));
      List<Cost> one = new ArrayList<>();
      for (int i = 1; i <= CHANGED_ROWS; i++) {
        int id = items.rows() / (CHANGED_ROWS + 1) * i;
        statement.execute("UPDATE item SET balance = -1 WHERE id = " + id);
        one.add(bench.store().measure(() -> check(2, told(reader))));
      }
      if (bench.store().counted()) {
        results.add(size + "first look at S3: requests", "requests", Spread.once(first.requests()));
        results.add(size + "first look at S3: bytes", "bytes", Spread.once((double) first.bytes()));
        report(
            size + "a look that finds nothing", nothing, layout.equals(Benchmark.SNAPSHOT) ? 1 : 2);
        results.add(
            size + "a look at one changed row: bytes", "bytes", Spread.of(one, Cost::bytes));
        results.add(
            size + "a look at one changed row: requests",
            "requests",
            Spread.of(one, Cost::requests));
      }
      results.add(size + "a look at one changed row: time", "ms", Cost.millis(one));
    }
  }

  private void report(String what, List<Cost> costs, int most) {
    results.atMost(what + ": requests", "requests", Spread.of(costs, Cost::requests), most);
    results.add(what + ": time", "ms", Cost.millis(costs));
  }
}
