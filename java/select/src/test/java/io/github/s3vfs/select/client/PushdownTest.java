package io.github.s3vfs.select.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.s3vfs.select.CsvInput;
import io.github.s3vfs.select.Dialect;
import io.github.s3vfs.select.FileHeaderInfo;
import io.github.s3vfs.select.JsonOutput;
import io.github.s3vfs.select.Pushdown;
import io.github.s3vfs.select.S3Select;
import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import io.github.s3vfs.select.SelectOptions;
import io.github.s3vfs.select.SelectRows;
import io.github.s3vfs.select.server.SelectExtension;
import io.github.s3vfs.testkit.AccountSnapshot;
import io.github.s3vfs.testkit.RequestExtension;
import io.github.s3vfs.testkit.S3Operation;
import io.github.s3vfs.testkit.S3TestServer;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.eventstream.HeaderValue;
import software.amazon.eventstream.Message;

/** Queries that go to the store, and those that do not, have the same rows. */
class PushdownTest {
  private static final boolean THOROUGH = Boolean.getBoolean("s3vfs.test.thorough");
  private static final SelectOptions OFF = SelectOptions.DEFAULT;
  private static final SelectOptions AUTO = OFF.withPushdown(Pushdown.AUTO);
  private static final int ROWS = 150_000;
  private static final String TOTAL =
      "select count(*), sum(int(_2)) as total, max(cast(s._1 as int)) from s3object s"
          + " where int(_1) >= 10";

  private static S3TestServer store;
  private static S3AsyncClient client;

  /** What answers in place of the one that knows how to; null for that one. */
  private static volatile @Nullable RequestExtension other;

  @BeforeAll
  static void start() {
    AwsBasicCredentials keys = AwsBasicCredentials.create("AKPUSHDOWN", "secret");
    SelectExtension select = new SelectExtension(keys);
    store =
        S3TestServer.builder()
            .inMemory()
            .credentials(keys.accessKeyId(), keys.secretAccessKey())
            .extension(
                (request, http, response, objects) -> {
                  RequestExtension now = other;
                  return (now == null ? select : now).answer(request, http, response, objects);
                })
            .start();
    store.createBucket(Requests.BUCKET);
    client = Requests.client(store, store.endpoint());
    put("large.csv", numbers(new Random(1), ROWS));
  }

  @AfterAll
  static void stop() {
    client.close();
    store.close();
  }

  private static void put(String key, String text) {
    store.objects(Requests.BUCKET).put(key, text.getBytes(StandardCharsets.UTF_8));
  }

