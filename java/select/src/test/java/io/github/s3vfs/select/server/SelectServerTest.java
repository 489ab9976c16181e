package io.github.s3vfs.select.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.select.Dialect;
import io.github.s3vfs.select.ObjectSource;
import io.github.s3vfs.select.SelectLimits;
import io.github.s3vfs.select.client.Answer;
import io.github.s3vfs.select.client.Requests;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** What the server does with requests that are none of its own, and with its settings. */
class SelectServerTest {
  private static final AwsBasicCredentials KEYS = AwsBasicCredentials.create("AKID", "secret");
  private static final byte[] ROWS = "1\nx\n3\n".getBytes(StandardCharsets.US_ASCII);

  private static SelectServer server;
  private static S3AsyncClient client;

  @BeforeAll
  static void start() throws IOException {
    server = SelectServer.builder(KEYS, request -> ObjectSource.of(ROWS)).start();
    client = Requests.client(KEYS, server.endpoint());
  }

  @AfterAll
  static void stop() {
    client.close();
    server.close();
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return HttpClient.newHttpClient()
        .send(request.timeout(Duration.ofSeconds(30)).build(), BodyHandlers.ofString());
  }

  private static HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create(server.endpoint() + path));
  }

  @Test
  void itListensOnLoopback() {
    assertEquals("127.0.0.1", server.endpoint().getHost());
  }

  @Test
  void whatIsNotSignedIsRefusedInXml() throws Exception {
    HttpResponse<String> answer =
        send(to("/b/k?select&select-type=2").POST(BodyPublishers.ofString("<a/>")));
    assertEquals(403, answer.statusCode());
    assertEquals("application/xml", answer.headers().firstValue("Content-Type").orElse(""));
    assertTrue(answer.headers().firstValue("x-amz-request-id").isPresent());
    assertEquals(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AccessDenied</Code>"
            + "<Message>the request is not signed</Message></Error>",
        answer.body());
    assertEquals(403, send(to("/")).statusCode());
  }

  @Test
  void answersToHeadHaveNoBody() throws Exception {
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), server.endpoint().getPort())) {
      socket.setSoTimeout(30_000);
      socket
          .getOutputStream()
          .write(
              "HEAD /b/k HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(answer.startsWith("HTTP/1.1 403 "), answer);
      assertTrue(answer.endsWith("\r\n\r\n"), answer);
      assertFalse(answer.contains("<Error>"), answer);
    }
  }

  @Test
  void aBodyThatIsTooLargeIsRefused() throws Exception {
    byte[] large = new byte[SelectEndpoint.MAX_BODY + 1];
    HttpResponse<String> answer =
        send(to("/b/k?select&select-type=2").POST(BodyPublishers.ofByteArray(large)));
    assertEquals(413, answer.statusCode());
    assertTrue(answer.body().contains("RequestEntityTooLarge"), answer.body());
  }

  @Test
  void aRequestWithoutABodyIsRefused() throws Exception {
    SdkHttpRequest signed =
        AwsV4HttpSigner.create()
            .sign(
                sign ->
                    sign.identity(KEYS)
                        .request(
                            SdkHttpRequest.builder()
                                .method(SdkHttpMethod.POST)
                                .uri(server.endpoint())
                                .encodedPath("/b/k")
                                .appendRawQueryParameter("select", null)
                                .appendRawQueryParameter("select-type", "2")
                                .build())
                        .payload(ContentStreamProvider.fromUtf8String(""))
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "s3")
                        .putProperty(AwsV4HttpSigner.REGION_NAME, "us-east-1"))
            .request();
    HttpRequest.Builder request = to("/b/k?select&select-type=2").POST(BodyPublishers.noBody());
    signed.forEachHeader(
        (name, values) -> {
          if (!name.equalsIgnoreCase("Host")) {
            request.header(name, values.get(0));
          }
        });
    HttpResponse<String> answer = send(request);
    assertEquals(400, answer.statusCode());
    assertTrue(answer.body().contains("<Code>EmptyRequestBody</Code>"), answer.body());
  }

  @Test
  void otherOperationsAreNotImplemented() {
    CompletionException e =
        assertThrows(
            CompletionException.class,
            () -> client.deleteObject(d -> d.bucket("bucket").key("key")).join());
    S3Exception failure = assertInstanceOf(S3Exception.class, e.getCause());
    assertEquals(501, failure.statusCode());
    assertEquals("NotImplemented", failure.awsErrorDetails().errorCode());
  }

  @Test
  void anObjectThatCanNotBeReadIsAnError() throws Exception {
    try (SelectServer failing =
            SelectServer.builder(
                    KEYS,
                    request -> {
                      throw new IOException("<no & disk\u0001>");
                    })
                .start();
        SelectServer defect =
            SelectServer.builder(
                    KEYS,
                    request -> {
                      throw new UncheckedIOException(new IOException("no disk"));
                    })
                .start();
        S3AsyncClient one = Requests.client(KEYS, failing.endpoint());
        S3AsyncClient two = Requests.client(KEYS, defect.endpoint())) {
      Answer answer = Answer.of(one, Requests.of("key", "select 1 from s3object", b -> {}));
      assertEquals("500 InternalError", answer.error());
      assertTrue(String.valueOf(answer.failure()).contains("<no & disk?>"));
      assertEquals(
          "500 InternalError",
          Answer.of(two, Requests.of("key", "select 1 from s3object", b -> {})).error());
    }
  }

  /** Has more than it can give. */
  private record Failing(ObjectSource source) implements ObjectSource {
    @Override
    public long size() {
      return source.size() + 1;
    }

    @Override
    public InputStream open(long offset, long length) throws IOException {
      return new FilterInputStream(source.open(offset, length - 1)) {
        @Override
        public int read(byte[] target, int start, int count) throws IOException {
          int read = super.read(target, start, count);
          if (read < 0) {
            throw new OutOfMemoryError("no more");
          }
          return read;
        }
      };
    }

    @Override
    public String name() {
      return "failing";
    }
  }

  @Test
  void anErrorOfTheMachineIsAnAnswerAndTheServerGoesOn() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    try (SelectServer failing =
            SelectServer.builder(
                    KEYS,
                    request ->
                        switch (asked.getAndIncrement()) {
                          case 0 -> throw new OutOfMemoryError("no more");
                          case 1 -> throw new StackOverflowError();
                          case 2 -> new Failing(ObjectSource.of(new byte[10]));
                          default -> ObjectSource.of(ROWS);
                        })
                .start();
        S3AsyncClient asking = Requests.client(KEYS, failing.endpoint())) {
      for (int i = 0; i < 3; i++) {
        Answer answer = Answer.of(asking, Requests.of("key", "select 1 from s3object", b -> {}));
        assertEquals("500 InternalError", answer.error(), "request " + i);
      }
      Answer last = Answer.of(asking, Requests.of("key", "select 1 from s3object", b -> {}));
      assertEquals("1\n1\n1\n", last.text());
      assertEquals(4, asked.get());
    }
  }

  @Test
  void dialectAndLimitsAreHeeded() throws Exception {
    try (SelectServer ceph =
            SelectServer.builder(KEYS, request -> ObjectSource.of(ROWS))
                .dialect(Dialect.CEPH)
                .limits(SelectLimits.DEFAULT.withMaxRowErrors(1))
                .address(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .start();
        S3AsyncClient asking = Requests.client(KEYS, ceph.endpoint())) {
      String query = "select int(_1) from s3object limit 1";
      assertEquals("1\n", Answer.of(asking, Requests.of("key", query, b -> {})).text());
      String all = "select int(_1) from s3object";
      assertEquals(
          "400 ProcessingTimeError", Answer.of(asking, Requests.of("key", all, b -> {})).error());
      assertEquals("1\n3\n", Answer.of(client, Requests.of("key", all, b -> {})).text());
      assertEquals(
          "400 UnsupportedSyntax",
          Answer.of(asking, Requests.of("key", "select", b -> {})).error());
    }
  }

  @Test
  void aPortThatIsTakenIsAnError() {
    InetSocketAddress taken =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), server.endpoint().getPort());
    assertThrows(
        IOException.class,
        () -> SelectServer.builder(KEYS, request -> ObjectSource.of(ROWS)).address(taken).start());
  }
}
