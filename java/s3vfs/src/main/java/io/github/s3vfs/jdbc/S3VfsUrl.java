package io.github.s3vfs.jdbc;

import io.github.s3vfs.S3Location;
import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.S3VfsException;
import org.jspecify.annotations.Nullable;

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
    if (!url.startsWith(SQLITE_PREFIX + "file:")) {
      return null;
    }
    String vfs = parameter(query(url), "vfs");
    if (vfs == null) {
      return null;
    }
    boolean ours = vfs.equals(S3Vfs.DEFAULT_NAME) || S3Vfs.find(vfs).isPresent();
    return ours ? new S3VfsUrl(url, vfs) : null;
  }

  /** {@code //bucket/key?parameters}; the key is percent-encoded where SQLite wants it so. */
  private static S3VfsUrl parseOwn(String rest) {
    int question = rest.indexOf('?');
    String query = question < 0 ? "" : rest.substring(question + 1);
    String path = question < 0 ? rest : rest.substring(0, question);
    S3Location location = S3Location.parse("s3:" + path);
    String vfs = parameter(query, "vfs");
    String name = vfs == null ? S3Vfs.DEFAULT_NAME : vfs;
    S3Vfs registered = S3Vfs.find(name).orElse(null);
    String bucket = registered == null ? null : registered.config().bucket();
    if (bucket != null && !bucket.equals(location.bucket())) {
      throw new S3VfsException(
          ErrorKind.INVALID,
          "the VFS '" + name + "' is for bucket '" + bucket + "', not for " + location);
    }
    String file = bucket != null ? location.key() : "/" + location.path();
    String parameters = vfs == null ? "vfs=" + name + (query.isEmpty() ? "" : "&" + query) : query;
    return new S3VfsUrl(SQLITE_PREFIX + "file:" + file + "?" + parameters, name);
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