  private static String numbers(Random random, int rows) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < rows; i++) {
      text.append(i).append(',').append(random.nextInt(2_000_000) - 1_000_000).append(",row\n");
    }
    return text.toString();
  }

  private static String run(
      S3AsyncClient through, String key, String query, SelectOptions options) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (SelectRows rows =
        S3Select.query(query, ClientObjectSource.of(through, Requests.BUCKET, key), options)) {
      rows.writeTo(out);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  /** Runs it in both ways; returns what the second one has asked. */
  private static AccountSnapshot same(String key, String query, SelectOptions options)
      throws Exception {
    String expected = run(client, key, query, options);
    return store
        .account()
        .measure(
            () ->
                assertEquals(
                    expected, run(client, key, query, options.withPushdown(Pushdown.AUTO)), query));
  }

  private static void pushed(String key, String query, SelectOptions options) throws Exception {
    AccountSnapshot asked = same(key, query, options);
    assertEquals(1, asked.count(S3Operation.SELECT_OBJECT_CONTENT), query);
    assertEquals(1, asked.count(S3Operation.GET_OBJECT), query);
    assertEquals(1, asked.count(S3Operation.HEAD_OBJECT), query);
  }

  private static void local(String key, String query, SelectOptions options) throws Exception {
    assertEquals(0, same(key, query, options).count(S3Operation.SELECT_OBJECT_CONTENT), query);
  }

  @Test
  void aggregatesOfIntegersGoToTheStore() throws Exception {
    pushed("large.csv", TOTAL, OFF);
    pushed("large.csv", TOTAL, OFF.withOutput(JsonOutput.DEFAULT));
    pushed("large.csv", "select count() from s3object where 5 < int(_1) and int(_2) <> -3", OFF);
    pushed("large.csv", "select sum(int(_2)), min(int(_2)) from s3object where int(_1) < 0", OFF);
    pushed(
        "large.csv",
        "select count(*) from s3object",
        OFF.withInput(CsvInput.DEFAULT.withHeader(FileHeaderInfo.IGNORE)));
    try (SelectRows rows =
        S3Select.query(TOTAL, ClientObjectSource.of(client, Requests.BUCKET, "large.csv"), AUTO)) {
      rows.next();
      assertEquals(ROWS - 10, rows.getLong(0));
      assertEquals(ROWS - 1, rows.getLong(2));
      assertEquals(List.of("_1", "total", "_3"), rows.columnNames());
    }
  }

  @Test
  void everythingElseStaysHere() throws Exception {
    put("small.csv", "1,2\n");
    local("small.csv", TOTAL, OFF);
    for (String query :
        List.of(
            "select _1 from s3object limit 3",
            "select count(*) from s3object limit 3",
            "select count(_1) from s3object",
            "select avg(int(_1)) from s3object",
            "select sum(float(_1)) from s3object",
            "select sum(int(_1)) + 1 from s3object",
            "select sum(int(_1) + 1) from s3object",
            "select count(*) from s3object where _3 = 'row'",
            "select count(*) from s3object where not int(_1) > 3",
            "select count(*) from s3object where int(_1) > 3.5",
            "select count(*) from s3object where int(_1) between 3 and 5",
            "select count(*) from s3object where int(_1) > 9007199254740993",
            "select count(*) from s3object where _1 > 3")) {
      local("large.csv", query, OFF);
    }
    local("large.csv", TOTAL, OFF.withInput(CsvInput.DEFAULT.withComments("")));
    local(
        "large.csv",
        "select count(*) from s3object",
        OFF.withInput(CsvInput.DEFAULT.withDelimiters(";", "\n")));
    local(
        "large.csv",
        "select count(*) from s3object",
        OFF.withDialect(Dialect.CEPH).withInput(CsvInput.WITH_HEADER));
  }

  @Test
  void sumsThatMayNotBeExactAreMadeHere() throws Exception {
    put("far.csv", "11," + (1L << 50) + "\n" + numbers(new Random(2), ROWS));
    AccountSnapshot asked = same("far.csv", TOTAL, OFF);
    assertEquals(1, asked.count(S3Operation.SELECT_OBJECT_CONTENT));
    int all = store.objects(Requests.BUCKET).get("far.csv").length;
    assertEquals(
        (all + ClientObjectSource.PART - 1) / ClientObjectSource.PART,
        asked.count(S3Operation.GET_OBJECT));
  }

  @Test
  void anyQueryOfTheListHasTheSameRows() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < (THOROUGH ? 300 : 12); i++) {
      String query = query(random);
      try {
        pushed("large.csv", query, OFF);
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed + ": " + query, e);
      }
    }
  }

  private static String query(Random random) {
    List<String> columns = new ArrayList<>();
    for (int left = 1 + random.nextInt(4); left > 0; left--) {
      String column = "int(_" + (1 + random.nextInt(2)) + ")";
      columns.add(
          switch (random.nextInt(4)) {
            case 0 -> "count(*)";
            case 1 -> "sum(" + column + ")";
            case 2 -> "min(" + column + ")";
            default -> "max(" + column + ")";
          });
    }
    String where = random.nextBoolean() ? "" : " where " + condition(random, 3);
    return "select " + String.join(", ", columns) + " from s3object" + where;
  }

  private static String condition(Random random, int depth) {
    if (depth == 0 || random.nextInt(3) == 0) {
      String[] operators = {"=", "!=", "<", "<=", ">", ">="};
      String column = "int(_" + (1 + random.nextInt(2)) + ")";
      String operator = operators[random.nextInt(operators.length)];
      int number = random.nextInt(300_000) - 100_000;
      return random.nextBoolean()
          ? column + " " + operator + " " + number
          : number + " " + operator + " " + column;
    }
    return "("
        + condition(random, depth - 1)
        + (random.nextBoolean() ? " and " : " or ")
        + condition(random, depth - 1)
        + ")";
  }

  @Test
  void aStoreThatDoesNotAnswerIsAskedOnce() throws Exception {
    try (S3TestServer plain = S3TestServer.builder().inMemory().start();
        S3AsyncClient to = Requests.client(plain, plain.endpoint())) {
      plain.createBucket(Requests.BUCKET);
      plain
          .objects(Requests.BUCKET)
          .put("large.csv", store.objects(Requests.BUCKET).get("large.csv"));
      String expected = run(client, "large.csv", TOTAL, OFF);
      AccountSnapshot asked =
          plain
              .account()
              .measure(
                  () -> {
                    assertEquals(expected, run(to, "large.csv", TOTAL, AUTO));
                    assertEquals(expected, run(to, "large.csv", TOTAL, AUTO));
                  });
      assertEquals(1, asked.count(S3Operation.SELECT_OBJECT_CONTENT));
    }
  }

  @Test
  void whateverTheStoreAnswersTheRowsAreRight() throws Exception {
    String expected = run(client, "large.csv", TOTAL, OFF);
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    try {
      for (int i = 0; i < (THOROUGH ? 500 : 25); i++) {
        byte[] garbage = new byte[random.nextInt(300)];
        random.nextBytes(garbage);
        int status = new int[] {200, 200, 400, 403, 404, 500, 503}[random.nextInt(7)];
        other =
            (request, http, response, objects) -> {
              if (request.operation() != S3Operation.SELECT_OBJECT_CONTENT) {
                return false;
              }
              read(http);
              response.setStatus(status);
              response.getOutputStream().write(garbage);
              return true;
            };
        try (S3AsyncClient fresh = Requests.client(store, store.endpoint())) {
          assertEquals(expected, run(fresh, "large.csv", TOTAL, AUTO), "seed " + seed);
        }
      }
    } finally {
      other = null;
    }
  }

  /** All of the request: a connection on which something is left of one is closed. */
  private static void read(HttpServletRequest request) throws IOException {
    long unused = request.getInputStream().transferTo(OutputStream.nullOutputStream());
  }

  private static byte[] message(String type, String payload) {
    Map<String, HeaderValue> headers = new LinkedHashMap<>();
    headers.put(":message-type", HeaderValue.fromString("event"));
    headers.put(":event-type", HeaderValue.fromString(type));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new Message(headers, payload.getBytes(StandardCharsets.UTF_8)).encode(out);
    return out.toByteArray();
  }

  /** A count by a store that answers with these messages. */
  private static String counted(SelectOptions options, byte[]... messages) {
    other =
        (request, http, response, objects) -> {
          if (request.operation() != S3Operation.SELECT_OBJECT_CONTENT) {
            return false;
          }
          read(http);
          response.setStatus(200);
          for (byte[] message : messages) {
            response.getOutputStream().write(message);
          }
          return true;
        };
    try {
      return run(client, "large.csv", "select count(*) from s3object", options).strip();
    } finally {
      other = null;
    }
  }

  /** What the store has is cut off by a proxy, and a number of it with it. */
  @Test
  void anAnswerWithoutItsEndIsNotTaken() throws Exception {
    byte[] cut = message("Records", "7\n");
    assertEquals("7", counted(AUTO, cut, message("End", "")));
    assertEquals(String.valueOf(ROWS), counted(AUTO, cut));
  }

  /** As Ceph's gateway answers: there is no event at the end, but its wrapping. */
  @Test
  void theWrappingOfCephIsAnEnd() throws Exception {
    SelectOptions ceph = AUTO.withDialect(Dialect.CEPH);
    String start = "\n<Payload>\n<Records>\n<Payload>\n";
    String end = "\n</Payload></Records></Payload>";
    byte[] nothing = message("Records", start + end);
    assertEquals("7", counted(ceph, nothing, message("Records", start + "7," + end)));
    assertEquals(String.valueOf(ROWS), counted(ceph, nothing, message("Records", start + "7")));
    assertEquals(String.valueOf(ROWS), counted(AUTO, message("Records", start + "7" + end)));
  }

  @Test
  void anObjectThatIsReplacedBeforeTheStoreAnswersIsAnError() {
    put("replaced.csv", numbers(new Random(3), ROWS));
    ClientObjectSource source = ClientObjectSource.of(client, Requests.BUCKET, "replaced.csv");
    put("replaced.csv", numbers(new Random(4), ROWS));
    SelectException e =
        assertThrows(
            SelectException.class,
            () -> {
              try (SelectRows rows = S3Select.query(TOTAL, source, AUTO)) {
                rows.next();
              }
            });
    assertEquals(SelectError.OBJECT_CHANGED, e.error());
  }

  @Test
  void theClientCanAskToo() throws Exception {
    try (S3AsyncClient asking =
        SelectS3AsyncClient.builder(Requests.client(store, store.endpoint()))
            .pushdown(Pushdown.AUTO)
            .build()) {
      AccountSnapshot asked =
          store
              .account()
              .measure(
                  () ->
                      assertEquals(
                          run(client, "large.csv", TOTAL, OFF),
                          Answer.of(asking, Requests.of("large.csv", TOTAL, b -> {})).text()));
      assertEquals(1, asked.count(S3Operation.SELECT_OBJECT_CONTENT));
    }
  }
}
