package io.github.s3vfs.scenario;

import io.github.s3vfs.S3Vfs;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import software.amazon.awssdk.regions.Region;

/**
 * A process that adds 1 to a counter, again and again, and prints what the counter was after each
 * acknowledged commit.
 */
public final class Incrementer {
  private Incrementer() {}

  /**
   * Arguments: endpoint, times, milliseconds of the lease's term, journal mode, further parameters
   * of the URL or "".
   */
  public static void main(String[] args) throws Exception {
    try (S3Vfs vfs = vfs(URI.create(args[0]), Duration.ofMillis(Long.parseLong(args[2])));
        Connection c = DriverManager.getConnection(Bucket.url(vfs, "counter", args[4]))) {
      Sql.execute(
          c,
          "PRAGMA busy_timeout = 300000",
          "PRAGMA journal_mode = " + args[3],
          "PRAGMA cache_size = 4");
      for (int done = 0; done < Integer.parseInt(args[1]); ) {
        if (increment(c)) {
          done++;
        }
      }
    }
  }

  private static S3Vfs vfs(URI endpoint, Duration term) {
    return S3Vfs.builder()
        .name("counting")
        .bucket(Bucket.NAME)
        .endpoint(endpoint)
        .region(Region.US_EAST_1)
        .pathStyle(true)
        .requestTimeout(term.dividedBy(3))
        .leaseTerm(term)
        .register();
  }

  /** Whether it was committed; false when another process came in between. */
  private static boolean increment(Connection c) throws SQLException {
    if (isBusy(c, "BEGIN IMMEDIATE")) {
      return false;
    }
    Sql.execute(
        c,
        "UPDATE counter SET n = n + 1",
        "INSERT INTO log(n, filler) SELECT n, hex(randomblob(2000)) FROM counter",
        "DELETE FROM log WHERE n < (SELECT n - 20 FROM counter)");
    String now = Sql.value(c, "SELECT n FROM counter");
    if (isBusy(c, "COMMIT")) { // of an optimistic writer; SQLite has rolled back
      return false;
    }
    System.out.println("committed=" + now);
    return true;
  }

  private static boolean isBusy(Connection c, String statement) throws SQLException {
    try {
      Sql.execute(c, statement);
      return false;
    } catch (SQLException e) {
      if ((e.getErrorCode() & 0xff) == 5) {
        return true;
      }
      throw e;
    }
  }
}
