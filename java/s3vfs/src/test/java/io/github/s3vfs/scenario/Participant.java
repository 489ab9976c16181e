package io.github.s3vfs.scenario;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.S3VfsException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import software.amazon.awssdk.regions.Region;

/**
 * A process that takes part in what several do to one bucket: how it reaches it, and which failures
 * it has to expect.
 *
 * @param endpoint of the server
 * @param term of its leases and claims; half of it for a request
 * @param retention that it collects by
 * @param optimistic whether it writes without claims
 */
record Participant(URI endpoint, Duration term, Duration retention, boolean optimistic) {
  private static final int ARGUMENTS = 4;
  private static final Random RANDOM = new Random(); // of pauses

  /** By how much the retention may seem shorter: the store's clock tells whole seconds. */
  private static final Duration CLOCK = Duration.ofSeconds(2);

  Participant(Bucket bucket, Duration term, Duration retention, boolean optimistic) {
    this(bucket.server().endpoint(), term, retention, optimistic);
  }

  /** In the process: the one that was started so, by the first of its arguments. */
  static Participant of(String[] arguments) {
    return new Participant(
        URI.create(arguments[0]),
        Duration.parse(arguments[1]),
        Duration.parse(arguments[2]),
        Boolean.parseBoolean(arguments[3]));
  }

  /** The arguments of the main class that are its own. */
  static List<String> rest(String[] arguments) {
    return Arrays.asList(arguments).subList(ARGUMENTS, arguments.length);
  }

  /** Starts it: a main class, in a directory. */
  ChildJvm.Running start(Bucket bucket, Path directory, Class<?> main, String... rest)
      throws IOException {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of(endpoint + "", term + "", retention + "", optimistic + ""));
    arguments.addAll(List.of(rest));
    return ChildJvm.sameClassPath()
        .option("-XX:TieredStopAtLevel=1") // most of them live for seconds
        .option("-Daws.accessKeyId=" + bucket.server().accessKeyId())
        .option("-Daws.secretAccessKey=" + bucket.server().secretAccessKey())
        .start(directory, main, arguments.toArray(String[]::new));
  }

  /** In the process: its VFS. */
  S3Vfs register() {
    return S3Vfs.builder()
        .name("participant")
        .bucket(Bucket.NAME)
        .endpoint(endpoint)
        .region(Region.US_EAST_1)
        .pathStyle(true)
        .requestTimeout(term.dividedBy(2))
        .leaseTerm(term)
        .retention(retention)
        .optimisticWriter(optimistic)
        .cacheSizeBytes(64 << 10)
        .register();
  }

  /** A transaction of one connection. */
  interface Transaction {
    /** From its BEGIN to its COMMIT. */
    void run(Connection c) throws SQLException;
  }

  /**
   * Does a transaction that begins with BEGIN IMMEDIATE, and again as often as others come between.
   *
   * @throws SQLException any failure that they do not explain
   */
  void write(Connection c, Transaction transaction) throws SQLException {
    for (int tries = 1; ; tries++) {
      long start = System.nanoTime();
      boolean begun = false;
      try {
        Sql.execute(c, "BEGIN IMMEDIATE");
        begun = true;
        transaction.run(c);
        return;
      } catch (SQLException e) {
        // Who has claimed the database loses nothing.
        boolean expected =
            begun ? optimistic && (isOvertaken(e) || isTooLate(e, start)) : isBusy(e);
        if (!expected) {
          throw e;
        }
        rollback(c);
        int most = Math.min(tries * 20, 200);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(RANDOM.nextInt(most)));
      }
    }
  }

  /** Whether a version was collected that nobody had to keep as long as a transaction took. */
  boolean isTooLate(SQLException e, long start) {
    Duration since = Duration.ofNanos(System.nanoTime() - start);
    return e.getCause() instanceof S3VfsException s
        && s.kind() == ErrorKind.EXPIRED
        && since.compareTo(retention.minus(CLOCK)) > 0;
  }

  private static boolean isBusy(SQLException e) {
    return (e.getErrorCode() & 0xff) == SQLiteErrorCode.SQLITE_BUSY.code;
  }

  private static boolean isOvertaken(SQLException e) {
    return e instanceof SQLiteException s
        && s.getResultCode() == SQLiteErrorCode.SQLITE_BUSY_SNAPSHOT;
  }

  /** Ends a transaction that has failed, unless SQLite has done so. */
  static void rollback(Connection c) throws SQLException {
    try {
      Sql.execute(c, "ROLLBACK");
    } catch (SQLException e) {
      if (!e.getMessage().contains("no transaction is active")) {
        throw e;
      }
    }
  }
}
