package io.github.s3vfs.select;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.testkit.AccountSnapshot;
import io.github.s3vfs.testkit.S3Operation;
import io.github.s3vfs.testkit.S3TestServer;
import io.github.s3vfs.transfer.ObjectLocation;
import io.github.s3vfs.transfer.S3Objects;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Objects in S3 are read in ranges, in one version, and no further than a query needs. */
class SelectOnS3Test {
  private static final String BUCKET = TestStore.BUCKET;
  private static final int ROWS = 1_500_000;

  private static TestStore store;
  private static S3TestServer server;
  private static S3Objects objects;
  private static byte[] large;

  @BeforeAll
  static void start() {
    store = TestStore.start("select");
    server = store.server();
    objects = S3Objects.of(store.vfs());
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < ROWS; i++) {
      rows.append(i).append(",row ").append(i % 10).append('\n');
    }
    large = rows.toString().getBytes(StandardCharsets.US_ASCII);
  }

  @AfterAll
  static void stop() {
    store.close();
  }

  private static S3ObjectSource source(String key) {
    return S3ObjectSource.of(objects, new ObjectLocation(BUCKET, key));
  }

  private static String run(String query, ObjectSource source, SelectOptions options) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (SelectRows rows = S3Select.query(query, source, options)) {
      rows.writeTo(out);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aLargeObjectIsReadInParallelAndASmallOneWithTwoRequests() throws Exception {
    server.objects(BUCKET).put("large.csv", large);
    server.objects(BUCKET).put("small.csv", Queries.bytes("a,b\n1,2\n"));
    // Long enough to be seen at once, however slow the client is.
    server.faults().latency(Duration.ofMillis(50));
    AccountSnapshot all =
        server
            .account()
            .measure(
                () ->
                    assertEquals(
                        ROWS + "," + (ROWS - 1L) * ROWS / 2,
                        run(
                            "select count(*), sum(int(_1)) from s3object",
                            source("large.csv"),
                            Queries.CSV)));
    server.faults().latency(Duration.ZERO);
    int parts = (large.length + (1 << 20) - 1) >> 20;
    assertEquals(parts, all.countByOperation().get(S3Operation.GET_OBJECT));
    int inFlight = all.where(r -> r.operation() == S3Operation.GET_OBJECT).maxInFlight();
    assertTrue(inFlight > 1 && inFlight <= 8, inFlight + " requests at once");
    AccountSnapshot small =
        server
            .account()
            .measure(
                () ->
                    assertEquals(
                        "2\n", run("select b from s3object", source("small.csv"), Queries.HEADER)));
    assertEquals(2, small.countByOperation().values().stream().mapToInt(i -> i).sum());
  }

  @Test
  void limitStopsFetching() throws Exception {
    server.objects(BUCKET).put("limit.csv", large);
    AccountSnapshot few =
        server
            .account()
            .measure(
                () ->
                    assertEquals(
                        "5,row 5\n15,row 5\n",
                        run(
                            "select * from s3object where _2 = 'row 5' limit 2",
                            source("limit.csv"),
                            Queries.CSV)));
    int requests = few.countByOperation().getOrDefault(S3Operation.GET_OBJECT, 0);
    assertTrue(requests <= 6, requests + " requests");
  }

  @Test
  void splitsAreReadFromOneSource() {
    server.objects(BUCKET).put("splits.csv", large);
    S3ObjectSource source = source("splits.csv");
    List<ScanRange> splits = S3Select.splits(source, 7, Queries.CSV);
    long rows =
        splits.parallelStream()
            .mapToLong(
                split ->
                    Long.parseLong(
                        run(
                            "select count(*) from s3object",
                            source,
                            Queries.CSV.withScanRange(split))))
            .sum();
    assertEquals(ROWS, rows);
  }

  @Test
  void anObjectThatIsReplacedMeanwhileIsAnError() {
    server.objects(BUCKET).put("changed.csv", large);
    S3ObjectSource source = source("changed.csv");
    try (SelectRows rows = S3Select.query("select _1 from s3object", source, Queries.CSV)) {
      assertTrue(rows.next());
      server.objects(BUCKET).put("changed.csv", Queries.bytes("x\n".repeat(1 << 20)));
      SelectException e =
          Queries.failure(
              () -> {
                while (rows.next()) {
                  rows.getString(0);
                }
              });
      assertEquals(SelectError.OBJECT_CHANGED, e.error());
      assertTrue(e.getMessage().contains("s3://bucket/changed.csv"), e.getMessage());
    }
  }

  @Test
  void whatIsNotThereIsToldByTheSource() {
    assertThrows(S3VfsException.class, () -> source("nothing"));
  }
}
