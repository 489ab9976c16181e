package io.github.s3vfs.flink;

import io.github.s3vfs.testkit.S3TestServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Databases on an embedded server, whose credentials are those of the process: the VFS {@code s3}
 * of this JVM, which jobs name, finds them.
 */
final class Databases implements AutoCloseable {
  static final String BUCKET = "bucket";

  private static final AtomicInteger COUNT = new AtomicInteger();

  private final S3TestServer server;

  private Databases(S3TestServer server) {
    this.server = server;
  }

  static Databases start() {
    S3TestServer server =
        S3TestServer.builder().inMemory().credentials("flink", "flink-secret").start();
    server.createBucket(BUCKET);
    System.setProperty("aws.accessKeyId", server.accessKeyId());
    System.setProperty("aws.secretAccessKey", server.secretAccessKey());
    return new Databases(server);
  }

  S3TestServer server() {
    return server;
  }

  /** The URL of a database that no other test has, with some statements run on it. */
  String create(String name, String... statements) throws SQLException {
    String url = url(name + COUNT.incrementAndGet());
    run(url, statements);
    return url;
  }

  /** The URL of a database. */
  String url(String name) {
    return url(server, name);
  }

  /** The same, on a server. */
  static String url(S3TestServer server, String name) {
    return "jdbc:sqlite:file:/"
        + BUCKET
        + "/"
        + name
        + "?vfs=s3&region=us-east-1&path_style=true&endpoint="
        + server.endpoint();
  }

  /** Runs statements, each in a transaction of its own. */
  static void run(String url, String... statements) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      int unused = statement.executeUpdate("PRAGMA busy_timeout = 30000");
      for (String each : statements) {
        boolean unusedToo = statement.execute(each);
      }
    }
  }

  /** The rows of a query, as in {@code 1|a, 2|NULL}. */
  static String rows(String url, String query) throws SQLException {
    StringBuilder text = new StringBuilder();
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        text.append(text.isEmpty() ? "" : ", ");
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          Object value = rows.getObject(i);
          text.append(i == 1 ? "" : "|").append(value == null ? "NULL" : value);
        }
      }
    }
    return text.toString();
  }

  /** Waits until a query gives some rows; its table may still have to be made. */
  static void await(String url, String query, String rows) throws Exception {
    Cluster.await(query + " gives " + rows, () -> rowsOrNone(url, query).equals(rows));
  }

  /** The same as {@link #rows}, or {@code no such table}. */
  static String rowsOrNone(String url, String query) throws SQLException {
    try {
      return rows(url, query);
    } catch (SQLException e) {
      if (String.valueOf(e.getMessage()).contains("no such table")) {
        return "no such table";
      }
      throw e;
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
