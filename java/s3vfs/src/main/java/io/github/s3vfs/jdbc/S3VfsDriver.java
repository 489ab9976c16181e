package io.github.s3vfs.jdbc;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.vfs.UriParameters;
import java.net.URI;
import java.net.URISyntaxException;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The JDBC driver that {@link DriverManager} finds by itself. It accepts
 *
 * <ul>
 *   <li>{@code jdbc:sqlite:file:/bucket/key?vfs=s3}, and sqlite-jdbc's URLs with another VFS that
 *       was registered by {@link S3Vfs#builder}
 *   <li>{@code jdbc:s3vfs://bucket/key?...}, which means the same
 * </ul>
 *
 * registers the VFS "s3" when it is first named, and lets sqlite-jdbc do the rest: connections are
 * sqlite-jdbc's own, with the errors of S3 as causes of their exceptions. All other URLs are left
 * alone. Pools that pick a driver by its class name it {@code io.github.s3vfs.jdbc.S3VfsDriver}.
 *
 * <p>Thread-safe.
 */
public final class S3VfsDriver implements Driver {

  private static final S3VfsDriver REGISTERED = new S3VfsDriver();

  static {
    register();
  }

  /** Made by {@link java.util.ServiceLoader} and by pools. */
  public S3VfsDriver() {}

  /**
   * Registers this driver, in front of sqlite-jdbc's where that came first: DriverManager reports
   * the failure of the first driver that accepts a URL, and sqlite-jdbc's would be "no such vfs".
   * Behind it sqlite-jdbc's is not asked for what is ours any more; where it is of a class loader
   * of others, who need it as it is, it stays.
   */
  private static void register() {
    try {
      DriverManager.registerDriver(REGISTERED, S3Vfs::closeAll);
      for (Driver driver : Collections.list(DriverManager.getDrivers())) {
        if (driver.getClass().getName().equals("org.sqlite.JDBC")) {
          DriverManager.deregisterDriver(driver);
          boolean together =
              driver.getClass().getClassLoader() == S3VfsDriver.class.getClassLoader();
          DriverManager.registerDriver(
              together ? new SqliteDriverGuard(driver, REGISTERED) : driver);
        }
      }
    } catch (SQLException | SecurityException e) {
      DriverManager.println("S3VfsDriver: " + e);
    }
  }

  /**
   * Does {@link S3Vfs#closeAll} and takes this driver out of DriverManager: for applications that
   * end before the JVM does, as in a web application's {@code contextDestroyed}. Without it their
   * class loader is not collected. DriverManager's own {@code deregisterDriver}, which some
   * containers call, does the same.
   */
  public static void deregister() {
    S3Vfs.closeAll();
    try {
      DriverManager.deregisterDriver(REGISTERED);
      for (Driver driver : Collections.list(DriverManager.getDrivers())) {
        if (driver instanceof SqliteDriverGuard guard) {
          DriverManager.deregisterDriver(guard);
          DriverManager.registerDriver(guard.sqlite());
        }
      }
    } catch (SQLException e) {
      throw new S3VfsException(ErrorKind.INTERNAL, "not deregistered: " + e.getMessage(), e);
    }
  }

  /**
   * Connects, if the URL is one of this driver's.
   *
   * @return null for any other URL
   * @throws SQLException says what is wrong with the URL, the platform or the database; its cause
   *     is a {@link S3VfsException} where the error is this library's or S3's
   */
  @Override
  public @Nullable Connection connect(String url, @Nullable Properties info) throws SQLException {
    try {
      S3VfsUrl parsed = S3VfsUrl.parse(url);
      if (parsed == null) {
        return null;
      }
      if (parsed.vfs().equals(S3Vfs.DEFAULT_NAME)) {
        S3Vfs.install();
      } else if (S3Vfs.find(parsed.vfs()).isEmpty()) {
        throw new S3VfsException(
            ErrorKind.INVALID,
            "no VFS of the name '" + parsed.vfs() + "' is registered (S3Vfs.builder().name(...))");
      }
      allowEndpoint(parsed);
      Properties properties = info == null ? new Properties() : info;
      if (parsed.isOfThePast() && parsed.sharesCache(properties)) {
        throw UriParameters.sharedPast(); // SQLite may not ask the VFS, if there is such a cache
      }
      return Explained.call(() -> new S3VfsConnection(parsed, properties));
    } catch (S3VfsException e) {
      throw new SQLException(e.getMessage(), e);
    } catch (LinkageError e) {
      throw new SQLException(
          "sqlite-s3vfs needs sqlite-jdbc 3.53 or later, JNA 5, SLF4J 2 and zstd-jni 1.5 on the class"
              + " path, or resolved as modules (--add-modules org.slf4j,com.github.luben.zstd_jni): "
              + innermost(e),
          e);
    }
  }

  /** What the program's own URL names, SQL may name too. */
  private static void allowEndpoint(S3VfsUrl url) {
    String endpoint = url.endpoint();
    if (endpoint != null) {
      try {
        URI address = new URI(endpoint);
        S3Vfs.find(url.vfs()).ifPresent(vfs -> vfs.allowEndpoint(address));
      } catch (URISyntaxException e) {
        // Opening the database says what is wrong with it.
      }
    }
  }

  /** What failed at first: later attempts say no more than that there was one. */
  private static Throwable innermost(Throwable failure) {
    Throwable t = failure;
    while (t.getCause() != null) {
      t = t.getCause();
    }
    return t;
  }

  /** Whether the URL names a VFS of this library. */
  @Override
  public boolean acceptsURL(String url) {
    try {
      return S3VfsUrl.parse(url) != null;
    } catch (S3VfsException e) {
      return true; // ours; connect says what is wrong with it
    }
  }

  /** None of its own: sqlite-jdbc's properties are passed on. */
  @Override
  public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) {
    return List.<DriverPropertyInfo>of().toArray(new DriverPropertyInfo[0]);
  }

  @Override
  public int getMajorVersion() {
    return 0;
  }

  @Override
  public int getMinorVersion() {
    return 1;
  }

  /** SQLite does not implement all of JDBC's SQL. */
  @Override
  public boolean jdbcCompliant() {
    return false;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("this driver logs through SLF4J");
  }
}
