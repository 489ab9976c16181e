package io.github.s3vfs.testkit;

import static io.github.s3vfs.testkit.Client.BUCKET;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/**
 * One signed request over one connection, by hand: no retry, no pool, and what happens to the
 * connection shows.
 *
 * <p>(The CRT client retries resets and 5xx whatever its settings.)
 */
final class RawClient {

  private final S3TestServer server;
  private final AwsCredentialsIdentity identity;

  RawClient(S3TestServer server) {
    this.server = server;
    this.identity = AwsCredentialsIdentity.create(server.accessKeyId(), server.secretAccessKey());
  }

  /** How a connection ended. */
  enum End {
    /** With a whole answer. */
    ANSWERED,
    /** Closed before the answer was whole. */
    CLOSED,
    /** Reset before the answer was whole. */
    RESET
  }

  /**
   * What came back; status 0 when no status line did. The body's bytes are the text's characters.
   */
  record Answer(End end, int status, Map<String, String> headers, String text) {}

  Answer put(String key, int body, String... headers) throws IOException {
    return send("PUT", "/" + BUCKET + "/" + key, new byte[] {(byte) body}, headers);
  }

  Answer get(String key, String... headers) throws IOException {
    return send("GET", "/" + BUCKET + "/" + key, new byte[0], headers);
  }

  /** Sends a request; {@code headers} are names and values in turn. */
  Answer send(String method, String pathAndQuery, byte[] body, String... headers)
      throws IOException {
    SdkHttpRequest.Builder request =
        SdkHttpRequest.builder()
            .method(SdkHttpMethod.fromValue(method))
            .uri(URI.create(server.endpoint() + pathAndQuery))
            .putHeader("Content-Length", Integer.toString(body.length));
    for (int i = 0; i < headers.length; i += 2) {
      request.putHeader(headers[i], headers[i + 1]);
    }
    SdkHttpRequest signed =
        AwsV4HttpSigner.create()
            .sign(
                r ->
                    r.identity(identity)
                        .request(request.build())
                        .putProperty(AwsV4FamilyHttpSigner.SERVICE_SIGNING_NAME, "s3")
                        .putProperty(AwsV4HttpSigner.REGION_NAME, server.region())
                        .putProperty(AwsV4FamilyHttpSigner.DOUBLE_URL_ENCODE, false)
                        .putProperty(AwsV4FamilyHttpSigner.NORMALIZE_PATH, false)
                        .putProperty(AwsV4FamilyHttpSigner.PAYLOAD_SIGNING_ENABLED, false))
            .request();
    try (Socket socket = new Socket(server.endpoint().getHost(), server.endpoint().getPort())) {
      socket.setSoTimeout(10_000);
      OutputStream out = socket.getOutputStream();
      ByteArrayOutputStream whole = new ByteArrayOutputStream();
      whole.write(head(method, pathAndQuery, signed).getBytes(ISO_8859_1));
      whole.write(body);
      whole.writeTo(out);
      return read(method, new BufferedInputStream(socket.getInputStream()));
    }
  }

  private static String head(String method, String pathAndQuery, SdkHttpRequest signed) {
    StringBuilder head = new StringBuilder(method + " " + pathAndQuery + " HTTP/1.1\r\n");
    for (Map.Entry<String, List<String>> header : signed.headers().entrySet()) {
      header.getValue().forEach(v -> head.append(header.getKey() + ": " + v + "\r\n"));
    }
    return head.append("\r\n").toString();
  }

  private static Answer read(String method, InputStream in) throws IOException {
    int status = 0;
    Map<String, String> headers = new TreeMap<>();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try {
      do {
        status = Integer.parseInt(line(in).substring("HTTP/1.1 ".length()).substring(0, 3));
        headers.clear();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
          int colon = line.indexOf(':');
          headers.put(
              line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).trim());
        }
      } while (status == 100);
      long length = Long.parseLong(headers.getOrDefault("content-length", "0"));
      if (method.equals("HEAD")) {
        length = 0;
      }
      while (body.size() < length) {
        int read = in.read();
        if (read < 0) {
          throw new EOFException();
        }
        body.write(read);
      }
      return new Answer(End.ANSWERED, status, headers, body.toString(ISO_8859_1));
    } catch (EOFException e) {
      return new Answer(End.CLOSED, status, headers, body.toString(ISO_8859_1));
    } catch (SocketException e) {
      return new Answer(End.RESET, status, headers, body.toString(ISO_8859_1));
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException();
      }
      line.append((char) c);
    }
    return line.toString().trim();
  }
}
