package io.github.s3vfs.scenario;

import java.sql.Connection;
import java.sql.DriverManager;

/** Main class of a child process: connects, writes a row, and prints how many there are. */
public final class RunSql {
  private RunSql() {}

  /** Argument: a JDBC URL. Prints {@code rows=N}, or {@code failed=} and the failure. */
  public static void main(String[] args) {
    try (Connection c = DriverManager.getConnection(args[0])) {
      Sql.execute(c, "CREATE TABLE IF NOT EXISTS t(v)", "INSERT INTO t VALUES (1)");
      System.out.println("rows=" + Sql.value(c, "SELECT count(*) FROM t"));
    } catch (Exception e) {
      System.out.println("failed=" + e);
    }
  }
}
