package io.github.s3vfs.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

class BackOffTest {
  /** Always as long as possible. */
  private static final RandomGenerator LONGEST =
      new Random() {
        private static final long serialVersionUID = 1;

        @Override
        public long nextLong(long bound) {
          return bound - 1;
        }
      };

  private static long millis(long nanos) {
    return Duration.ofNanos(nanos).toMillis();
  }

  @Test
  void pausesGrowUpToASecond() {
    BackOff backOff = new BackOff(Duration.ofHours(1), LONGEST);
    List<Long> pauses = IntStream.range(0, 9).mapToObj(i -> millis(backOff.pauseNanos(0))).toList();
    assertEquals(List.of(10L, 20L, 40L, 80L, 160L, 320L, 640L, 1000L, 1000L), pauses);
  }

  @Test
  void pausesAreRandomWithinTheirBounds() {
    long seed = System.nanoTime();
    BackOff backOff = new BackOff(Duration.ofHours(1), new Random(seed));
    long bound = 10_000_000;
    for (int i = 0; i < 1000; i++) {
      long pause = backOff.pauseNanos(0);
      assertTrue(pause > 0 && pause <= bound, "seed " + seed + ": " + pause + " of " + bound);
      bound = Math.min(2 * bound, 1_000_000_000);
    }
  }

  @Test
  void noPauseEndsBehindTheLimit() {
    BackOff backOff = new BackOff(Duration.ofNanos(1_000_005), LONGEST);
    assertEquals(5, backOff.pauseNanos(1_000_000));
    assertEquals(-1, backOff.pauseNanos(1_000_005));
    assertEquals(-1, new BackOff(Duration.ZERO, LONGEST).pauseNanos(0));
    assertEquals(10, millis(new BackOff(Duration.ofDays(1_000_000), LONGEST).pauseNanos(0)));
    assertThrows(IllegalArgumentException.class, () -> new BackOff(Duration.ofNanos(-1), LONGEST));
  }

  @ParameterizedTest
  @EnumSource(SQLiteErrorCode.class)
  void busyIsEveryFormOfBusyAndASharedCacheThatIsLocked(SQLiteErrorCode code) {
    boolean expected =
        code.name().startsWith("SQLITE_BUSY") || code == SQLiteErrorCode.SQLITE_LOCKED_SHAREDCACHE;
    SQLException e = new SQLiteException("", code);
    assertEquals(expected, BackOff.isBusy(e));
    assertEquals(expected, BackOff.isBusy(new SQLException("as a framework wraps it", e)));
  }

  @Test
  void whatIsNotSqlitesIsNotBusy() {
    assertFalse(BackOff.isBusy(new SQLException("", "08000", 5)));
  }

  @Test
  void theLastFailureKnowsTheTenBeforeIt() {
    BackOff backOff = new BackOff(Duration.ZERO, LONGEST);
    List<SQLException> all =
        IntStream.range(0, 13).mapToObj(i -> new SQLException(i + "")).toList();
    all.forEach(backOff::failed);
    SQLException last = all.get(12);
    assertEquals(all.subList(3, 12), List.of(backOff.last(last).getSuppressed()));
    assertEquals(0, all.get(11).getSuppressed().length);
  }
}
