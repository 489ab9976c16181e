package io.github.s3vfs.select.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.s3vfs.select.Dialect;
import io.github.s3vfs.select.JsonOutput;
import io.github.s3vfs.select.Pushdown;
import io.github.s3vfs.select.S3Select;
import io.github.s3vfs.select.SelectOptions;
import io.github.s3vfs.select.SelectRows;
import io.github.s3vfs.testkit.S3TestServer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/** Queries that Ceph's gateway answers, and those that it does not; {@code ci/ceph} runs it. */
@Tag("ceph")
class CephPushdownTest {
  private static final SelectOptions CEPH = SelectOptions.DEFAULT.withDialect(Dialect.CEPH);
  private static final int ROWS = 400_000;

  private static final List<String> REQUESTS = Collections.synchronizedList(new ArrayList<>());

  private static S3TestServer store;
  private static S3AsyncClient client;

  @BeforeAll
  static void start() {
    store = S3TestServer.builder().start();
    store.createBucket(Requests.BUCKET);
    client =
        Requests.client(Requests.keys(store).resolveCredentials(), store.endpoint(), REQUESTS::add);
    Random random = new Random(1);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < ROWS; i++) {
      text.append(i).append(',').append(random.nextInt(2_000) - 1_000).append(",some text\n");
    }
    store
        .objects(Requests.BUCKET)
        .put("numbers.csv", text.toString().getBytes(StandardCharsets.UTF_8));
  }

  @AfterAll
  static void stop() {
    client.close();
    store.close();
  }

  private static String run(String query, SelectOptions options) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (SelectRows rows =
        S3Select.query(
            query, ClientObjectSource.of(client, Requests.BUCKET, "numbers.csv"), options)) {
      rows.writeTo(out);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  /** What was asked for a query that has the same rows in both ways. */
  private static List<String> same(String query, SelectOptions options) {
    String expected = run(query, options);
    REQUESTS.clear();
    assertEquals(expected, run(query, options.withPushdown(Pushdown.AUTO)), query);
    return List.copyOf(REQUESTS);
  }

  private static void answered(String query, SelectOptions options) {
    assertEquals(
        List.of("GetObject", "SelectObjectContent", "HeadObject"), same(query, options), query);
  }

  @Test
  void aggregatesAreAnsweredByCeph() {
    answered(
        "select count(*), sum(int(_2)) as total, min(int(_1)), max(int(_2)) from s3object"
            + " where int(_1) >= 1000 and (int(_2) < -900 or 17 = int(_2) or int(_2) != 3)",
        CEPH);
    answered("select count(*) from stdin", CEPH.withOutput(JsonOutput.DEFAULT));
    answered("select sum(int(_2)), min(int(_2)), count() from stdin where int(_1) < 0;", CEPH);
    answered("select max(int(_2)) from stdin where int(_1) > -1 and int(_2) <= -999", CEPH);
  }

  @Test
  void whatCephDoesNotUnderstandRunsHere() {
    // It says so within a stream of events, with status 200.
    List<String> requests =
        same("select count(*), sum(cast(s._2 as int)) from s3object s", SelectOptions.DEFAULT);
    assertEquals("SelectObjectContent", requests.get(1));
    assertEquals(1, Collections.frequency(requests, "SelectObjectContent"));
    assertEquals(
        (store.objects(Requests.BUCKET).get("numbers.csv").length + ClientObjectSource.PART - 1)
            / ClientObjectSource.PART,
        Collections.frequency(requests, "GetObject"));
  }

  @Test
  void whatIsNotPushedDownIsNotAsked() {
    for (String query :
        List.of(
            "select avg(int(_2)) from stdin",
            "select count(*) from stdin where _3 = 'some text'")) {
      assertEquals(0, Collections.frequency(same(query, CEPH), "SelectObjectContent"), query);
    }
  }
}
