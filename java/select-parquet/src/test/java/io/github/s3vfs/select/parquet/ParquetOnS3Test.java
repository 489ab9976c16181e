package io.github.s3vfs.select.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.select.Dialect;
import io.github.s3vfs.select.ObjectSource;
import io.github.s3vfs.select.S3ObjectSource;
import io.github.s3vfs.select.S3Select;
import io.github.s3vfs.select.ScanRange;
import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import io.github.s3vfs.select.SelectOptions;
import io.github.s3vfs.select.SelectRows;
import io.github.s3vfs.select.client.SelectS3AsyncClient;
import io.github.s3vfs.testkit.AccountSnapshot;
import io.github.s3vfs.testkit.S3Operation;
import io.github.s3vfs.testkit.S3TestServer;
import io.github.s3vfs.transfer.ObjectLocation;
import io.github.s3vfs.transfer.S3Objects;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.model.ExpressionType;
import software.amazon.awssdk.services.s3.model.SelectObjectContentResponseHandler;

/** What is fetched of an object in S3, to the byte. */
class ParquetOnS3Test {
  private static final String BUCKET = "bucket";
  private static final int GROUP = 20_000;
  private static final int ROWS = 5 * GROUP;

  /** Which column of {@link #data} is which. */
  private static final int A = 0;

  private static final int WIDE = 1;
  private static final int C = 2;

  private static S3TestServer server;
  private static S3Vfs vfs;
  private static S3Objects objects;

  /** Five row groups of 160 KB, 2.2 MB, 160 KB and 80 KB. */
  private static byte[] data;

