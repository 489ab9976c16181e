package io.github.s3vfs.scenario;

import java.sql.Connection;
import java.sql.DriverManager;

/**
 * Main class of a child process with little memory: changes more in one transaction than it has,
 * rolls it back, does it again and commits, changes every page once more, and reads it all.
 */
public final class LargeTransaction {
  private static final String SUM =
      "SELECT count(*) || ' ' || sum(length(v) + length(r)) || ' ' || sum(n) FROM t";

  private LargeTransaction() {}

  /** Arguments: a JDBC URL, and the number of rows of 4,000 bytes. */
  public static void main(String[] args) throws Exception {
    int rows = Integer.parseInt(args[1]);
    String insert =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
            + rows
            + ") INSERT INTO t SELECT i, zeroblob(3900), randomblob(100), 0 FROM n";
    try (Connection c = DriverManager.getConnection(args[0])) {
      Sql.execute(c, "PRAGMA cache_size=-2000", "PRAGMA cache_spill=1");
      Sql.execute(c, "CREATE TABLE t(id INTEGER PRIMARY KEY, v BLOB, r BLOB, n INT)");
      Sql.execute(c, "BEGIN", insert, "ROLLBACK");
      System.out.println("rolled back: " + Sql.value(c, "SELECT count(*) FROM t"));
      Sql.execute(c, "BEGIN", insert, "COMMIT");
      System.out.println("inserted: " + Sql.value(c, SUM));
      Sql.execute(c, "BEGIN", "UPDATE t SET n = 1", "ROLLBACK");
      Sql.execute(c, "BEGIN", "UPDATE t SET n = 2", "COMMIT");
      System.out.println("updated: " + Sql.value(c, SUM));
    }
  }
}
