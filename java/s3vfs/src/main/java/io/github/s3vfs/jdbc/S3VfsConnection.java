package io.github.s3vfs.jdbc;

import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Properties;
import org.sqlite.jdbc4.JDBC4Connection;

/**
 * A connection of sqlite-jdbc that explains failures of S3. It is one of sqlite-jdbc's in every
 * other way: extensions, functions and hooks that want a {@code SQLiteConnection} work.
 */
final class S3VfsConnection extends JDBC4Connection {

  /**
   * @param url as sqlite-jdbc reads it
   */
  S3VfsConnection(S3VfsUrl url, Properties properties) throws SQLException {
    super(url.sqliteUrl(), url.address(), properties);
  }

  @Override
  public Statement createStatement(int type, int concurrency, int holdability) throws SQLException {
    return Explained.statement(
        Statement.class,
        Explained.call(() -> super.createStatement(type, concurrency, holdability)));
  }

  @Override
  public PreparedStatement prepareStatement(String sql, int type, int concurrency, int holdability)
      throws SQLException {
    return Explained.statement(
        PreparedStatement.class,
        Explained.call(() -> super.prepareStatement(sql, type, concurrency, holdability)));
  }

  @Override
  public DatabaseMetaData getMetaData() throws SQLException {
    return Explained.metaData(Explained.call(super::getMetaData));
  }

  @Override
  public void setAutoCommit(boolean autoCommit) throws SQLException {
    Explained.run(() -> super.setAutoCommit(autoCommit));
  }

  @Override
  public void commit() throws SQLException {
    Explained.run(super::commit);
  }

  @Override
  public void rollback() throws SQLException {
    Explained.run(super::rollback);
  }

  @Override
  public void rollback(Savepoint savepoint) throws SQLException {
    Explained.run(() -> super.rollback(savepoint));
  }

  @Override
  public Savepoint setSavepoint() throws SQLException {
    return Explained.call(super::setSavepoint);
  }

  @Override
  public Savepoint setSavepoint(String name) throws SQLException {
    return Explained.call(() -> super.setSavepoint(name));
  }

  @Override
  public void releaseSavepoint(Savepoint savepoint) throws SQLException {
    Explained.run(() -> super.releaseSavepoint(savepoint));
  }

  @Override
  public byte[] serialize(String schema) throws SQLException {
    return Explained.call(() -> super.serialize(schema));
  }

  @Override
  public void close() throws SQLException {
    Explained.run(super::close);
  }
}
