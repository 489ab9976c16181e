package io.github.s3vfs.select.server;

import io.github.s3vfs.select.internal.events.ApiException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.utils.http.SdkHttpUtils;

/**
 * Checks that a request was signed with a key pair, by AWS Signature Version 4 in the header
 * Authorization ("Signature Calculations for the Authorization Header" in the Amazon S3 API
 * reference). Immutable.
 */
final class RequestSignature {
  private static final Pattern HEADER =
      Pattern.compile(
          "AWS4-HMAC-SHA256\\s+Credential=([^/,\\s]+)/(\\d{8})/([^/,\\s]+)/([^/,\\s]+)/aws4_request"
              + "\\s*,\\s*SignedHeaders=([^,\\s]+)\\s*,\\s*Signature=([0-9a-f]{64})");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT);
  private static final Duration SKEW = Duration.ofMinutes(15);
  private static final String UNSIGNED = "UNSIGNED-PAYLOAD";
  private static final int FORBIDDEN = 403;

  private final AwsCredentials keys;
  private final Clock clock;

  RequestSignature(AwsCredentials keys, Clock clock) {
    this.keys = keys;
    this.clock = clock;
  }

  private static ApiException refused(String code, String message) {
    return new ApiException(code, FORBIDDEN, message, null);
  }

  /**
   * Checks a request.
   *
   * @param body all of it
   * @throws ApiException with S3's code if it was not signed so
   */
  void check(Exchange request, byte[] body) {
    String authorization = request.header("authorization");
    if (authorization == null) {
      throw refused("AccessDenied", "the request is not signed");
    }
    Matcher parts = HEADER.matcher(authorization.strip());
    if (!parts.matches()) {
      throw new ApiException(
          "AuthorizationHeaderMalformed", "the header Authorization is not of AWS4-HMAC-SHA256");
    }
    String time = String.valueOf(request.header("x-amz-date"));
    checkTime(time, parts.group(2));
    if (!parts.group(1).equals(keys.accessKeyId())) {
      throw refused("InvalidAccessKeyId", "the access key id is not known here");
    }
    List<String> signed = List.of(parts.group(5).split(";", -1));
    checkSigned(request, signed);
    String hash = request.header("x-amz-content-sha256");
    checkBody(hash, body);
    String scope = parts.group(2) + "/" + parts.group(3) + "/" + parts.group(4) + "/aws4_request";
    String canonical = canonical(request, signed, String.valueOf(hash));
    String text = "AWS4-HMAC-SHA256\n" + time + "\n" + scope + "\n" + sha256(bytes(canonical));
    byte[] key = bytes("AWS4" + keys.secretAccessKey());
    for (String step : scope.split("/", -1)) {
      key = hmac(key, step);
    }
    String expected = HexFormat.of().formatHex(hmac(key, text));
    if (!MessageDigest.isEqual(bytes(expected), bytes(parts.group(6)))) {
      throw refused("SignatureDoesNotMatch", "the signature is not that of this request");
    }
  }

  private void checkTime(String time, String day) {
    Instant at;
    try {
      at = LocalDateTime.parse(time, TIME).toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw new ApiException("AccessDenied", FORBIDDEN, "a valid x-amz-date is missing", e);
    }
    if (!time.startsWith(day)) {
      throw new ApiException(
          "AuthorizationHeaderMalformed", "the date of the credential is not that of x-amz-date");
    }
    if (Duration.between(at, clock.instant()).abs().compareTo(SKEW) > 0) {
      throw refused(
          "RequestTimeTooSkewed", "the request is of " + time + ", which is too far from now");
    }
  }

  /** Whoever passes a request on must not be able to change what it means. */
  private static void checkSigned(Exchange request, List<String> signed) {
    for (String name : request.headers().keySet()) {
      if ((name.equals("host") || name.startsWith("x-amz-")) && !signed.contains(name)) {
        throw refused("AccessDenied", "the header " + name + " is not signed");
      }
    }
  }

  private static void checkBody(@Nullable String hash, byte[] body) {
    if (hash == null) {
      throw new ApiException("InvalidRequest", "the header x-amz-content-sha256 is missing");
    }
    if (!hash.equals(UNSIGNED) && !hash.equals(sha256(body))) {
      throw new ApiException(
          "XAmzContentSHA256Mismatch", "the header x-amz-content-sha256 is not that of the body");
    }
  }

  private static String canonical(Exchange request, List<String> signed, String hash) {
    StringBuilder text = new StringBuilder();
    text.append(request.method()).append('\n');
    text.append(SdkHttpUtils.urlEncodeIgnoreSlashes(decoded(request.path(), false))).append('\n');
    text.append(canonicalQuery(request.query())).append('\n');
    Map<String, List<String>> headers = request.headers();
    for (String name : signed) {
      List<String> values = headers.getOrDefault(name, List.of());
      text.append(name).append(':');
      for (int i = 0; i < values.size(); i++) {
        text.append(i == 0 ? "" : ",").append(values.get(i).strip().replaceAll(" +", " "));
      }
      text.append('\n');
    }
    return text.append('\n').append(String.join(";", signed)).append('\n').append(hash).toString();
  }

  private static String canonicalQuery(@Nullable String query) {
    if (query == null || query.isEmpty()) {
      return "";
    }
    List<Map.Entry<String, String>> pairs = new ArrayList<>();
    for (String pair : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      String value = equals < 0 ? "" : pair.substring(equals + 1);
      pairs.add(Map.entry(encoded(decoded(name, true)), encoded(decoded(value, true))));
    }
    pairs.sort(
        Map.Entry.<String, String>comparingByKey().thenComparing(Map.Entry.comparingByValue()));
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, String> pair : pairs) {
      text.append(text.isEmpty() ? "" : "&")
          .append(pair.getKey())
          .append('=')
          .append(pair.getValue());
    }
    return text.toString();
  }

  private static String encoded(String text) {
    return SdkHttpUtils.urlEncode(text);
  }

  /**
   * Without escapes.
   *
   * @param plus whether a plus is a blank
   */
  static String decoded(String text, boolean plus) {
    try {
      return URLDecoder.decode(plus ? text : text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new ApiException("InvalidURI", 400, "the path or query of the request", e);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(bytes(text));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }
}
