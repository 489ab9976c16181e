package io.github.s3vfs.select.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.s3vfs.select.internal.events.ApiException;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;

/** Signatures, with the SDK's signer as the other side. */
class RequestSignatureTest {
  private static final AwsBasicCredentials KEYS = AwsBasicCredentials.create("AKID", "secret");
  private static final Instant NOW = Instant.parse("2026-02-28T12:34:56Z");
  private static final byte[] BODY = "<a/>".getBytes(StandardCharsets.UTF_8);
  private static final String QUERY = "select&select-type=2";

  /** A request as it arrives. */
  private record Received(
      String method, String path, @Nullable String query, Map<String, List<String>> headers)
      implements Exchange {
    @Override
    public InputStream body() {
      return new ByteArrayInputStream(BODY);
    }

    @Override
    public OutputStream answer(int status, Map<String, String> answer, long length) {
      throw new UnsupportedOperationException();
    }

    Received with(String name, @Nullable String value) {
      Map<String, List<String>> changed = new TreeMap<>(headers);
      if (value == null) {
        changed.remove(name);
      } else {
        changed.put(name, List.of(value));
      }
      return new Received(method, path, query, changed);
    }
  }

  private static Received signed(String path, String query, AwsBasicCredentials keys) {
    SdkHttpRequest.Builder request =
        SdkHttpRequest.builder()
            .method(SdkHttpMethod.POST)
            .uri(URI.create("http://127.0.0.1:8080"))
            .encodedPath(path)
            .putHeader("Host", "127.0.0.1:8080")
            .putHeader("x-amz-expected-bucket-owner", " 1  2 ");
    for (String pair : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      request.appendRawQueryParameter(
          equals < 0 ? pair : pair.substring(0, equals),
          equals < 0 ? null : pair.substring(equals + 1));
    }
    SdkHttpRequest result =
        AwsV4HttpSigner.create()
            .sign(
                sign ->
                    sign.identity(keys)
                        .request(request.build())
                        .payload(ContentStreamProvider.fromByteArray(BODY))
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "s3")
                        .putProperty(AwsV4HttpSigner.REGION_NAME, "eu-north-1")
                        .putProperty(AwsV4HttpSigner.DOUBLE_URL_ENCODE, false)
                        .putProperty(AwsV4HttpSigner.NORMALIZE_PATH, false)
                        .putProperty(HttpSigner.SIGNING_CLOCK, Clock.fixed(NOW, ZoneOffset.UTC)))
            .request();
    Map<String, List<String>> headers = new TreeMap<>();
    result.headers().forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values));
    return new Received(
        "POST", result.encodedPath(), result.encodedQueryParameters().orElse(null), headers);
  }

  private static void check(Received request, byte[] body, Duration later) {
    new RequestSignature(KEYS, Clock.fixed(NOW.plus(later), ZoneOffset.UTC)).check(request, body);
  }

  private static String failure(Received request) {
    return failure(request, BODY, Duration.ZERO);
  }

  private static String failure(Received request, byte[] body, Duration later) {
    ApiException e = assertThrows(ApiException.class, () -> check(request, body, later));
    return e.status() + " " + e.code();
  }

  @Test
  void whatTheSdkHasSignedIsAccepted() {
    check(signed("/bucket/key", QUERY, KEYS), BODY, Duration.ZERO);
    check(signed("/bucket/key", QUERY, KEYS), BODY, Duration.ofMinutes(14));
    check(signed("/b/a%20%C3%A9%2B~/%25/x", QUERY, KEYS), BODY, Duration.ZERO);
  }

  @Test
  void anyPathAndQuery() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    String plain = "abcXYZ019-._~/";
    for (int i = 0; i < 500; i++) {
      StringBuilder path = new StringBuilder("/b/");
      for (int length = 1 + random.nextInt(20); length > 0; length--) {
        path.append(
            random.nextInt(3) > 0
                ? String.valueOf(plain.charAt(random.nextInt(plain.length())))
                : "%2" + "05B".charAt(random.nextInt(3)));
      }
      try {
        check(signed(path.toString(), QUERY, KEYS), BODY, Duration.ZERO);
      } catch (ApiException e) {
        throw new AssertionError("seed " + seed + ": " + path, e);
      }
    }
  }

  @Test
  void whatWasChangedIsRefused() {
    Received request = signed("/bucket/key", QUERY, KEYS);
    String authorization = String.valueOf(request.header("authorization"));
    assertEquals(
        "403 SignatureDoesNotMatch",
        failure(new Received("POST", "/bucket/other", request.query(), request.headers())));
    assertEquals(
        "403 SignatureDoesNotMatch",
        failure(new Received("POST", "/bucket/key", "select&select-type=3", request.headers())));
    assertEquals(
        "403 SignatureDoesNotMatch",
        failure(new Received("PUT", "/bucket/key", request.query(), request.headers())));
    assertEquals(
        "403 SignatureDoesNotMatch", failure(request.with("x-amz-expected-bucket-owner", "3")));
    assertEquals("403 SignatureDoesNotMatch", failure(request.with("host", "127.0.0.1:8081")));
    assertEquals(
        "403 SignatureDoesNotMatch",
        failure(signed("/bucket/key", QUERY, AwsBasicCredentials.create("AKID", "other"))));
    assertEquals(
        "403 InvalidAccessKeyId",
        failure(signed("/bucket/key", QUERY, AwsBasicCredentials.create("OTHER", "secret"))));
    assertEquals("403 AccessDenied", failure(request.with("authorization", null)));
    assertEquals("403 AccessDenied", failure(request.with("x-amz-other", "unsigned")));
    assertEquals("403 AccessDenied", failure(request.with("x-amz-date", null)));
    assertEquals("403 AccessDenied", failure(request.with("x-amz-date", "yesterday")));
    assertEquals(
        "400 AuthorizationHeaderMalformed",
        failure(request.with("authorization", "Bearer " + authorization)));
    assertEquals(
        "400 AuthorizationHeaderMalformed",
        failure(request.with("authorization", authorization.replace("20260228", "20260227"))));
    assertEquals(
        "403 AccessDenied",
        failure(request.with("authorization", authorization.replace("host;", ""))));
    assertEquals("400 InvalidRequest", failure(request.with("x-amz-content-sha256", null)));
    assertEquals("400 XAmzContentSHA256Mismatch", failure(request, new byte[] {1}, Duration.ZERO));
    assertEquals(
        "400 XAmzContentSHA256Mismatch",
        failure(request.with("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD")));
    assertEquals(
        "403 SignatureDoesNotMatch",
        failure(request.with("x-amz-content-sha256", "UNSIGNED-PAYLOAD")));
    assertEquals("403 RequestTimeTooSkewed", failure(request, BODY, Duration.ofMinutes(16)));
    assertEquals("403 RequestTimeTooSkewed", failure(request, BODY, Duration.ofMinutes(-16)));
  }
}
