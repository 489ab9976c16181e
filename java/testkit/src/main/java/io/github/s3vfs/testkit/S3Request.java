package io.github.s3vfs.testkit;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a request asks for: the line and the headers, before anything has been done about it.
 *
 * @param method the HTTP method, upper case
 * @param operation what S3 calls it
 * @param bucket the bucket, empty when the request names none
 * @param key the decoded key, empty when the request names none
 * @param query the decoded query parameters; a parameter without a value has the empty string; of a
 *     repeated one the first is kept; parameters that sign the request are left out
 * @param headers selected headers by lower-case name: range, the conditions (if-*), expect,
 *     content-* and x-amz-*, without those that sign the request
 * @param accessKeyId the access key id the request claims, empty for an anonymous request; it is
 *     not verified yet
 */
public record S3Request(
    String method,
    S3Operation operation,
    String bucket,
    String key,
    Map<String, String> query,
    Map<String, String> headers,
    String accessKeyId) {

  /** A header of {@link #headers()}, by lower-case name; null when the request has none. */
  public @Nullable String header(String name) {
    return headers.get(name);
  }

  /** The Range header as sent, for example {@code bytes=0-99}; null when there is none. */
  public @Nullable String range() {
    return headers.get("range");
  }

  /** Whether the request carries a condition (any If-* header). */
  public boolean conditional() {
    return headers.keySet().stream().anyMatch(name -> name.startsWith("if-"));
  }

  /** What a copy copies. */
  record CopySource(String bucket, String key) {}

  /** What the request copies from; null when it is no copy. */
  @Nullable CopySource copySource() {
    String header = headers.get("x-amz-copy-source");
    if (header == null) {
      return null;
    }
    String source =
        decode(header.contains("?") ? header.substring(0, header.indexOf('?')) : header);
    String path = source.startsWith("/") ? source.substring(1) : source;
    int slash = path.indexOf('/');
    return slash < 0
        ? new CopySource(path, "")
        : new CopySource(path.substring(0, slash), path.substring(slash + 1));
  }

  /** For people: method, bucket, key and query. */
  @Override
  public String toString() {
    return operation
        + " "
        + method
        + " /"
        + bucket
        + (key.isEmpty() ? "" : "/" + key)
        + " "
        + query
        + headers;
  }

  static S3Request of(HttpServletRequest http) {
    // Split and decoded exactly as s3proxy does it, so that a lock or a policy is about the object
    // s3proxy will touch.
    String[] path = http.getRequestURI().split("/", 3);
    String bucket = path.length > 1 ? decode(path[1]) : "";
    String key = path.length > 2 ? decode(path[2]) : "";
    Map<String, String> query = query(http.getQueryString());
    Map<String, String> headers = headers(http);
    S3Operation operation =
        S3Operation.of(
            http.getMethod(), bucket, key, query, headers.containsKey("x-amz-copy-source"));
    String accessKeyId = accessKeyId(http.getHeader("Authorization"), query);
    query.keySet().removeIf(name -> name.startsWith("X-Amz-"));
    return new S3Request(
        http.getMethod(),
        operation,
        bucket,
        key,
        Collections.unmodifiableMap(query),
        Collections.unmodifiableMap(headers),
        accessKeyId);
  }

  private static Map<String, String> query(@Nullable String raw) {
    Map<String, String> query = new TreeMap<>();
    if (raw == null) {
      return query;
    }
    for (String pair : raw.split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = decode(equals < 0 ? pair : pair.substring(0, equals));
      if (!name.isEmpty()) {
        query.putIfAbsent(name, equals < 0 ? "" : decode(pair.substring(equals + 1)));
      }
    }
    return query;
  }

  private static Map<String, String> headers(HttpServletRequest http) {
    Map<String, String> headers = new TreeMap<>();
    for (String name : Collections.list(http.getHeaderNames())) {
      String lower = name.toLowerCase(Locale.ROOT);
      if (lower.equals("range")
          || lower.equals("expect")
          || lower.startsWith("if-")
          || lower.startsWith("content-")
          || (lower.startsWith("x-amz-") && !signing(lower))) {
        headers.put(lower, http.getHeader(name));
      }
    }
    return headers;
  }

  private static boolean signing(String header) {
    return header.equals("x-amz-date")
        || header.equals("x-amz-content-sha256")
        || header.equals("x-amz-security-token");
  }

  private static String accessKeyId(@Nullable String authorization, Map<String, String> query) {
    String credential = query.getOrDefault("X-Amz-Credential", "");
    if (authorization != null) {
      int at = authorization.indexOf("Credential=");
      credential = at < 0 ? "" : authorization.substring(at + "Credential=".length());
    }
    int slash = credential.indexOf('/');
    return slash < 0 ? "" : credential.substring(0, slash);
  }

  static String decode(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException malformedEscape) {
      return text;
    }
  }
}
