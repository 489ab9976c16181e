package io.github.s3vfs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.ExpressionType;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.SelectObjectContentRequest;
import software.amazon.awssdk.services.s3.model.SelectObjectContentResponseHandler;

/** The command {@code select serve}, as a client of the SDK sees it. */
class SelectServeTest {
  private static final Map<String, String> KEYS =
      Map.of("S3VFS_SELECT_ACCESS_KEY_ID", "CLIENT", "S3VFS_SELECT_SECRET_ACCESS_KEY", "secret");

  private static CliBucket bucket;

  @BeforeAll
  static void start() {
    bucket = new CliBucket();
    bucket
        .server()
        .objects(CliBucket.NAME)
        .put("t.csv", "1,a\n2,b\n".getBytes(StandardCharsets.UTF_8));
  }

  @AfterAll
  static void stop() {
    bucket.close();
  }

  /** The command in a thread. */
  private static final class Serving implements AutoCloseable {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Thread thread;
    private int code = -1;

    Serving(Map<String, String> environment, String... options) {
      List<String> arguments = new ArrayList<>(List.of("select", "serve"));
      arguments.addAll(List.of(options));
      arguments.addAll(bucket.options());
      Io io =
          new Io(
              new ByteArrayInputStream(new byte[0]),
              new PrintStream(out, true, StandardCharsets.UTF_8),
              new PrintStream(err, true, StandardCharsets.UTF_8),
              false,
              false,
              false,
              environment,
              () -> false);
      thread = new Thread(() -> code = Main.run(arguments.toArray(String[]::new), io));
      thread.start();
    }

    URI endpoint() throws InterruptedException {
      String begin = "listening at ";
      String said = "";
      for (int i = 0; i < 3_000 && !said.endsWith("\n"); i++) {
        Thread.sleep(10); // it tells nobody else
        said = out.toString(StandardCharsets.UTF_8);
      }
      assertTrue(said.startsWith(begin), said + err.toString(StandardCharsets.UTF_8));
      return URI.create(said.substring(begin.length()).strip());
    }

    /** What it ends with. */
    int end() throws InterruptedException {
      thread.interrupt();
      thread.join(60_000);
      return code;
    }

    /** What it ends with by itself. */
    String failure() throws InterruptedException {
      thread.join(60_000);
      return code + " " + err.toString(StandardCharsets.UTF_8).lines().findFirst().orElse("");
    }

    @Override
    public void close() {
      thread.interrupt();
    }
  }

  private static S3AsyncClient client(URI endpoint, String secret) {
    return S3AsyncClient.crtBuilder()
        .endpointOverride(endpoint)
        .region(Region.EU_NORTH_1)
        .forcePathStyle(true)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("CLIENT", secret)))
        .build();
  }

  private static String ask(S3AsyncClient client, SelectObjectContentRequest request) {
    StringBuilder rows = new StringBuilder();
    try {
      client
          .selectObjectContent(
              request,
              SelectObjectContentResponseHandler.builder()
                  .subscriber(
                      SelectObjectContentResponseHandler.Visitor.builder()
                          .onRecords(r -> rows.append(r.payload().asUtf8String()))
                          .build())
                  .build())
          .join();
    } catch (CompletionException e) {
      return e.getCause() instanceof S3Exception s3
          ? s3.statusCode() + " " + s3.awsErrorDetails().errorCode()
          : e.toString();
    }
    return rows.toString();
  }

  private static SelectObjectContentRequest request(String key, String query) {
    return SelectObjectContentRequest.builder()
        .bucket(CliBucket.NAME)
        .key(key)
        .expression(query)
        .expressionType(ExpressionType.SQL)
        .inputSerialization(in -> in.csv(csv -> {}))
        .outputSerialization(out -> out.csv(csv -> {}))
        .build();
  }

  @Test
  void answersUntilItIsInterrupted() throws Exception {
    try (Serving serving = new Serving(KEYS, "--port", "0")) {
      URI endpoint = serving.endpoint();
      assertEquals("127.0.0.1", endpoint.getHost());
      String query = "select _2 from s3object where _1 > 1";
      try (S3AsyncClient client = client(endpoint, "secret");
          S3AsyncClient other = client(endpoint, "other")) {
        assertEquals("b\n", ask(client, request("t.csv", query)));
        assertEquals("404 NoSuchKey", ask(client, request("none.csv", query)));
        assertEquals("400 ParseExpectedExpression", ask(client, request("t.csv", query + " and")));
        assertEquals("403 SignatureDoesNotMatch", ask(other, request("t.csv", query)));
        SelectObjectContentRequest owned =
            request("t.csv", query).toBuilder().expectedBucketOwner("123456789012").build();
        assertEquals("501 NotImplemented", ask(client, owned));
      }
      assertEquals(ExitCode.OK, serving.end());
    }
  }

  @Test
  void ofAnOwnerItIsToldIt() throws Exception {
    try (Serving serving =
            new Serving(
                KEYS, "--port=0", "--dialect=ceph", "--expected-bucket-owner=123456789012");
        S3AsyncClient client = client(serving.endpoint(), "secret")) {
      SelectObjectContentRequest owned =
          request("t.csv", "select _1 from s3object where _1 > 1 limit 1").toBuilder()
              .expectedBucketOwner("123456789012")
              .build();
      assertEquals("", ask(client, owned)); // the one row that was read
    }
  }

  @Test
  void refusesWhatCanNotBe() throws Exception {
    assertEquals(
        "2 s3vfs: the environment variable S3VFS_SELECT_ACCESS_KEY_ID is not set: what clients sign"
            + " with",
        new Serving(Map.of()).failure());
    assertEquals(
        "2 s3vfs: --port 70000 is not possible: 0 to 65535",
        new Serving(KEYS, "--port", "70000").failure());
    String taken = String.valueOf(bucket.server().endpoint().getPort());
    assertTrue(
        new Serving(KEYS, "--port", taken).failure().startsWith("1 s3vfs: 127.0.0.1:" + taken));
    assertEquals("2 s3vfs: QUERY and FILE are missing; or 'serve'", failure("select"));
    assertEquals("2 s3vfs: QUERY and FILE are missing; or 'serve'", failure("select", "select 1"));
  }

  private static String failure(String... arguments) {
    CliBucket.Run run = CliBucket.runAlone(new byte[0], arguments);
    return run.code() + " s3vfs: " + run.error();
  }
}