  @BeforeAll
  static void start() {
    server = S3TestServer.builder().inMemory().start();
    server.createBucket(BUCKET);
    vfs =
        S3Vfs.builder()
            .name("parquet")
            .endpoint(server.endpoint())
            .region(Region.of(server.region()))
            .pathStyle(true)
            .retries(1)
            .requestTimeout(Duration.ofSeconds(10))
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(server.accessKeyId(), server.secretAccessKey())))
            .register();
    objects = S3Objects.of(vfs);
    data =
        ParquetFile.of(
                "required int64 a; required binary wide (STRING); required int64 c;"
                    + " required int32 d;")
            .withoutDictionary()
            .groupRows(GROUP)
            .rows(
                ROWS,
                (row, i) ->
                    row.append("a", (long) i)
                        .append("wide", "%0108d".formatted(i))
                        .append("c", i * 7919L % ROWS)
                        .append("d", i % 10));
    server.objects(BUCKET).put("data.parquet", data);
  }

  @AfterAll
  static void stop() {
    vfs.close();
    server.close();
  }

  @Test
  void theClientOfTheSdkReadsParquet() {
    StringBuilder found = new StringBuilder();
    SelectS3AsyncClient.over(vfs.client())
        .selectObjectContent(
            select ->
                select
                    .bucket(BUCKET)
                    .key("data.parquet")
                    .expression("SELECT count(*), max(s.a) FROM S3Object s WHERE s.d = 3")
                    .expressionType(ExpressionType.SQL)
                    .inputSerialization(in -> in.parquet(parquet -> {}))
                    .outputSerialization(out -> out.csv(csv -> {})),
            SelectObjectContentResponseHandler.builder()
                .subscriber(
                    SelectObjectContentResponseHandler.Visitor.builder()
                        .onRecords(records -> found.append(records.payload().asUtf8String()))
                        .build())
                .build())
        .join();
    assertEquals("10000,99993", found.toString());
  }

  private static S3ObjectSource source(String key) {
    return S3ObjectSource.of(objects, new ObjectLocation(BUCKET, key));
  }

  /** A query, with what it cost but for the HEAD of the object. */
  private static AccountSnapshot cost(String expected, String query) throws Exception {
    return cost(expected, query, source("data.parquet"), Queries.PARQUET);
  }

  private static AccountSnapshot cost(
      String expected, String query, ObjectSource source, SelectOptions options) throws Exception {
    return server
        .account()
        .measure(() -> assertEquals(expected, Queries.run(query, source, options)));
  }

  private static void assertCost(int requests, long bytes, AccountSnapshot found) {
    assertEquals(requests, found.count(S3Operation.GET_OBJECT), found.toString());
    assertEquals(requests, found.count(), found.toString());
    assertEquals(bytes, found.bytesOut(), found.toString());
  }

  private static Footer footer() {
    return Footer.read(ObjectSource.of(data));
  }

  /** Bytes of columns in row groups. */
  private static long bytes(int column, int... groups) {
    List<RowGroup> all = footer().groups();
    return IntStream.of(groups).mapToLong(g -> all.get(g).chunks().get(column).length()).sum();
  }

  @Test
  void onlyTheFooterAndTheColumnsOfTheQueryAreFetched() throws Exception {
    AccountSnapshot cost = cost((ROWS - 1L) * ROWS / 2 + "", "select sum(a) from s3object");
    assertCost(1 + 5, Tail.SIZE + bytes(A, 0, 1, 2, 3, 4), cost);
  }

  @Test
  void rowsAreCountedFromTheFooter() throws Exception {
    assertCost(1, Tail.SIZE, cost(ROWS + "", "select count(*) from s3object"));
  }

  @Test
  void aSmallObjectIsOneRequest() throws Exception {
    byte[] small = ParquetFile.of("required int32 a;").rows(1_000, (row, i) -> row.add("a", i));
    server.objects(BUCKET).put("small.parquet", small);
    assertCost(
        1,
        small.length,
        cost("499500", "select sum(a) from s3object", source("small.parquet"), Queries.PARQUET));
  }

  @Test
  void nearColumnsAreOneRequestAndLargeOnesSeveral() throws Exception {
    // c and d lie side by side; wide is more than 2 MiB in each row group.
    assertCost(
        1 + 5,
        Tail.SIZE + bytes(C, 0, 1, 2, 3, 4) + bytes(3, 0, 1, 2, 3) + fetched(3, 4),
        cost(ROWS + ",450000", "select count(c), sum(d) from s3object"));
    // Long enough to be seen at once, however slow the client is.
    server.faults().latency(Duration.ofMillis(50));
    AccountSnapshot wide = cost(ROWS + "", "select count(wide) from s3object");
    server.faults().latency(Duration.ZERO);
    assertCost(1 + 5 * 3, Tail.SIZE + bytes(WIDE, 0, 1, 2, 3, 4), wide);
    int inFlight = wide.maxInFlight();
    assertTrue(inFlight > 1 && inFlight <= 8, inFlight + " requests at once");
  }

  /** Bytes of a column that are not in the tail. */
  private static long fetched(int column, int group) {
    Chunk chunk = footer().groups().get(group).chunks().get(column);
    return Math.min(chunk.end(), data.length - Tail.SIZE) - chunk.start();
  }

  @Test
  void rowGroupsThatStatisticsExcludeAreNotFetched() throws Exception {
    int row = 3 * GROUP - 1;
    assertCost(
        1 + 1 + 3,
        Tail.SIZE + bytes(A, 2) + bytes(WIDE, 2),
        cost("%0108d\n".formatted(row), "select wide from s3object where a = " + row));
    assertCost(
        1 + 2,
        Tail.SIZE + bytes(A, 3, 4),
        cost(
            2 * GROUP - 10 + "",
            "select count(*) from s3object where 3 < 2 or a >= " + (3 * GROUP + 10)));
    assertCost(1, Tail.SIZE, cost("", "select wide from s3object where a in (-1, " + ROWS + ")"));
    assertCost(
        1, Tail.SIZE, cost("", "select wide from s3object where a between -5 and -1 and d = 1"));
  }

  @Test
  void cephsLimitCountsTheRowsThatStatisticsExclude() throws Exception {
    AccountSnapshot cost =
        cost(
            "0",
            "select count(a) from s3object where a > 50000 limit 10",
            source("data.parquet"),
            Queries.PARQUET.withDialect(Dialect.CEPH));
    assertTrue(cost.count() > 1 && cost.count() <= 1 + 3, cost.toString());
  }

  @Test
  void whatIsNotOfTheConditionIsFetchedOnceARowMeetsIt() throws Exception {
    // Each value is in one row, anywhere.
    assertCost(
        1 + 5,
        Tail.SIZE + bytes(C, 0, 1, 2, 3, 4),
        cost("", "select wide from s3object where c = 50000 and c = 50001"));
    int last = ROWS - 3;
    assertCost(
        1 + 5 + 3,
        Tail.SIZE + bytes(C, 0, 1, 2, 3, 4) + bytes(WIDE, 4),
        cost(
            "%0108d\n".formatted(last),
            "select wide from s3object where c = " + last * 7919L % ROWS));
  }

  @Test
  void limitStopsFetching() throws Exception {
    // The first page of the wide column is in two requests, and some are ahead of it.
    AccountSnapshot wide = cost("0,%0108d,0,0\n".formatted(0), "select * from s3object limit 1");
    assertTrue(wide.count() <= 1 + 7, wide.toString());
    AccountSnapshot one = cost("0\n1\n", "select a from s3object limit 2");
    assertTrue(one.count() <= 1 + 3, one.toString());
  }

  @Test
  void splitsTogetherHaveEachRecordOnce() throws Exception {
    S3ObjectSource source = source("data.parquet");
    for (int count : new int[] {1, 2, 3, 5, 17}) {
      List<ScanRange> splits = S3Select.splits(source, count, Queries.PARQUET);
      assertEquals(count, splits.size());
      long[] sums = new long[2];
      for (ScanRange split : splits) {
        try (SelectRows rows =
            S3Select.query(
                "select count(*), sum(a) from s3object",
                source,
                Queries.PARQUET.withScanRange(split))) {
          rows.next();
          sums[0] += rows.getLong(0);
          sums[1] += rows.isNull(1) ? 0 : rows.getLong(1);
        }
      }
      assertEquals(ROWS, sums[0]);
      assertEquals((ROWS - 1L) * ROWS / 2, sums[1]);
    }
    long second = footer().groups().get(1).start();
    assertEquals(
        GROUP + "",
        Queries.run(
            "select count(*) from s3object",
            source,
            Queries.PARQUET.withScanRange(new ScanRange(second, second))));
    assertEquals(
        "0",
        Queries.run(
            "select count(*) from s3object",
            source,
            Queries.PARQUET.withScanRange(new ScanRange(second + 1, second + 1))));
  }

  @Test
  void anObjectThatIsReplacedMeanwhileIsAnError() {
    server.objects(BUCKET).put("changed.parquet", data);
    S3ObjectSource source = source("changed.parquet");
    try (SelectRows rows = S3Select.query("select wide from s3object", source, Queries.PARQUET)) {
      assertTrue(rows.next());
      server.objects(BUCKET).put("changed.parquet", new byte[data.length]);
      SelectException e =
          Queries.failure(
              () -> {
                while (rows.next()) {
                  rows.getString(0);
                }
              });
      assertEquals(SelectError.OBJECT_CHANGED, e.error());
      assertTrue(e.getMessage().contains("s3://bucket/changed.parquet"), e.getMessage());
    }
  }

  @Test
  void longMetadataAreASecondRequest() throws Exception {
    StringBuilder fields = new StringBuilder();
    for (int i = 0; i < 1_000; i++) {
      fields.append("required int32 column_with_a_long_name_").append(i).append(';');
    }
    ParquetFile file = ParquetFile.of(fields.toString()).groupRows(10);
    byte[] many =
        file.rows(
            20,
            (row, i) -> {
              for (int j = 0; j < 1_000; j++) {
                row.add(j, i + j);
              }
            });
    server.objects(BUCKET).put("many.parquet", many);
    Footer footer = Footer.read(ObjectSource.of(many));
    assertTrue(many.length - footer.end() > Tail.SIZE);
    long chunks =
        footer.groups().get(0).chunks().get(999).length()
            + footer.groups().get(1).chunks().get(999).length();
    assertCost(
        2 + 2,
        many.length - footer.end() + chunks,
        cost(
            999 * 20 + 190 + "",
            "select sum(_1000) from s3object",
            source("many.parquet"),
            Queries.PARQUET));
  }
}
