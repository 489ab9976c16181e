package io.github.s3vfs.jdbc;

import io.github.s3vfs.blob.SqliteBlob;
import io.github.s3vfs.blob.SqliteBlobChannel;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * What an application leaves open: values of connections that are not its own. It is defined in the
 * application's class loader, which so refers to them.
 */
public final class ForgottenBlob implements Consumer<Connection> {
  private static final List<SqliteBlobChannel> OPEN = new ArrayList<>();

  /** Made by name. */
  public ForgottenBlob() {}

  @Override
  public void accept(Connection connection) {
    try {
      OPEN.add(SqliteBlob.open(connection, "main", "t", "x", 1, true));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
