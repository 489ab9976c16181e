package io.github.s3vfs.testkit;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What each key pair may do, in S3's actions ({@code s3:GetObject}, {@code s3:PutObject}, {@code
 * s3:DeleteObject}, {@code s3:ListBucket}, {@code s3:AbortMultipartUpload}, ... as in {@link
 * S3Operation#action()}; {@code s3:*} is all).
 *
 * <p>A key pair that no rule names may do everything. From the first {@code allow} on it may do
 * only what it is allowed; what it is denied it may not do whatever else allows it. Anything else
 * is answered 403 AccessDenied; in a batch delete, key by key. As on S3, GetObject and HeadObject
 * of a missing key answer 403 instead of 404 to a key pair without {@code s3:ListBucket}, a copy
 * needs {@code s3:GetObject} of its source, and a write with If-Match needs {@code s3:GetObject}
 * too.
 *
 * <p>Thread-safe; a change applies to requests that arrive after it.
 */
public final class Policy {

  private final Map<String, List<Grant>> allowed = new ConcurrentHashMap<>();
  private final Map<String, List<Grant>> denied = new ConcurrentHashMap<>();

  Policy() {}

  private record Grant(String bucket, String prefix, Set<String> actions) {

    boolean covers(String action, String onBucket, String onKey) {
      return (actions.contains(action) || actions.contains("s3:*"))
          && (bucket.isEmpty() || bucket.equals(onBucket))
          && onKey.startsWith(prefix);
    }
  }

  /** Lets a key pair do these actions everywhere. */
  public void allow(String accessKeyId, String... actions) {
    allowUnder(accessKeyId, "", "", actions);
  }

  /**
   * Lets a key pair do these actions with keys (for listings: prefixes) that start with {@code
   * keyPrefix}.
   */
  public void allowUnder(String accessKeyId, String bucket, String keyPrefix, String... actions) {
    grants(allowed, accessKeyId).add(new Grant(bucket, keyPrefix, Set.of(actions)));
  }

  /** Forbids a key pair these actions everywhere. */
  public void deny(String accessKeyId, String... actions) {
    grants(denied, accessKeyId).add(new Grant("", "", Set.of(actions)));
  }

  /** Lets every key pair do everything again. */
  public void clear() {
    allowed.clear();
    denied.clear();
  }

  private static List<Grant> grants(Map<String, List<Grant>> grants, String accessKeyId) {
    return grants.computeIfAbsent(accessKeyId, id -> new CopyOnWriteArrayList<>());
  }

  boolean allows(String accessKeyId, String action, String bucket, String key) {
    List<Grant> no = denied.getOrDefault(accessKeyId, List.of());
    List<Grant> yes = allowed.get(accessKeyId);
    return no.stream().noneMatch(grant -> grant.covers(action, bucket, key))
        && (yes == null || yes.stream().anyMatch(grant -> grant.covers(action, bucket, key)));
  }

  /**
   * Whether the request as a whole may be executed. A batch delete may: it is judged key by key.
   */
  boolean allows(S3Request request) {
    S3Operation operation = request.operation();
    if (operation == S3Operation.DELETE_OBJECTS) {
      return true;
    }
    String id = request.accessKeyId();
    String key =
        request.key().isEmpty() ? request.query().getOrDefault("prefix", "") : request.key();
    if (!allows(id, operation.action(), request.bucket(), key)) {
      return false;
    }
    String ifMatch = request.header("if-match");
    if (ifMatch != null
        && !ifMatch.equals("*")
        && !allows(id, "s3:GetObject", request.bucket(), key)) {
      return false;
    }
    S3Request.CopySource source = request.copySource();
    return source == null || allows(id, "s3:GetObject", source.bucket(), source.key());
  }

  /** Whether a missing key is to be kept from the one who asks. */
  boolean hidesMissingKeys(S3Request request) {
    return (request.operation() == S3Operation.GET_OBJECT
            || request.operation() == S3Operation.HEAD_OBJECT)
        && !allows(request.accessKeyId(), "s3:ListBucket", request.bucket(), request.key());
  }
}
