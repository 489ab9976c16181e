package io.github.s3vfs.scenario;

import io.github.s3vfs.S3Vfs;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;

/**
 * A process that reads the accounts until all transfers are done. No money is ever missing, and
 * their number never goes back. Prints "seen=" and the number that it saw first, and at last how
 * many different ones.
 */
public final class TransferReader {
  private TransferReader() {}

  /** Arguments: those of a {@link Participant}, and the number of transfers. */
  public static void main(String[] args) throws Exception {
    Participant self = Participant.of(args);
    List<String> rest = Participant.rest(args);
    long last = Long.parseLong(rest.get(0));
    try (S3Vfs vfs = self.register();
        Connection c = DriverManager.getConnection(Bucket.url(vfs, TransferWriter.KEY, ""))) {
      Sql.execute(c, "PRAGMA cache_size = 4");
      long seen = -1;
      int different = 0;
      while (seen < last) {
        long start = System.nanoTime();
        long now;
        try {
          Sql.execute(c, "BEGIN");
          now = TransferWriter.transfers(c);
          Sql.execute(c, "COMMIT");
        } catch (SQLException e) {
          if (!self.isTooLate(e, start)) {
            throw e;
          }
          System.out.println("too late: " + e.getMessage());
          Participant.rollback(c);
          continue;
        }
        if (now < seen) {
          throw new IllegalStateException("went back from " + seen + " to " + now);
        }
        if (now > seen && different++ == 0) {
          System.out.println("seen=" + now);
        }
        seen = now;
      }
      System.out.println("different=" + different);
    }
  }
}
