package io.github.s3vfs.changelog;

import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3Vfs;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;

/**
 * Where the table is: a database that sqlite-jdbc opens, in a local file or on S3. Thread-safe, if
 * its data source is.
 */
public final class ChangelogDatabase {
  private static final String PREFIX = "jdbc:sqlite:";
  private static final Pattern VFS = Pattern.compile("[?&]vfs=([^&]+)");

  /** In front of a path: none, or this host. */
  private static final Pattern AUTHORITY = Pattern.compile("^//(localhost)?/");

  private final String url;
  private final @Nullable Path file;
  private final @Nullable DataSource source;

  private ChangelogDatabase(String url, @Nullable Path file, @Nullable DataSource source) {
    this.url = url;
    this.file = file;
    this.source = source;
  }

  /**
   * A local file. A writer creates it where it is missing.
   *
   * @param file its path
   * @return the database
   * @throws ChangelogException {@code PATH_IS_DIRECTORY}, also for a symbolic link to one
   */
  public static ChangelogDatabase file(Path file) {
    return new ChangelogDatabase(
        PREFIX + "file:" + encoded(file.toAbsolutePath().toString()), checked(file), null);
  }

  /**
   * A database on S3.
   *
   * @param vfs stays the caller's to close, and is not closed before readers and writers are
   * @param location where the database is
   * @return the database
   */
  public static ChangelogDatabase s3(S3Vfs vfs, S3Location location) {
    String path = vfs.config().bucket() == null ? "/" + location.path() : location.key();
    return new ChangelogDatabase(
        PREFIX + "file:" + encoded(path) + "?vfs=" + vfs.name(), null, null);
  }

  /**
   * A database by the URL of JDBC, as in {@code jdbc:sqlite:file:/bucket/key?vfs=s3}.
   *
   * @param url begins with {@code jdbc:sqlite:}
   * @return the database
   * @throws ChangelogException {@code PATH_IS_DIRECTORY} if it names one, {@code OPEN_FAILED} if it
   *     is a URL of another kind
   */
  public static ChangelogDatabase url(String url) {
    return new ChangelogDatabase(url, fileOf(url), null);
  }

  /**
   * The database of a data source, of sqlite-jdbc or of a pool of its connections. A reader and a
   * writer hold one connection each until they are closed, and give it back as it was. Whether the
   * database may be written, and is created where it is missing, is the data source's to say.
   *
   * @param source gives connections to one database; asked for one at once
   * @return the database
   * @throws ChangelogException {@code OPEN_FAILED} if it gives none, or one of another driver;
   *     {@code PATH_IS_DIRECTORY}
   */
  public static ChangelogDatabase dataSource(DataSource source) {
    try (Connection connection = source.getConnection()) {
      String url = String.valueOf(connection.getMetaData().getURL());
      return new ChangelogDatabase(url, fileOf(url), source);
    } catch (SQLException e) {
      throw new ChangelogException(
          ChangelogException.Kind.OPEN_FAILED,
          List.of(),
          "the data source gives no connection: " + e.getMessage(),
          e);
    }
  }

  /** The local file that a URL names; null if it is on S3, or in memory. */
  private static @Nullable Path fileOf(String url) {
    if (!url.startsWith(PREFIX)) {
      throw new ChangelogException(
          ChangelogException.Kind.OPEN_FAILED, List.of(), url + " is no URL of sqlite-jdbc");
    }
    String rest = url.substring(PREFIX.length());
    if (rest.startsWith("file:")) {
      rest = rest.split("#", 2)[0]; // https://www.sqlite.org/uri.html
    }
    String path = rest.split("\\?", 2)[0];
    if (path.startsWith("file:")) {
      path = AUTHORITY.matcher(path.substring(5)).replaceFirst("/");
      path = URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
    boolean isFile =
        !VFS.matcher(rest).find()
            && !rest.contains("mode=memory")
            && !path.startsWith(":memory:")
            && !path.isEmpty();
    return isFile ? checked(Path.of(path)) : null;
  }

  private static Path checked(Path file) {
    if (Files.isDirectory(file)) {
      throw new ChangelogException(
          ChangelogException.Kind.PATH_IS_DIRECTORY, List.of(), file + " is a directory");
    }
    return file;
  }

  private static String encoded(String path) {
    return URLEncoder.encode(path, StandardCharsets.UTF_8).replace("+", "%20").replace("%2F", "/");
  }

  /** The local file, or null. */
  @Nullable Path file() {
    return file;
  }

  /** The VFS of a database on S3 that the URL names. */
  Optional<S3Vfs> vfs() {
    Matcher matcher = VFS.matcher(url);
    return matcher.find() ? S3Vfs.find(matcher.group(1)) : Optional.empty();
  }

  /** A connection that only reads; the database must be there. */
  Connection connectReadOnly() throws SQLException {
    return source == null ? connectReadOnly("") : source.getConnection();
  }

  /** A connection of its own that only reads, with more parameters of the URL. */
  Connection connectReadOnly(String parameters) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    return DriverManager.getConnection(url + parameters, config.toProperties());
  }

  /** A connection that reads and writes, and creates the database. */
  Connection connect() throws SQLException {
    return source == null ? DriverManager.getConnection(url) : source.getConnection();
  }

  /**
   * As {@link #connectReadOnly()}, for a reader.
   *
   * @param busyTimeout how long to wait for locks
   */
  OpenConnection openReadOnly(Duration busyTimeout) throws SQLException {
    return new OpenConnection(connectReadOnly(), source != null, busyTimeout);
  }

  /**
   * As {@link #connect()}, for a writer.
   *
   * @param busyTimeout how long to wait for locks
   */
  OpenConnection open(Duration busyTimeout) throws SQLException {
    return new OpenConnection(connect(), source != null, busyTimeout);
  }

  /** The URL. */
  @Override
  public String toString() {
    return url;
  }
}
