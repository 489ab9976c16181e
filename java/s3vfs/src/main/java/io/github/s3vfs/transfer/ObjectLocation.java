package io.github.s3vfs.transfer;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Where one object is: {@code s3://bucket/key}. Not to be confused with {@link
 * io.github.s3vfs.S3Location}, where a database is, which is many objects.
 *
 * @param bucket a bucket's name or an access point's alias
 * @param key any key that S3 takes: 1 to 1,024 bytes in UTF-8
 */
public record ObjectLocation(String bucket, String key) {
  /** Longest key in bytes of UTF-8. */
  public static final int MAX_KEY_BYTES = 1024;

  private static final String SCHEME = "s3://";
  private static final Pattern BUCKET =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]");

  /**
   * Checks both parts.
   *
   * @throws S3VfsException {@code INVALID}, naming what is wrong
   */
  public ObjectLocation {
    Objects.requireNonNull(bucket, "bucket");
    Objects.requireNonNull(key, "key");
    if (!BUCKET.matcher(bucket).matches()) {
      throw invalid(
          "'" + shown(bucket) + "' is not a bucket name (3 to 255 letters, digits, '.', '-', '_')");
    }
    if (key.isEmpty()) {
      throw invalid("no key: expected s3://bucket/key, found only the bucket '" + bucket + "'");
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(key)) {
      throw invalid("key '" + shown(key) + "' in bucket " + bucket + " is not valid Unicode");
    }
    int bytes = key.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_KEY_BYTES) {
      throw invalid(
          "key '"
              + shown(key)
              + "' in bucket "
              + bucket
              + " has "
              + bytes
              + " bytes; at most "
              + MAX_KEY_BYTES
              + " fit");
    }
  }

  /**
   * Parses {@code s3://bucket/key}; nothing is decoded.
   *
   * @param uri all of it
   * @return the location
   * @throws S3VfsException {@code INVALID}
   */
  public static ObjectLocation parse(String uri) {
    if (!uri.startsWith(SCHEME)) {
      throw invalid("'" + shown(uri) + "' does not begin with " + SCHEME);
    }
    String path = uri.substring(SCHEME.length());
    int slash = path.indexOf('/');
    if (slash < 0) {
      throw invalid("'" + shown(uri) + "' names no key: expected s3://bucket/key");
    }
    return new ObjectLocation(path.substring(0, slash), path.substring(slash + 1));
  }

  /**
   * Another object of the same bucket.
   *
   * @param otherKey its key
   * @return its location
   * @throws S3VfsException {@code INVALID}
   */
  public ObjectLocation withKey(String otherKey) {
    return new ObjectLocation(bucket, otherKey);
  }

  private static String shown(String text) {
    String visible = text.replaceAll("\\p{Cntrl}", "?");
    return visible.length() <= 80 ? visible : visible.substring(0, 77) + "...";
  }

  private static S3VfsException invalid(String message) {
    return new S3VfsException(ErrorKind.INVALID, message);
  }

  /** {@code s3://bucket/key}. */
  @Override
  public String toString() {
    return SCHEME + bucket + "/" + key;
  }
}
