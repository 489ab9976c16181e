package io.github.s3vfs;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Where one database lives: a bucket and a key prefix, {@code s3://bucket/key}.
 *
 * @param bucket a bucket's name or an access point's alias
 * @param key the key prefix, without a slash at its beginning or end; at most {@link
 *     #MAX_KEY_BYTES} bytes in UTF-8, because "-journal/" and ten digits are appended and S3 keys
 *     end at 1,024 bytes
 */
public record S3Location(String bucket, String key) {

  /**
   * Longest key prefix, in bytes of UTF-8. The names of segments are longer: in the layout {@code
   * snapshot} a new database takes 967.
   */
  public static final int MAX_KEY_BYTES = 1024 - "-journal/0000000000".length();

  private static final Pattern BUCKET =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]");
  private static final String SCHEME = "s3://";

  /**
   * Checks both parts.
   *
   * @throws S3VfsException {@code INVALID}, naming what is wrong
   */
  public S3Location {
    Objects.requireNonNull(bucket, "bucket");
    Objects.requireNonNull(key, "key");
    if (!BUCKET.matcher(bucket).matches()) {
      throw invalid(
          "'" + shown(bucket) + "' is not a bucket name (3 to 255 letters, digits, '.', '-', '_')");
    }
    checkKey(bucket, key);
  }

  /**
   * Parses {@code s3://bucket/key}; nothing is decoded.
   *
   * @throws S3VfsException {@code INVALID}
   */
  public static S3Location parse(String uri) {
    if (!uri.startsWith(SCHEME)) {
      throw invalid("'" + shown(uri) + "' does not begin with " + SCHEME);
    }
    return ofPath(uri.substring(SCHEME.length()));
  }

  /**
   * Parses {@code bucket/key}.
   *
   * @throws S3VfsException {@code INVALID}
   */
  public static S3Location ofPath(String path) {
    int slash = path.indexOf('/');
    if (slash < 0) {
      throw invalid("'" + shown(path) + "' names no key: expected /bucket/key");
    }
    return new S3Location(path.substring(0, slash), path.substring(slash + 1));
  }

  private static void checkKey(String bucket, String key) {
    String where = "key '" + shown(key) + "' in bucket " + bucket;
    if (key.isEmpty()) {
      throw invalid("the key is empty: expected /bucket/key, found only bucket '" + bucket + "'");
    }
    if (key.startsWith("/") || key.endsWith("/")) {
      throw invalid(where + " begins or ends with a slash");
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(key)) {
      // S3 keys are UTF-8; a replacement would make one object of two keys.
      throw invalid(where + " is not valid Unicode");
    }
    int bytes = key.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_KEY_BYTES) {
      throw invalid(where + " has " + bytes + " bytes; at most " + MAX_KEY_BYTES + " fit");
    }
    for (String segment : key.split("/", -1)) {
      if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
        throw invalid(where + " has an empty, '.' or '..' segment");
      }
    }
    if (key.chars().anyMatch(c -> c < 0x20 || c == 0x7f)) {
      throw invalid(where + " has a control character");
    }
    if (key.endsWith("-journal") || key.endsWith("-wal") || key.endsWith("-lease")) {
      throw invalid(where + " ends with a suffix that is reserved for a database's own objects");
    }
  }

  private static String shown(String text) {
    String visible = text.replaceAll("\\p{Cntrl}", "?");
    return visible.length() <= 80 ? visible : visible.substring(0, 77) + "...";
  }

  private static S3VfsException invalid(String message) {
    return new S3VfsException(ErrorKind.INVALID, message);
  }

  /** {@code bucket/key}. */
  public String path() {
    return bucket + "/" + key;
  }

  /** {@code s3://bucket/key}. */
  @Override
  public String toString() {
    return SCHEME + path();
  }
}
