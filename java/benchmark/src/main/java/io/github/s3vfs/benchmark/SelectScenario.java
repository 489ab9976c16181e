package io.github.s3vfs.benchmark;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import io.github.s3vfs.select.ObjectSource;
import io.github.s3vfs.select.S3Select;
import io.github.s3vfs.select.ScanRange;
import io.github.s3vfs.select.SelectOptions;
import io.github.s3vfs.select.SelectRows;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Queries of S3 Select over CSV in memory, in megabytes of input a second; the same file read by
 * FastCSV's plain loop, and by DuckDB with one thread.
 */
final class SelectScenario {
  private static final int ROWS = 2_000_000;
  private static final int WARM_UPS = 4;

  private static final String COUNT = "select count(*) from s3object where cast(_2 as int) > 500";

  private record Measured(String query, String duckDb, double target) {}

  private static final List<Measured> QUERIES =
      List.of(
          new Measured(COUNT, "select count(*) from t where c2 > 500", 250),
          new Measured(
              "select _1, _3 from s3object where cast(_2 as int) > 500 and _6 = 'red'",
              "select c1, c3 from t where c2 > 500 and c6 = 'red'",
              250),
          new Measured(
              "select sum(cast(_2 as int)), avg(cast(_4 as float)), max(cast(_1 as int))"
                  + " from s3object",
              "select sum(c2), avg(c4), max(c1) from t",
              150),
          new Measured(
              "select count(*) from s3object where extract(month from to_timestamp(_5)) = 6",
              "select count(*) from t where month(c5) = 6",
              150),
          new Measured(
              "select count(*) from s3object where _3 like 'name1%'",
              "select count(*) from t where c3 like 'name1%'", 250));

  private final Results results;
  private final byte[] csv = SelectRowsFile.make(ROWS);
  private final double megabytes = csv.length / 1e6;

  SelectScenario(String scenario) {
    this.results = new Results(scenario, "-");
  }

  List<BenchmarkResult> run() throws Exception {
    Path file = Files.createTempFile("select", ".csv");
    try (Connection duckDb = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duckDb.createStatement()) {
      Files.write(file, csv);
      prepare(statement, file);
      List<Double> plain = speeds(() -> fastCsv(file));
      results.add("peer: FastCSV, plain loop", "MB/s", Spread.of(plain, s -> s));
      double fastCsv = Spread.of(plain, s -> s).median();
      for (Measured measured : QUERIES) {
        Spread ours =
            Spread.of(speeds(() -> select(measured.query(), SelectOptions.DEFAULT)), s -> s);
        results.atLeast(measured.query(), "MB/s", ours, measured.target());
        double theirs =
            Spread.of(speeds(() -> drain(statement, measured.duckDb())), s -> s).median();
        results.add(measured.query() + ": speed to FastCSV", "ratio", ours.map(s -> s / fastCsv));
        results.add(
            measured.query() + ": speed to DuckDB, one thread", "ratio", ours.map(s -> s / theirs));
      }
      parallel();
      new SelectTablesSpeed(results, csv).run();
    } finally {
      Files.deleteIfExists(file);
    }
    return results.list();
  }

  /** What one thread, and two over splits, take for the same, in turn. */
  private void parallel() throws Exception {
    List<ScanRange> splits = S3Select.splits(ObjectSource.of(csv), 2, SelectOptions.DEFAULT);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Double> ratios =
          Rounds.SHORT.run(
              round -> {
                double one = seconds(() -> select(COUNT, SelectOptions.DEFAULT));
                return one / seconds(() -> together(threads, splits));
              });
      results.atLeast(
          "two threads over splits: speed to one thread", "ratio", Spread.of(ratios, r -> r), 1.7);
    } finally {
      threads.shutdown();
    }
  }

  private void together(ExecutorService threads, List<ScanRange> splits) throws Exception {
    List<Callable<Boolean>> parts = new ArrayList<>();
    for (ScanRange split : splits) {
      parts.add(
          () -> {
            select(COUNT, SelectOptions.DEFAULT.withScanRange(split));
            return true;
          });
    }
    for (Future<Boolean> part : threads.invokeAll(parts)) {
      part.get();
    }
  }

  private interface Work {
    void run() throws Exception;
  }

  private List<Double> speeds(Work work) throws Exception {
    for (int i = 0; i < WARM_UPS; i++) {
      work.run();
    }
    return Rounds.SHORT.run(round -> megabytes / seconds(work));
  }

  private static double seconds(Work work) throws Exception {
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) / 1e9;
  }

  private void select(String query, SelectOptions options) {
    try (SelectRows rows = S3Select.query(query, ObjectSource.of(csv), options)) {
      if (rows.writeTo(OutputStream.nullOutputStream()) == 0) {
        throw new IllegalStateException("no result of " + query);
      }
    }
  }

  private static void fastCsv(Path file) throws Exception {
    long count = 0;
    try (CsvReader<CsvRecord> reader = CsvReader.builder().ofCsvRecord(file)) {
      for (CsvRecord row : reader) {
        count += Integer.parseInt(row.getField(1)) > 500 ? 1 : 0;
      }
    }
    if (count == 0) {
      throw new IllegalStateException("no rows");
    }
  }

  private static void prepare(Statement statement, Path file) throws SQLException {
    statement.execute("set threads to 1");
    statement.execute(
        "create view t as select * from read_csv('"
            + file.toString().replace("'", "''")
            + "', header = false, columns = {'c1': 'BIGINT', 'c2': 'BIGINT', 'c3': 'VARCHAR',"
            + " 'c4': 'DOUBLE', 'c5': 'TIMESTAMP', 'c6': 'VARCHAR'})");
  }

  private static void drain(Statement statement, String query) throws SQLException {
    long rows = 0;
    try (ResultSet result = statement.executeQuery(query)) {
      while (result.next()) {
        rows++;
      }
    }
    if (rows == 0) {
      throw new IllegalStateException("no result of " + query);
    }
  }
}
