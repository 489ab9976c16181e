package io.github.s3vfs.scenario;

import io.github.s3vfs.S3Vfs;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import software.amazon.awssdk.regions.Region;

/**
 * A process that reads while another one commits versions 1, 2, 3 and so on of a table, in which
 * all rows tell the version. It prints "seen=" and the first it has seen, and at last how many
 * there were.
 */
public final class VersionReader {
  private VersionReader() {}

  /** Arguments: endpoint, and the version after which it ends. */
  public static void main(String[] args) throws Exception {
    try (S3Vfs vfs =
            S3Vfs.builder()
                .name("versions")
                .bucket(Bucket.NAME)
                .endpoint(URI.create(args[0]))
                .region(Region.US_EAST_1)
                .pathStyle(true)
                .cacheSizeBytes(64 << 10)
                .register();
        Connection c = DriverManager.getConnection(Bucket.url(vfs, "versions", "busy_timeout=0"))) {
      Sql.execute(c, "PRAGMA cache_size = 5");
      long last = Long.parseLong(args[1]);
      long seen = -1;
      int different = 0;
      for (long now = 0; now < last; ) {
        now = version(c);
        if (now < seen) {
          throw new IllegalStateException("went back from " + seen + " to " + now);
        }
        if (now > seen) {
          if (different++ == 0) {
            System.out.println("seen=" + now);
          }
          seen = now;
        }
      }
      System.out.println("different=" + different);
    }
  }

  /** Of one read transaction of several queries. */
  static long version(Connection c) throws SQLException {
    Sql.execute(c, "BEGIN");
    String first = Sql.value(c, "SELECT min(v) FROM t WHERE id <= 10");
    String all = Sql.rows(c, "SELECT min(v), max(v), count(*) FROM t") + "";
    String last = Sql.value(c, "SELECT v FROM t ORDER BY id DESC LIMIT 1");
    Sql.execute(c, "COMMIT");
    if (!first.equals(last) || !all.equals("[[" + first + ", " + first + ", 200]]")) {
      throw new IllegalStateException("half a version: " + first + " " + all + " " + last);
    }
    return Long.parseLong(first);
  }
}
