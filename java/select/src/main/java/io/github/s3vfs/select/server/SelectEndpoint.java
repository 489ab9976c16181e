package io.github.s3vfs.select.server;

import io.github.s3vfs.select.Dialect;
import io.github.s3vfs.select.ObjectSource;
import io.github.s3vfs.select.SelectLimits;
import io.github.s3vfs.select.internal.events.ApiException;
import io.github.s3vfs.select.internal.events.EventSink;
import io.github.s3vfs.select.internal.events.SelectCall;
import io.github.s3vfs.select.internal.events.SelectRun;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.services.s3.model.SelectObjectContentEventStream;
import software.amazon.awssdk.services.s3.model.SelectObjectContentRequest;

/**
 * Answers {@code POST /bucket/key?select&select-type=2} as S3 does. An error before the first event
 * is an answer with its status and XML, one behind it a message of the event stream. Immutable.
 */
final class SelectEndpoint {
  /** Largest body of a request: a query of the largest size, all of it in escapes. */
  static final int MAX_BODY = 2 << 20;

  private static final SecureRandom RANDOM = new SecureRandom();

  private final SelectServer.Objects objects;
  private final RequestSignature signature;
  private final Dialect dialect;
  private final SelectLimits limits;

  SelectEndpoint(
      SelectServer.Objects objects,
      AwsCredentials keys,
      Dialect dialect,
      SelectLimits limits,
      Clock clock) {
    this.objects = objects;
    this.signature = new RequestSignature(keys, clock);
    this.dialect = dialect;
    this.limits = limits;
  }

  /**
   * Serves one request.
   *
   * @throws IOException if the client can not be reached any more
   */
  void serve(Exchange exchange) throws IOException {
    Reply reply = new Reply(exchange);
    try {
      SelectObjectContentRequest request = request(exchange);
      SelectCall call = SelectCall.of(request, dialect, limits);
      ObjectSource source = objects.open(request);
      SelectRun.run(call, source, reply);
      reply.end();
    } catch (EventSink.Cancelled e) {
      throw new IOException(e.getMessage(), e);
    } catch (RuntimeException | IOException | Error e) {
      // Also an error of this request's size, as of memory: what it took is free again.
      reply.fail(ApiException.of(e, dialect));
    }
  }

  private SelectObjectContentRequest request(Exchange exchange) throws IOException {
    byte[] body;
    try (InputStream in = exchange.body()) {
      body = in.readNBytes(MAX_BODY + 1);
    }
    if (body.length > MAX_BODY) {
      throw new ApiException(
          "RequestEntityTooLarge", 413, "more than " + MAX_BODY + " bytes of a request", null);
    }
    signature.check(exchange, body);
    String[] path = exchange.path().split("/", 3);
    List<String> query =
        exchange.query() == null ? List.of() : Arrays.asList(exchange.query().split("&", -1));
    boolean select = query.contains("select") || query.contains("select=");
    if (!select || !query.contains("select-type=2") || path.length < 3 || path[2].isEmpty()) {
      throw new ApiException(
          "NotImplemented", 501, "this server answers SelectObjectContent only, by path", null);
    }
    if (!exchange.method().equals("POST")) {
      throw new ApiException("MethodNotAllowed", 405, "SelectObjectContent is a POST", null);
    }
    if (exchange.header("x-amz-server-side-encryption-customer-key") != null) {
      throw new ApiException(
          "InvalidRequest", "a key for the encryption of an object (SSE-C) wants HTTPS");
    }
    if (body.length == 0) {
      throw new ApiException("EmptyRequestBody", "the request has no body");
    }
    SelectObjectContentRequest.Builder request =
        SelectObjectContentRequest.builder()
            .bucket(RequestSignature.decoded(path[1], false))
            .key(RequestSignature.decoded(path[2], false))
            .expectedBucketOwner(exchange.header("x-amz-expected-bucket-owner"));
    RequestXml.read(body, request);
    return request.build();
  }

  /** The answer: a stream of events, or an error in place of it. */
  private static final class Reply implements EventSink {
    private final Exchange exchange;
    private @Nullable OutputStream stream;
    private @Nullable EventEncoder encoder;

    Reply(Exchange exchange) {
      this.exchange = exchange;
    }

    @Override
    public void accept(SelectObjectContentEventStream event) {
      try {
        encoder().write(event);
        flush();
      } catch (IOException e) {
        throw new Cancelled("the client has gone: " + e.getMessage());
      }
    }

    private EventEncoder encoder() throws IOException {
      EventEncoder at = encoder;
      if (at == null) {
        OutputStream out = exchange.answer(200, headers("application/octet-stream"), -1);
        at = new EventEncoder(out);
        stream = out;
        encoder = at;
      }
      return at;
    }

    private void flush() throws IOException {
      if (stream != null) {
        stream.flush();
      }
    }

    void end() throws IOException {
      if (stream != null) {
        stream.close();
      }
    }

    void fail(ApiException error) throws IOException {
      if (encoder != null) {
        encoder.write(error);
        end();
        return;
      }
      byte[] body = document(error);
      try (OutputStream out =
          exchange.answer(error.status(), headers("application/xml"), body.length)) {
        out.write(body);
      }
    }

    private static Map<String, String> headers(String type) {
      byte[] id = new byte[8];
      RANDOM.nextBytes(id);
      return Map.of(
          "Content-Type", type, "x-amz-request-id", HexFormat.of().withUpperCase().formatHex(id));
    }

    private static byte[] document(ApiException error) {
      return ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>"
              + escaped(error.code())
              + "</Code><Message>"
              + escaped(error.getMessage())
              + "</Message></Error>")
          .getBytes(StandardCharsets.UTF_8);
    }

    /** Also without what no XML can have in it. */
    private static String escaped(String text) {
      StringBuilder result = new StringBuilder();
      text.codePoints()
          .forEach(
              c -> {
                switch (c) {
                  case '<' -> result.append("&lt;");
                  case '>' -> result.append("&gt;");
                  case '&' -> result.append("&amp;");
                  case '\t', '\n' -> result.appendCodePoint(c);
                  default ->
                      result.appendCodePoint(
                          c < ' ' || c == 0xFFFE || c == 0xFFFF || (c >= 0xD800 && c < 0xE000)
                              ? '?'
                              : c);
                }
              });
      return result.toString();
    }
  }
}
