package io.github.s3vfs.scenario;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/**
 * A program: opens the URLs that are its arguments, one after the other, and prints for each what
 * came of it: "ok: " and SQLite's answer to a query, or "error: " and the message.
 */
public final class OpenUrls {
  private OpenUrls() {}

  /** Arguments: URLs. */
  public static void main(String[] urls) {
    for (String url : urls) {
      try (Connection connection = DriverManager.getConnection(url)) {
        Sql.execute(connection, "CREATE TABLE IF NOT EXISTS t(x)", "INSERT INTO t VALUES (1)");
        System.out.println("ok: " + Sql.value(connection, "SELECT count(*) FROM t"));
      } catch (SQLException e) {
        System.out.println("error: " + e.getMessage());
      }
    }
  }
}
