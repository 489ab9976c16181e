package io.github.s3vfs.testkit;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The names under which objects lie in the stores of s3proxy, which keep a key as a path of a file
 * system.
 *
 * <p>There, {@code db} and {@code db/0} exclude each other (a file is not a directory), {@code
 * a//b} is {@code a/b}, and {@code .} and {@code ..} mean something. S3 keys are flat. So the last
 * segment of a key gets a suffix that no segment before it can have, and segments a path would lose
 * are marked. The suffix sorts before any other character: stored names sort as keys do, except
 * around such marked segments.
 *
 * <p>Keys must not contain the control characters U+0001 and U+0002; XML 1.0 could not carry them
 * either.
 */
final class StoredName {

  private static final String END = "\u0001";
  private static final String MARK = "\u0002";

  /**
   * How s3proxy names its record of an upload under way; it keeps it as an object it hides from
   * listings.
   */
  private static final String UPLOAD_RECORD = ".s3proxy-mpu-stub-";

  /**
   * How the stores name a part: this, the upload's id, the object's stored name and the part's
   * number.
   */
  private static final String PART = ".mpus-";

  private StoredName() {}

  /**
   * Whether an object is s3proxy's own, for a multipart upload under way, and none of the client's.
   */
  static boolean bookkeeping(String key) {
    return key.startsWith(UPLOAD_RECORD) || key.startsWith(PART);
  }

  /** The stored name of a key. */
  static String of(String key) {
    int number = key.lastIndexOf('-');
    return key.startsWith(PART)
        ? ofObject(key.substring(0, number)) + key.substring(number)
        : ofObject(key);
  }

  private static String ofObject(String key) {
    int last = key.lastIndexOf('/') + 1;
    return segments(key.substring(0, last)) + key.substring(last) + END;
  }

  /** What the stored names of all keys with this prefix start with. */
  static String ofPrefix(String prefix) {
    int last = prefix.lastIndexOf('/') + 1;
    return segments(prefix.substring(0, last)) + prefix.substring(last);
  }

  /** The key, or common prefix, of a stored name. */
  static String key(String stored) {
    String name = stored.endsWith(END) ? stored.substring(0, stored.length() - 1) : stored;
    return name.replace(MARK, "");
  }

  /** A place in a listing as a client may hold it: the stored name where it stopped. */
  static @Nullable String token(@Nullable String stored) {
    return stored == null
        ? null
        : Base64.getUrlEncoder().encodeToString(stored.getBytes(StandardCharsets.UTF_8));
  }

  /** The stored name of a client's token. */
  static @Nullable String ofToken(@Nullable String token) {
    return token == null
        ? null
        : new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
  }

  private static String segments(String directories) {
    StringBuilder stored = new StringBuilder();
    int start = 0;
    for (int slash = directories.indexOf('/');
        slash >= 0;
        slash = directories.indexOf('/', start)) {
      String segment = directories.substring(start, slash);
      stored.append(segment);
      if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
        stored.append(MARK);
      }
      stored.append('/');
      start = slash + 1;
    }
    return stored.toString();
  }
}
