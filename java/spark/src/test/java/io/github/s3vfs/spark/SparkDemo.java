package io.github.s3vfs.spark;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Spark, shown: executors in processes of their own read the parts of one version of a table on S3,
 * while it changes, and together have exactly its rows. Exit code 0 if they have, 1 if not. The
 * arguments are the directory of the testkit, and one for what Spark writes.
 */
final class SparkDemo {
  private static final int ROWS = 400_000;
  private static final int EXECUTORS = 2;
  private static final int PARTITIONS = 4;

  private SparkDemo() {}

  /** Runs the demo. */
  public static void main(String[] args) throws Exception {
    Path directory = Path.of(args[1]).toAbsolutePath();
    Path unused = Files.createDirectories(directory);
    int code = 1;
    try (StoreProcess store = StoreProcess.start(Path.of(args[0]))) {
      SparkSession spark = LocalCluster.start(EXECUTORS, store, directory);
      code = run(spark, store) ? 0 : 1;
      spark.stop();
    }
    System.exit(code);
  }

  private static boolean run(SparkSession spark, StoreProcess store) throws Exception {
    String url = store.url("shop.sqlite");
    SalesTable.create(url, ROWS);
    String expected = SalesTable.row(url, "SELECT " + SalesTable.SUMS + " FROM sales");
    String version = SalesTable.row(url, "PRAGMA s3_database_version");
    System.out.println("A table of " + ROWS + " sales, version " + version + " of " + url);
    Dataset<Row> sales = SalesTable.read(spark, url, version, ROWS, PARTITIONS);
    SalesTable.run(url, "UPDATE sales SET sold = sold + 1", "DELETE FROM sales WHERE id % 2 = 0");
    System.out.println(
        "Then all of it was changed, and half of it deleted: version "
            + SalesTable.row(url, "PRAGMA s3_database_version"));
    StoreProcess.Answered once = readOnce(store, url + "&version=" + version);
    List<long[]> parts = SalesTable.parts(sales);
    System.out.println(
        "\nprocess  rows      (this process, the driver, is "
            + ProcessHandle.current().pid()
            + ")");
    parts.forEach(each -> System.out.printf("%-8d %d%n", each[0], each[1]));
    StoreProcess.Answered answered = store.answered();
    System.out.printf("S3 answered %d requests, %,d bytes%n", answered.gets(), answered.bytes());
    System.out.printf("one process: %d requests, %,d bytes%n", once.gets(), once.bytes());
    String total = SalesTable.total(parts);
    System.out.println("\nSQLite: " + expected + "   (" + SalesTable.SUMS + ")");
    System.out.println("Spark:  " + total);
    boolean equal = total.equals(expected) && SalesTable.byProcess(parts).size() == EXECUTORS;
    System.out.println(equal ? "\nEqual." : "\nNOT equal.");
    return equal;
  }

  /** What it takes one process that has nothing in memory to read the table. */
  private static StoreProcess.Answered readOnce(StoreProcess store, String url) throws Exception {
    StoreProcess.Answered unused = store.answered();
    String unusedToo =
        SalesTable.row(SelectScan.cold(store, url), "SELECT " + SalesTable.SUMS + " FROM sales");
    return store.answered();
  }
}
