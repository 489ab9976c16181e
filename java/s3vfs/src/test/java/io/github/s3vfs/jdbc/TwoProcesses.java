package io.github.s3vfs.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.scenario.Bucket;
import io.github.s3vfs.scenario.Sql;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;
import org.sqlite.SQLiteDataSource;

/**
 * A database in the layout snapshot with optimistic writers, whose commits can lose, and two VFSes
 * that stand for two processes. It has a table {@code t(v)} with the row 0.
 */
final class TwoProcesses implements AutoCloseable {
  /** Who makes connections. */
  enum Source {
    /** {@link S3VfsDriver}. */
    DRIVER,
    /** sqlite-jdbc alone, by its data source. */
    STOCK
  }

  final Bucket bucket = Bucket.open(b -> b.layout(Layout.SNAPSHOT).optimisticWriter(true));
  private final S3Vfs other =
      Bucket.vfs(bucket.server(), b -> b.layout(Layout.SNAPSHOT).optimisticWriter(true));

  TwoProcesses() {
    try {
      elsewhere("CREATE TABLE t(v INTEGER)", "INSERT INTO t VALUES (0)");
    } catch (SQLException e) {
      close();
      throw new AssertionError(e);
    }
  }

  String url(boolean elsewhere) {
    return url(elsewhere, "busy_timeout=0");
  }

  String url(boolean elsewhere, String parameters) {
    return Bucket.url(elsewhere ? other : bucket.vfs(), "db", parameters);
  }

  /** A data source of this process. */
  DataSource source(Source source) {
    return source(source, url(false));
  }

  /** A data source without a pool. */
  static DataSource source(Source source, String url) {
    SQLiteDataSource stock = new SQLiteDataSource();
    stock.setUrl(url);
    return source == Source.STOCK ? stock : new SimpleDriverDataSource(new S3VfsDriver(), url);
  }

  /** A pool of one connection of this process. */
  HikariDataSource pool(Source source, boolean autoCommit) {
    HikariConfig config = new HikariConfig();
    config.setDataSource(source(source));
    config.setAutoCommit(autoCommit);
    config.setMaximumPoolSize(1);
    config.setConnectionTimeout(20_000);
    return new HikariDataSource(config);
  }

  /** Commits statements in the other process. */
  void elsewhere(String... statements) throws SQLException {
    try (Connection c = DriverManager.getConnection(url(true))) {
      Sql.execute(c, statements);
    }
  }

  /** All that is committed, as the other process sees it. */
  String stored() throws SQLException {
    try (Connection c = DriverManager.getConnection(url(true))) {
      return Sql.value(c, "SELECT group_concat(v) FROM t");
    }
  }

  /** Writes in the transaction that is open there, and commits elsewhere, so that COMMIT loses. */
  void makeItLose(Connection c) throws SQLException {
    Sql.execute(c, "INSERT INTO t VALUES (1)");
    elsewhere("INSERT INTO t VALUES (100)");
  }

  @Override
  public void close() {
    other.close();
    bucket.close();
  }
}
