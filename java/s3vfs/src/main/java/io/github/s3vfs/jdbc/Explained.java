package io.github.s3vfs.jdbc;

import io.github.s3vfs.blob.Zeroblob;
import io.github.s3vfs.internal.vfs.LastFailure;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * Adds what was wrong in S3 to the exceptions of sqlite-jdbc, which know SQLite's result code only.
 * It works because SQLite does its I/O on the thread that called JDBC.
 */
final class Explained {
  /**
   * Whether this thread is inside sqlite-jdbc's metadata, which casts the statements that it gets
   * from its connection to a class of its own.
   */
  private static final ThreadLocal<Boolean> IN_METADATA = ThreadLocal.withInitial(() -> false);

  private Explained() {}

  /** A call of JDBC. */
  interface Call<T> {
    /** Makes the call. */
    T call() throws SQLException;
  }

  /** A call of JDBC without a result. */
  interface Action {
    /** Makes the call. */
    void run() throws SQLException;
  }

  static <T> T call(Call<T> call) throws SQLException {
    LastFailure.clear();
    try {
      return call.call();
    } catch (SQLException e) {
      throw LastFailure.explain(e);
    }
  }

  static void run(Action action) throws SQLException {
    LastFailure.clear();
    try {
      action.run();
    } catch (SQLException e) {
      throw LastFailure.explain(e);
    }
  }

  /** A statement whose exceptions, and whose result sets' ones, are explained. */
  static <S extends Statement> S statement(Class<S> type, S statement, S3VfsConnection owner) {
    return IN_METADATA.get() ? statement : proxy(type, statement, null, owner);
  }

  /** Metadata whose exceptions, and whose result sets' ones, are explained. */
  static DatabaseMetaData metaData(DatabaseMetaData metaData, S3VfsConnection owner) {
    return proxy(DatabaseMetaData.class, metaData, null, owner);
  }

  private static <T> T proxy(
      Class<T> type, T target, @Nullable Object statement, S3VfsConnection owner) {
    Object proxy =
        Proxy.newProxyInstance(
            Explained.class.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              String name = method.getName();
              if (name.equals("getStatement") && statement != null) {
                return statement;
              }
              if (name.equals("equals") && arguments != null && arguments.length == 1) {
                return self == arguments[0];
              }
              if (self instanceof PreparedStatement s
                  && name.equals("setObject")
                  && arguments[1] instanceof Zeroblob zeros) {
                zeros.setOn(s, (int) arguments[0]); // sqlite-jdbc would take it for a text
                return null;
              }
              if (self instanceof Statement && name.startsWith("execute")) {
                owner.beforeExecution();
              }
              LastFailure.clear();
              boolean inMetaData = IN_METADATA.get();
              IN_METADATA.set(inMetaData || type == DatabaseMetaData.class);
              Object result;
              try {
                result = method.invoke(target, arguments);
              } catch (InvocationTargetException e) {
                Throwable cause = e.getCause();
                throw cause instanceof SQLException s
                    ? owner.failed(LastFailure.explain(s))
                    : cause;
              } finally {
                IN_METADATA.set(inMetaData);
              }
              if (self instanceof Statement
                  && name.startsWith("execute")
                  && arguments != null
                  && arguments[0] instanceof String sql) {
                owner.afterExecution(sql);
              }
              // By its declared type: sqlite-jdbc's result sets are their own metadata.
              return result instanceof ResultSet r && method.getReturnType() == ResultSet.class
                  ? proxy(ResultSet.class, r, self instanceof Statement ? self : null, owner)
                  : result;
            });
    return type.cast(proxy);
  }
}
