package io.github.s3vfs.jdbc;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.sqlite.JDBC;

/**
 * sqlite-jdbc's driver as {@link DriverManager} has it: not for the URLs of {@link S3VfsDriver}.
 * When that one fails, DriverManager asks the next one, and sqlite-jdbc would take a URL without
 * "file:" for the name of a local file, which it makes. Thread-safe.
 */
final class SqliteDriverGuard extends JDBC {
  private final Driver sqlite;
  private final S3VfsDriver ours;

  /**
   * @param sqlite the driver that it stands for
   */
  SqliteDriverGuard(Driver sqlite, S3VfsDriver ours) {
    this.sqlite = sqlite;
    this.ours = ours;
  }

  /** The driver that it stands for. */
  Driver sqlite() {
    return sqlite;
  }

  @Override
  public @Nullable Connection connect(String url, Properties info) throws SQLException {
    return ours.acceptsURL(url) ? null : super.connect(url, info);
  }

  @Override
  public boolean acceptsURL(String url) {
    return !ours.acceptsURL(url) && super.acceptsURL(url);
  }
}
