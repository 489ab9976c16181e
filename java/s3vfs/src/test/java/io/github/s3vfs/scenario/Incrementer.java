package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.transfer.S3Databases;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A process that adds 1 to a counter, again and again, and prints what the counter was after each
 * acknowledged commit. It begins when it gets a line.
 */
public final class Incrementer {
  static final String KEY = "counter";

  /** How many increments are logged. */
  private static final int LOGGED = 20;

  private Incrementer() {}

  /**
   * Arguments: those of a {@link Participant}, times, journal mode, and whether it also compacts
   * and collects all the time, saying what it does.
   */
  public static void main(String[] args) throws Exception {
    Participant self = Participant.of(args);
    List<String> rest = Participant.rest(args);
    try (S3Vfs vfs = self.register();
        Connection c = DriverManager.getConnection(Bucket.url(vfs, KEY, ""))) {
      Sql.execute(
          c,
          "PRAGMA busy_timeout = 300000",
          "PRAGMA journal_mode = " + rest.get(1),
          "PRAGMA cache_size = 4");
      int unused = System.in.read();
      if (Boolean.parseBoolean(rest.get(2))) {
        Thread keeper = new Thread(() -> keep(S3Databases.of(vfs)), "keeper");
        keeper.setDaemon(true);
        keeper.start();
      }
      for (int done = 0; done < Integer.parseInt(rest.get(0)); done++) {
        long[] now = new long[1];
        self.write(c, connection -> now[0] = increment(connection));
        System.out.println("committed=" + now[0]);
      }
    }
  }

  /** Makes the counter, by one commit. */
  static void create(Connection c) throws SQLException {
    Sql.execute(
        c,
        "BEGIN",
        "CREATE TABLE counter(n INT)",
        "CREATE TABLE log(n INTEGER PRIMARY KEY, filler TEXT)",
        "INSERT INTO counter VALUES (0)",
        "COMMIT");
  }

  /** Asserts that there is everything after so many increments. */
  static void check(Connection c, long increments) throws SQLException {
    assertEquals(increments + "", Sql.value(c, "SELECT n FROM counter"));
    long logged = Math.min(increments, LOGGED);
    String first = logged == 0 ? "null" : increments - logged + 1 + "";
    String last = logged == 0 ? "null" : increments + "";
    assertEquals(
        List.of(List.of(logged + "", first, last)),
        Sql.rows(c, "SELECT count(filler), min(n), max(n) FROM log"));
  }

  /** The rest of a transaction that has begun; what the counter is now. */
  static long increment(Connection c) throws SQLException {
    Sql.execute(
        c,
        "UPDATE counter SET n = n + 1",
        "INSERT INTO log(n, filler) SELECT n, hex(randomblob(2000)) FROM counter",
        "DELETE FROM log WHERE n <= (SELECT n FROM counter) - " + LOGGED);
    long now = Long.parseLong(Sql.value(c, "SELECT n FROM counter"));
    Sql.execute(c, "COMMIT");
    return now;
  }

  private static void keep(S3Databases databases) {
    Random random = new Random();
    try {
      while (true) {
        System.out.println("keeper=compacting");
        long pages = databases.compact(Bucket.location(KEY));
        System.out.println("keeper=collecting");
        int segments = databases.collect(Bucket.location(KEY));
        System.out.println("kept=" + pages + " pages, " + segments + " segments");
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(20)));
      }
    } catch (RuntimeException | Error e) {
      System.out.println("keeper failed: " + e);
      Runtime.getRuntime().halt(3);
    }
  }
}
