package io.github.s3vfs.spark;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** A table of sales on S3, and how Spark reads it. */
final class SalesTable {
  /** Numbers of a read. */
  static final String SUMS = "count(*), sum(id), sum(sold), sum(length(note))";

  private SalesTable() {}

  static void create(String url, int rows) throws SQLException {
    run(
        url,
        "CREATE TABLE sales(id INTEGER PRIMARY KEY, sold INT NOT NULL, note TEXT NOT NULL)",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
            + rows
            + ") INSERT INTO sales SELECT i, i * 7919 % 1000, hex(randomblob(100)) FROM n");
  }

  static void run(String url, String... statements) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        boolean unused = statement.execute(each);
      }
    }
  }

  /** The row of a query, as in {@code 1|2}. */
  static String row(String url, String query) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      List<String> values = new ArrayList<>();
      for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
        values.add(row.getString(i));
      }
      return String.join("|", values);
    }
  }

  /** The table of a version, read in parts by its key. */
  static Dataset<Row> read(
      SparkSession spark, String url, String version, int rows, int partitions) {
    return spark
        .read()
        .format("jdbc")
        .option("driver", "io.github.s3vfs.jdbc.S3VfsDriver")
        .option("url", url + "&version=" + version)
        .option("dbtable", "sales")
        .option("partitionColumn", "id")
        .option("lowerBound", 1)
        .option("upperBound", rows + 1)
        .option("numPartitions", partitions)
        .option("fetchsize", 1000)
        .load();
  }

  /** What the partitions of a read have: {@code process count sum(id) sum(sold) sum(length)}. */
  static List<long[]> parts(Dataset<Row> sales) {
    return sales.select("id", "sold", "note").javaRDD().mapPartitions(new Part()).collect();
  }

  /** Adds up parts, as {@link #SUMS} in SQL. */
  static String total(List<long[]> parts) {
    long[] total = new long[4];
    for (long[] each : parts) {
      for (int i = 0; i < total.length; i++) {
        total[i] += each[i + 1];
      }
    }
    return total[0] + "|" + total[1] + "|" + total[2] + "|" + total[3];
  }

  /** How many rows each process has read. */
  static Map<Long, Long> byProcess(List<long[]> parts) {
    Map<Long, Long> rows = new HashMap<>();
    parts.forEach(each -> rows.merge(each[0], each[1], Long::sum));
    return rows;
  }

  /** Adds up a partition, in an executor. */
  private static final class Part implements FlatMapFunction<Iterator<Row>, long[]> {
    private static final long serialVersionUID = 1;

    @Override
    public Iterator<long[]> call(Iterator<Row> rows) {
      long[] part = new long[5];
      part[0] = ProcessHandle.current().pid();
      while (rows.hasNext()) {
        Row row = rows.next();
        part[1]++;
        part[2] += row.<Number>getAs(0).longValue();
        part[3] += row.<Number>getAs(1).longValue();
        part[4] += row.getString(2).length();
      }
      return List.of(part).iterator();
    }
  }
}
