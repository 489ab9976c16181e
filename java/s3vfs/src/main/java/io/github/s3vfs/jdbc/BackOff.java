package io.github.s3vfs.jdbc;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.random.RandomGenerator;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Whether and when a transaction that has failed is begun again. Belongs to one thread. */
final class BackOff {
  private static final long FIRST_NANOS = 10_000_000;
  private static final long LONGEST_NANOS = 1_000_000_000;
  private static final int REMEMBERED = 10;

  private final long limitNanos;
  private final RandomGenerator random;
  private final Deque<SQLException> failures = new ArrayDeque<>();
  private long boundNanos = FIRST_NANOS;

  /**
   * @param limit after which nothing is begun again; not negative
   */
  BackOff(Duration limit, RandomGenerator random) {
    if (limit.isNegative()) {
      throw new IllegalArgumentException("the limit is negative: " + limit);
    }
    boolean isLong = limit.compareTo(Duration.ofNanos(Long.MAX_VALUE)) >= 0;
    this.limitNanos = isLong ? Long.MAX_VALUE : limit.toNanos();
    this.random = random;
  }

  /** Whether this is because of another connection, and nothing of the transaction was stored. */
  static boolean isBusy(SQLException e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof SQLiteException s) {
        SQLiteErrorCode code = s.getResultCode();
        return (code.code & 0xff) == SQLiteErrorCode.SQLITE_BUSY.code
            || code == SQLiteErrorCode.SQLITE_LOCKED_SHAREDCACHE;
      }
    }
    return false;
  }

  /** Takes note of the failure of an attempt that is not the last. */
  void failed(SQLException e) {
    failures.add(e);
    if (failures.size() > REMEMBERED) {
      failures.remove();
    }
  }

  /** The failure of the last attempt, with those of earlier ones suppressed. */
  SQLException last(SQLException e) {
    for (SQLException earlier : failures) {
      if (earlier != e) {
        e.addSuppressed(earlier);
      }
    }
    return e;
  }

  /**
   * The pause before the next attempt, in nanoseconds. Pauses are random, so that two writers do
   * not meet again and again, and their bounds double from 10 ms to 1 s.
   *
   * @param elapsedNanos since the beginning of the first attempt
   * @return negative if the time is over; otherwise no longer than what is left
   */
  long pauseNanos(long elapsedNanos) {
    long left = limitNanos - elapsedNanos;
    if (left <= 0) {
      return -1;
    }
    long pause = Math.min(left, 1 + random.nextLong(boundNanos));
    boundNanos = Math.min(LONGEST_NANOS, 2 * boundNanos);
    return pause;
  }
}
