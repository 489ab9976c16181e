package io.github.s3vfs.jdbc;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.S3VfsException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;

/**
 * The URLs of this driver.
 *
 * @param sqliteUrl the same as sqlite-jdbc reads it: {@code jdbc:sqlite:file:...?...}
 * @param vfs the VFS it names
 */
record S3VfsUrl(String sqliteUrl, String vfs) {
  static final String SQLITE_PREFIX = "jdbc:sqlite:";
  static final String OWN_PREFIX = "jdbc:s3vfs:";

  /** sqlite-jdbc's own prefix, behind which the file name or URI begins. */
  String address() {
    return sqliteUrl.substring(SQLITE_PREFIX.length());
  }

  /** The endpoint that it names, or null; what it names may be no address at all. */
  @Nullable String endpoint() {
    return value("endpoint");
  }

  /** Whether it names an earlier state of a database. */
  boolean isOfThePast() {
    return value("version") != null || value("as_of") != null;
  }

  /**
   * Whether SQLite is to share the cache of the connection with others.
   *
   * @param properties sqlite-jdbc's, which also may say so
   */
  boolean sharesCache(Properties properties) {
    String pragma = SQLiteConfig.Pragma.SHARED_CACHE.pragmaName;
    return "shared".equals(value("cache"))
        || "true".equalsIgnoreCase(value(pragma))
        || "true".equalsIgnoreCase(properties.getProperty(pragma));
  }

  private @Nullable String value(String parameter) {
    String raw = parameter(query(sqliteUrl), parameter);
    return raw == null ? null : decoded(raw);
  }

  /**
   * Parses a URL.
   *
   * @return null for a URL that is none of ours: neither {@code jdbc:s3vfs:}, nor one of
   *     sqlite-jdbc that names the VFS "s3" or another registered one
   * @throws io.github.s3vfs.S3VfsException {@code INVALID} for one that is ours and wrong
   */
  static @Nullable S3VfsUrl parse(String url) {
    if (url.startsWith(OWN_PREFIX)) {
      return parseOwn(url.substring(OWN_PREFIX.length()));
    }
    int question = url.indexOf('?');
    if (!url.startsWith(SQLITE_PREFIX) || question < 0) {
      return null;
    }
    String vfs = parameter(query(url), "vfs");
    if (vfs == null || !(vfs.equals(S3Vfs.DEFAULT_NAME) || S3Vfs.find(vfs).isPresent())) {
      return null;
    }
    String address = url.substring(SQLITE_PREFIX.length(), question);
    String path = address.startsWith("file:") ? address.substring("file:".length()) : address;
    if (path.isEmpty()) {
      throw new S3VfsException(
          ErrorKind.INVALID,
          "the URL names no key: expected " + SQLITE_PREFIX + "file:/bucket/key");
    }
    return new S3VfsUrl(sqliteUrl(path, url.substring(question + 1)), vfs);
  }

  /**
   * SQLite takes a '#' for the end of everything, and a name without "file:" for a local file; both
   * would open a local file where a VFS was meant.
   */
  private static String sqliteUrl(String path, String query) {
    return SQLITE_PREFIX + "file:" + path.replace("#", "%23") + "?" + query;
  }

  /** {@code //bucket/key?parameters}; the key is percent-encoded where SQLite wants it so. */
  private static S3VfsUrl parseOwn(String rest) {
    int question = rest.indexOf('?');
    String query = question < 0 ? "" : rest.substring(question + 1);
    String path = question < 0 ? rest : rest.substring(0, question);
    S3Location location = S3Location.parse("s3:" + decoded(path));
    String vfs = parameter(query, "vfs");
    String name = vfs == null ? S3Vfs.DEFAULT_NAME : vfs;
    S3Vfs registered = S3Vfs.find(name).orElse(null);
    String bucket = registered == null ? null : registered.config().bucket();
    if (bucket != null && !bucket.equals(location.bucket())) {
      throw new S3VfsException(
          ErrorKind.INVALID,
          "the VFS '" + name + "' is for bucket '" + bucket + "', not for " + location);
    }
    String encoded = path.substring("//".length());
    int slash = encoded.indexOf('/');
    if (slash < 0 || !decoded(encoded.substring(0, slash)).equals(location.bucket())) {
      throw new S3VfsException(
          ErrorKind.INVALID, "the slash between bucket and key is percent-encoded: " + path);
    }
    String file = bucket == null ? "/" + encoded : encoded.substring(slash + 1);
    String parameters = vfs == null ? "vfs=" + name + (query.isEmpty() ? "" : "&" + query) : query;
    return new S3VfsUrl(sqliteUrl(file, parameters), name);
  }

  /** Percent-decoded as SQLite does it: a '%' without two hexadecimal digits is one. */
  private static String decoded(String path) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] raw = path.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < raw.length; i++) {
      int high = raw[i] == '%' && i + 2 < raw.length ? Character.digit(raw[i + 1], 16) : -1;
      int low = high < 0 ? -1 : Character.digit(raw[i + 2], 16);
      bytes.write(low < 0 ? raw[i] : 16 * high + low);
      i += low < 0 ? 0 : 2;
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static String query(String url) {
    int question = url.indexOf('?');
    int hash = url.indexOf('#');
    String query = question < 0 ? "" : url.substring(question + 1);
    return hash > question && question >= 0 ? url.substring(question + 1, hash) : query;
  }

  private static @Nullable String parameter(String query, String name) {
    for (String parameter : query.split("&", -1)) {
      if (parameter.startsWith(name + "=")) {
        return parameter.substring(name.length() + 1);
      }
    }
    return null;
  }
}
