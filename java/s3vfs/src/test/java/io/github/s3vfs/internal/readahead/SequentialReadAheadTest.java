package io.github.s3vfs.internal.readahead;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.internal.readahead.SequentialReadAhead.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SequentialReadAheadTest {
  private static final long SEED = Long.getLong("s3vfs.test.seed", System.nanoTime());
  private static final int ROUNDS = Boolean.getBoolean("s3vfs.test.thorough") ? 2_000 : 50;
  private static final long BIG = 1L << 40;

  @Test
  void aScanMustProveItselfBeforeAnythingIsFetched() {
    SequentialReadAhead policy = new SequentialReadAhead(32);
    for (long unit = 0; unit < SequentialReadAhead.PROOF; unit++) {
      assertTrue(policy.onAccess(unit, BIG).isEmpty());
    }
    assertEquals(new Window(4, 8), policy.onAccess(3, BIG));
  }

  @Test
  void aScansReachDoublesUpToTheMost() {
    SequentialReadAhead policy = new SequentialReadAhead(64);
    List<Long> reaches = new ArrayList<>();
    for (long unit = 100; unit < 400; unit++) {
      Window window = policy.onAccess(unit, BIG);
      if (!window.isEmpty()) {
        reaches.add(window.until() - (unit + 1));
      }
    }
    assertEquals(List.of(4L, 8L, 16L, 32L, 64L), reaches.subList(0, 5));
    assertEquals(List.of(64L), reaches.subList(5, reaches.size()).stream().distinct().toList());
  }

  @ParameterizedTest
  @CsvSource({"1,5000", "2,5000", "3,5000", "4,5000", "5,777", "32,5000", "1000,5000"})
  void aScanIsFetchedOnceAndNeverRunsDry(int most, int units) {
    Store store = new Store(units, "most " + most);
    SequentialReadAhead policy = new SequentialReadAhead(most);
    for (long unit = 0; unit < units; unit++) {
      store.access(policy, unit, most);
    }
    assertEquals(units, store.fetched(), "every unit once");
    assertEquals(SequentialReadAhead.PROOF + 1, store.misses, "only to begin with");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 9})
  void nothingBehindTheEndIsFetched(int units) {
    SequentialReadAhead policy = new SequentialReadAhead(32);
    for (long unit = 0; unit < 9; unit++) {
      Window window = policy.onAccess(unit, units);
      assertTrue(window.isEmpty() || window.until() <= units, window + " of " + units);
    }
  }

  @Test
  void aScanGoesOnWhenTheFileGrows() {
    SequentialReadAhead policy = new SequentialReadAhead(8);
    Store store = new Store(100, "growing");
    for (long unit = 0; unit < 100; unit++) {
      // The end is always just ahead of the reader, as with a file that is being appended to.
      store.end = Math.min(100, unit + 3);
      store.access(policy, unit, 8);
    }
    assertEquals(100, store.fetched());
  }

  @Test
  void readingAUnitAgainChangesNothing() {
    SequentialReadAhead once = new SequentialReadAhead(32);
    SequentialReadAhead often = new SequentialReadAhead(32);
    for (long unit = 0; unit < 500; unit++) {
      assertEquals(once.onAccess(unit, BIG), often.onAccess(unit, BIG));
      assertEquals(Window.EMPTY, often.onAccess(unit, BIG));
      assertEquals(Window.EMPTY, often.onAccess(unit, BIG));
    }
  }

  /**
   * The first window is as long as the gap, so that a reader may once step over its end. A small
   * rest of the file is fetched with the last window.
   */
  @Test
  void aScanWithSmallGapsIsFollowed() {
    for (int round = 0; round < ROUNDS; round++) {
      long seed = SEED + round;
      Random random = new Random(seed);
      SequentialReadAhead policy = new SequentialReadAhead(32);
      Store store = new Store(3_000, "seed " + seed);
      for (long unit = 0; unit < 3_000; unit += 1 + random.nextInt(SequentialReadAhead.GAP)) {
        store.access(policy, unit, 32 + 32 / 8);
      }
      assertTrue(store.misses <= SequentialReadAhead.PROOF + 2, store.what);
    }
  }

  @Test
  void aGapThatIsTooLongBeginsAnotherScan() {
    SequentialReadAhead policy = new SequentialReadAhead(32);
    for (long unit = 0; unit < 10_000; unit += SequentialReadAhead.GAP + 1) {
      assertTrue(policy.onAccess(unit, BIG).isEmpty(), "unit " + unit);
    }
  }

  @ParameterizedTest
  @CsvSource({"1,5000", "2,5000", "3,5000", "4,5000", "5,777", "32,5000", "1000,5000"})
  void aScanBackwardIsFetchedOnceAndNeverRunsDry(int most, int units) {
    Store store = new Store(units, "most " + most);
    SequentialReadAhead policy = new SequentialReadAhead(most, 4, 1);
    for (int unit = units - 1; unit >= 0; unit--) {
      store.access(policy, unit, most);
    }
    assertEquals(units, store.fetched(), "every unit once");
    assertEquals(SequentialReadAhead.PROOF + 1, store.misses, "only to begin with");
  }

  /** As SQLite takes the nearest free page. */
  @Test
  void runsInBothDirectionsAreFollowed() {
    for (int round = 0; round < ROUNDS; round++) {
      long seed = SEED + round;
      Random random = new Random(seed);
      SequentialReadAhead policy = new SequentialReadAhead(32);
      int runs = 20;
      int length = 1_000;
      Store store = new Store(runs * length, "seed " + seed);
      for (int run = 0; run < runs; run++) {
        boolean down = random.nextBoolean();
        // Neighbours would be taken for one run.
        for (int i = 100; i < length - 100; i++) {
          int unit = run * length + (down ? length - 1 - i : i);
          store.access(policy, unit, 32 + 32 / 8);
        }
      }
      assertTrue(store.misses <= (SequentialReadAhead.PROOF + 1) * runs, store.what);
    }
  }

  /**
   * Over 10^9 units an access comes within the gap of one of four streams once in 6 * 10^7
   * accesses, and a window needs that three times in one stream: the bound is nothing at all.
   */
  @Test
  void randomAccessFetchesNothing() {
    for (int round = 0; round < ROUNDS; round++) {
      long seed = SEED + round;
      Random random = new Random(seed);
      SequentialReadAhead policy = new SequentialReadAhead(64);
      for (int i = 0; i < 10_000; i++) {
        long unit = random.nextLong(1_000_000_000);
        assertTrue(policy.onAccess(unit, 1_000_000_000).isEmpty(), "seed " + seed + " access " + i);
      }
    }
  }

  /**
   * Root, one of 400 interior pages, and leaf of a B-tree, again and again. Interior pages lie
   * close together, so that three of them can look like a scan: once in some 10^5 queries.
   */
  @Test
  void pointQueriesFetchNextToNothing() {
    for (int round = 0; round < ROUNDS; round++) {
      long seed = SEED + round;
      Random random = new Random(seed);
      SequentialReadAhead policy = new SequentialReadAhead(64);
      long fetched = 0;
      for (int i = 0; i < 10_000; i++) {
        long leaf = 1_000 + random.nextLong(100_000_000);
        for (long unit : new long[] {1, 20 + leaf / 250_000, leaf}) {
          Window window = policy.onAccess(unit, BIG);
          fetched += window.until() - window.from();
        }
      }
      assertTrue(fetched <= 64, fetched + " units for 30,000 accesses, seed " + seed);
    }
  }

  @Test
  void interleavedScansAreToldApart() {
    for (int round = 0; round < ROUNDS; round++) {
      long seed = SEED + round;
      Random random = new Random(seed);
      int scans = 1 + random.nextInt(SequentialReadAhead.STREAMS);
      SequentialReadAhead policy = new SequentialReadAhead(32);
      Store store = new Store(10_000, "seed " + seed + ", scans " + scans);
      long[] next = new long[scans];
      for (int scan = 0; scan < scans; scan++) {
        next[scan] = scan * 2_500L;
      }
      for (int i = 0; i < 400 * scans; i++) {
        store.access(policy, next[random.nextInt(scans)]++, 32);
      }
      assertTrue(store.misses <= (SequentialReadAhead.PROOF + 1) * scans, store.what);
    }
  }

  @Test
  void moreScansThanStreamsFetchNothingInVain() {
    SequentialReadAhead policy = new SequentialReadAhead(32);
    int scans = SequentialReadAhead.STREAMS + 1;
    for (int i = 0; i < 2_000; i++) {
      long unit = (i % scans) * 100_000L + i / scans;
      assertTrue(policy.onAccess(unit, BIG).isEmpty(), "access " + i);
    }
  }

  @Test
  void aScanSurvivesRandomAccessesBetweenItsSteps() {
    Random random = new Random(SEED);
    SequentialReadAhead policy = new SequentialReadAhead(32);
    Store store = new Store(1 << 20, "seed " + SEED);
    for (long unit = 0; unit < 2_000; unit++) {
      store.access(policy, unit, 32 + 32 / 8);
      for (int i = random.nextInt(SequentialReadAhead.STREAMS); i > 0; i--) {
        policy.onAccess(1_000_000_000 + random.nextLong(1_000_000_000), BIG);
      }
    }
    assertEquals(SequentialReadAhead.PROOF + 1, store.misses, store.what);
  }

  @Test
  void aUnitThatIsReadAgainAndAgainKeepsItsPlace() {
    SequentialReadAhead policy = new SequentialReadAhead(32);
    for (long unit = 0; unit < 4; unit++) {
      policy.onAccess(unit, BIG);
    }
    for (int i = 1; i < 100; i++) {
      policy.onAccess(i * 1_000L, BIG);
      assertTrue(policy.onAccess(3, BIG).isEmpty());
    }
    assertTrue(policy.onAccess(4, BIG).isEmpty());
    assertEquals(new Window(8, 14), policy.onAccess(5, BIG), "the scan goes on where it was");
  }

  /** What was fetched, each unit at most once by windows; a unit that was not there is a miss. */
  private static final class Store {
    final boolean[] here;
    final String what;
    long end;
    int misses;

    Store(int units, String what) {
      this.here = new boolean[units];
      this.end = units;
      this.what = what;
    }

    void access(SequentialReadAhead policy, long unit, int most) {
      if (!here[(int) unit]) {
        misses++;
        here[(int) unit] = true;
      }
      Window window = policy.onAccess(unit, end);
      if (window.isEmpty()) {
        return;
      }
      boolean ahead = window.from() > unit && window.until() <= Math.min(end, unit + 1 + most);
      boolean behind = window.until() <= unit && window.from() >= Math.max(0, unit - most);
      assertTrue(ahead || behind, what + ": " + window + " at " + unit);
      for (long fetched = window.from(); fetched < window.until(); fetched++) {
        assertTrue(!here[(int) fetched], what + ": fetched again: " + fetched);
        here[(int) fetched] = true;
      }
    }

    int fetched() {
      int count = 0;
      for (boolean unit : here) {
        count += unit ? 1 : 0;
      }
      return count;
    }
  }

  @Test
  void afterManyJumpsOneStepForwardProvesNothing() {
    SequentialReadAhead eager = new SequentialReadAhead(64, 16, 1);
    assertTrue(eager.onAccess(1000, 100_000).isEmpty());
    assertFalse(eager.onAccess(1001, 100_000).isEmpty());
    for (int i = 0; i <= SequentialReadAhead.MANY_JUMPS; i++) {
      assertTrue(eager.onAccess(2000 + 100L * i, 100_000).isEmpty());
    }
    long last = 2000 + 100L * SequentialReadAhead.MANY_JUMPS;
    assertTrue(eager.onAccess(last + 1, 100_000).isEmpty());
    assertFalse(eager.onAccess(last + 2, 100_000).isEmpty());
  }
}
