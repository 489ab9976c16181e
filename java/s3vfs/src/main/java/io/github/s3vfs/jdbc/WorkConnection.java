package io.github.s3vfs.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A connection as the work of {@link S3Transactions} gets it: it and what is made by it cannot
 * leave the transaction, and execute nothing once SQLite has rolled that back. Closing this closes
 * the statements that are left. Belongs to one thread.
 */
final class WorkConnection implements AutoCloseable {
  private final Connection target;
  private final Connection connection;
  private final Set<Statement> statements = Collections.newSetFromMap(new IdentityHashMap<>());
  private @Nullable SQLException rolledBack;
  private boolean closed;
  private int savepoints;

  /**
   * @param target in a transaction that SQL has begun
   */
  WorkConnection(Connection target) {
    this.target = target;
    this.connection = lent();
  }

  Connection connection() {
    return connection;
  }

  /**
   * To be called when the work has ended well.
   *
   * @throws SQLException that of the work because of which SQLite has rolled back
   */
  void checkThatItIsOpen() throws SQLException {
    SQLException reason = rolledBack;
    if (reason != null) {
      throw reason;
    }
  }

  @Override
  public void close() throws SQLException {
    closed = true;
    for (Statement statement : List.copyOf(statements)) {
      statement.close();
    }
  }

  /** Whether a transaction is open, whatever JDBC thinks. */
  static boolean isOpen(Connection connection) {
    try (Statement statement = connection.createStatement()) {
      statement.execute("BEGIN");
      statement.execute("ROLLBACK");
      return false;
    } catch (SQLException e) {
      return true;
    }
  }

  private Connection lent() {
    return Connection.class.cast(
        Proxy.newProxyInstance(
            WorkConnection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (self, method, arguments) -> callConnection(self, method, arguments)));
  }

  private @Nullable Object callConnection(Object self, Method method, Object @Nullable [] arguments)
      throws Throwable {
    Object first = arguments == null ? null : arguments[0];
    return switch (method.getName()) {
      case "equals" -> self == first;
      case "hashCode" -> System.identityHashCode(self);
      case "close" -> null;
      case "isClosed" -> closed || target.isClosed();
      case "getAutoCommit" -> false;
      case "setAutoCommit" -> {
        if (!Boolean.FALSE.equals(first)) {
          throw refusal(method.getName());
        }
        yield null;
      }
      case "commit", "abort" -> throw refusal(method.getName());
      case "rollback" -> {
        if (first == null) {
          throw refusal(method.getName());
        }
        yield at("ROLLBACK TO ", savepoint(first));
      }
      case "setSavepoint" -> {
        savepoints++;
        yield at("SAVEPOINT ", new WorkSavepoint(savepoints, (String) first));
      }
      case "releaseSavepoint" -> at("RELEASE ", savepoint(first));
      case "unwrap" -> first == Connection.class ? self : pass(method, arguments);
      case "prepareStatement", "prepareCall" -> {
        checkSql(first);
        yield pass(method, arguments);
      }
      default -> pass(method, arguments);
    };
  }

  private @Nullable Object pass(Method method, Object @Nullable [] arguments) throws Throwable {
    checkThatItMayGoOn();
    Object result = call(method, target, arguments);
    if (result instanceof Statement statement) {
      statements.add(statement);
      return part(method.getReturnType(), statement, null);
    }
    return result instanceof DatabaseMetaData ? part(DatabaseMetaData.class, result, null) : result;
  }

  private static WorkSavepoint savepoint(@Nullable Object argument) throws SQLException {
    if (argument instanceof WorkSavepoint savepoint) {
      return savepoint;
    }
    throw new SQLException("no savepoint of this connection: " + argument);
  }

  private WorkSavepoint at(String sql, WorkSavepoint savepoint) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql + savepoint.sqlName());
    }
    return savepoint;
  }

  /** A statement, a result or metadata, which lead to no other connection than the one lent. */
  private Object part(Class<?> type, Object part, @Nullable Object statement) {
    return Proxy.newProxyInstance(
        WorkConnection.class.getClassLoader(),
        new Class<?>[] {type},
        (self, method, arguments) -> callPart(self, method, arguments, part, statement));
  }

  private @Nullable Object callPart(
      Object self,
      Method method,
      Object @Nullable [] arguments,
      Object part,
      @Nullable Object statement)
      throws Throwable {
    String name = method.getName();
    if (name.startsWith("execute") || name.equals("addBatch")) {
      checkThatItMayGoOn();
      checkSql(arguments == null ? null : arguments[0]);
    } else if (name.equals("close") && part instanceof Statement) {
      statements.remove(part);
    }
    return switch (name) {
      case "equals" -> arguments != null && self == arguments[0];
      case "hashCode" -> System.identityHashCode(self);
      case "getConnection" -> connection;
      case "getStatement" -> statement;
      default -> {
        Object result = call(method, part, arguments);
        // By its declared type: sqlite-jdbc's result sets are their own metadata.
        yield result != null && method.getReturnType() == ResultSet.class
            ? part(ResultSet.class, result, self instanceof Statement ? self : null)
            : result;
      }
    };
  }

  private @Nullable Object call(Method method, Object on, Object @Nullable [] arguments)
      throws Throwable {
    try {
      return method.invoke(on, arguments);
    } catch (InvocationTargetException e) {
      Throwable cause = e.getCause();
      if (cause instanceof SQLException s && rolledBack == null && !closed && !isOpen(target)) {
        rolledBack = s;
      }
      throw cause;
    }
  }

  private void checkThatItMayGoOn() throws SQLException {
    if (closed) {
      throw new SQLException("the work of this connection's transaction has ended");
    }
    if (rolledBack != null) {
      throw new SQLException("SQLite has rolled the transaction back", rolledBack);
    }
  }

  private static void checkSql(@Nullable Object sql) throws SQLException {
    if (sql instanceof String s) {
      String word = TransactionSql.controlWord(s);
      if (word != null) {
        throw refusal(word);
      }
    }
  }

  private static SQLException refusal(String what) {
    return new SQLException(
        what + " within the work of S3Transactions.run, which begins and ends the transaction");
  }
}
