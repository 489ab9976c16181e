package io.github.s3vfs.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.transfer.ObjectLocation;
import io.github.s3vfs.transfer.ObjectUpload;
import io.github.s3vfs.transfer.S3Objects;
import io.github.s3vfs.transfer.UploadOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reads by executors in processes of their own. */
class SparkReadTest {
  private static final int TIMES = Boolean.getBoolean("s3vfs.test.thorough") ? 2 : 1;

  private static final int EXECUTORS = 2;

  @TempDir static Path directory = Path.of("");
  private static StoreProcess store;
  private static SparkSession spark;

  @BeforeAll
  static void start() throws Exception {
    store = StoreProcess.start(Path.of("../testkit"));
    spark = LocalCluster.start(EXECUTORS, store, directory);
  }

  @AfterAll
  static void stop() {
    spark.stop();
    store.close();
  }

  @Test
  void partsOfOneVersionAreItsRows() throws Exception {
    int rows = 20_000;
    String url = store.url("shop.sqlite");
    SalesTable.create(url, rows);
    String expected = SalesTable.row(url, "SELECT " + SalesTable.SUMS + " FROM sales");
    String version = SalesTable.row(url, "PRAGMA s3_database_version");
    Dataset<Row> sales = SalesTable.read(spark, url, version, rows, 8);
    SalesTable.run(url, "UPDATE sales SET sold = 0, note = '' WHERE id % 3 = 0");
    List<long[]> parts = SalesTable.parts(sales);
    assertEquals(expected, SalesTable.total(parts));
    assertEquals(8, parts.size());
    assertReadByExecutors(parts);
  }

  private static void assertReadByExecutors(List<long[]> parts) {
    Map<Long, Long> byProcess = SalesTable.byProcess(parts);
    assertEquals(EXECUTORS, byProcess.size(), "processes: " + byProcess);
    assertFalse(byProcess.containsKey(ProcessHandle.current().pid()), "the driver has read");
  }

  /** Each part is read ahead of beyond its end, by 4 MiB of pages. */
  @ParameterizedTest
  @CsvSource({"600000, 2, 1.1", "600000, 8, 1.3", "100000, 2, 1.3"})
  void eachPageIsFetchedAboutOnce(int count, int partitions, double most) throws Exception {
    int rows = TIMES * count;
    String url = store.url("large-" + rows + "-" + partitions + ".sqlite");
    SalesTable.create(url, rows);
    String version = SalesTable.row(url, "PRAGMA s3_database_version");
    StoreProcess.Answered unused = store.answered();
    // One process that reads the table once; its VFS has nothing in memory.
    String expected =
        SalesTable.row(SelectScan.cold(store, url), "SELECT " + SalesTable.SUMS + " FROM sales");
    StoreProcess.Answered once = store.answered();
    List<long[]> parts = SalesTable.parts(SalesTable.read(spark, url, version, rows, partitions));
    StoreProcess.Answered answered = store.answered();
    System.out.println("one process: " + once + "; " + partitions + " parts: " + answered);
    assertEquals(expected, SalesTable.total(parts));
    assertReadByExecutors(parts);
    assertTrue(answered.bytes() < once.bytes() * most, answered + ", and once is " + once);
  }

  @Test
  void selectScansBySplits() throws Exception {
    String location = "s3://" + StoreProcess.BUCKET + "/sales.csv";
    StringBuilder csv = new StringBuilder("id,sold\n");
    long count = 0;
    long sum = 0;
    for (int i = 1; i <= 1_000_000; i++) {
      int sold = (int) (i * 7919L % 1000);
      csv.append(i).append(',').append(sold).append('\n');
      count += sold < 500 ? 1 : 0;
      sum += sold < 500 ? i : 0;
    }
    byte[] bytes = csv.toString().getBytes(StandardCharsets.UTF_8);
    S3Objects objects = S3Objects.of(SelectScan.vfs(store.endpoint().toString()));
    try (ObjectUpload upload =
        objects.upload(ObjectLocation.parse(location), UploadOptions.DEFAULT)) {
      upload.write(bytes);
      var unused = upload.complete();
    }
    StoreProcess.Answered unused = store.answered();
    List<long[]> parts =
        SelectScan.run(
            JavaSparkContext.fromSparkContext(spark.sparkContext()), store.endpoint(), location, 6);
    assertEquals(6, parts.size());
    assertEquals(count, parts.stream().mapToLong(each -> each[1]).sum());
    assertEquals(sum, parts.stream().mapToLong(each -> each[2]).sum());
    assertEquals(EXECUTORS, parts.stream().mapToLong(each -> each[0]).distinct().count());
    long read = store.answered().bytes();
    assertTrue(read >= bytes.length, "only " + read + " of " + bytes.length);
    assertTrue(read < bytes.length * 1.5, read + " of " + bytes.length);
    System.out.println("an object of " + bytes.length + " bytes: " + read + " were read");
  }
}
