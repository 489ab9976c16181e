package io.github.s3vfs.jdbc;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Properties;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * sqlite-jdbc's driver as {@link DriverManager} has it: not for the URLs of {@link S3VfsDriver}.
 * When that one fails, DriverManager asks the next one, and sqlite-jdbc would take a URL without
 * "file:" for the name of a local file, which it makes. Thread-safe.
 */
final class SqliteDriverGuard implements Driver {
  private final Driver sqlite;
  private final S3VfsDriver ours;

  SqliteDriverGuard(Driver sqlite, S3VfsDriver ours) {
    this.sqlite = sqlite;
    this.ours = ours;
  }

  /** The driver behind it. */
  Driver sqlite() {
    return sqlite;
  }

  @Override
  public @Nullable Connection connect(String url, Properties info) throws SQLException {
    return ours.acceptsURL(url) ? null : sqlite.connect(url, info);
  }

  @Override
  public boolean acceptsURL(String url) throws SQLException {
    return !ours.acceptsURL(url) && sqlite.acceptsURL(url);
  }

  @Override
  public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) throws SQLException {
    return sqlite.getPropertyInfo(url, info);
  }

  @Override
  public int getMajorVersion() {
    return sqlite.getMajorVersion();
  }

  @Override
  public int getMinorVersion() {
    return sqlite.getMinorVersion();
  }

  @Override
  public boolean jdbcCompliant() {
    return sqlite.jdbcCompliant();
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    return sqlite.getParentLogger();
  }
}
