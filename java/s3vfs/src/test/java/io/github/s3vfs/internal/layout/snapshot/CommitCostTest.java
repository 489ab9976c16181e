package io.github.s3vfs.internal.layout.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What a commit costs is a matter of what it changes and not of the size of the database. */
class CommitCostTest {
  private static final long SEED = Long.getLong("s3vfs.test.seed", System.nanoTime());
  private static final long MB_10 = 2_560;
  private static final long GB = 262_144;
  private static final long TB = 268_435_456;

  /** Requests, and their bytes without those of the changed pages; the head's are among them. */
  private record Cost(long gets, long puts, long pageBytes, long otherBytes) {
    long bytes() {
      return pageBytes + otherBytes;
    }
  }

  private static final class Run {
    final GeneratedDatabase store;
    final StoredVersions versions;
    final Random random = new Random(SEED);
    final long pages;
    final TreeMap<Long, Long> model = new TreeMap<>();

    Run(long pages) {
      this.pages = pages;
      this.store = new GeneratedDatabase(pages);
      this.versions =
          new StoredVersions(store, store.head(), GeneratedDatabase.PAGE_SIZE, 16 << 20, true);
    }

    /** The cost of commits of so many random pages each. */
    Cost commit(int commits, int changed) {
      long gets = store.gets;
      long puts = store.puts;
      long bytes = -store.bytesGot - store.bytesPut;
      for (int i = 0; i < commits; i++) {
        TreeSet<Long> set = new TreeSet<>();
        while (set.size() < changed) {
          set.add(1 + (long) (pages * random.nextDouble()));
        }
        versions.commit(set, pages, pages);
        set.forEach(page -> model.put(page, versions.record().version()));
        bytes += versions.headLength();
      }
      long pageBytes = (long) commits * changed * GeneratedDatabase.PAGE_SIZE;
      bytes += store.bytesGot + store.bytesPut;
      return new Cost(store.gets - gets, store.puts - puts, pageBytes, bytes - pageBytes);
    }

    void assertFound() {
      Snapshot snapshot = versions.open();
      int i = 0;
      for (var each : model.entrySet()) {
        if (i++ % 50 == 0) {
          assertEquals(
              each.getValue(), StoredVersions.versionOf(snapshot, each.getKey()), "page " + each);
        }
      }
      for (i = 0; i < 20; i++) {
        long page = 1 + (long) (pages * random.nextDouble());
        assertEquals(
            model.getOrDefault(page, 1L), StoredVersions.versionOf(snapshot, page), "page " + page);
      }
    }
  }

  private static final String WHAT = "-Ds3vfs.test.seed=" + SEED;

  @Test
  void ofFewPagesIsTheSameInASmallDatabaseAndInAHugeOne() {
    Run small = new Run(MB_10);
    Run medium = new Run(GB);
    Run huge = new Run(TB);
    for (int changed : new int[] {1, 100}) {
      int commits = changed == 1 ? 50 : 20;
      Cost smallCost = small.commit(commits, changed);
      Cost mediumCost = medium.commit(commits, changed);
      Cost hugeCost = huge.commit(commits, changed);
      String what = WHAT + " " + smallCost + " " + mediumCost + " " + hugeCost;
      assertEquals(commits, smallCost.puts(), what);
      assertEquals(commits, mediumCost.puts(), what);
      assertEquals(commits, hugeCost.puts(), what);
      assertEquals(0, mediumCost.gets(), what);
      assertEquals(0, hugeCost.gets(), what);
      // The map of the small one is so short that it is merged with the changes, at once.
      assertTrue(smallCost.gets() <= 1, what);
      // A large page number takes two bytes more than a small one.
      assertTrue(hugeCost.bytes() <= 1.03 * mediumCost.bytes(), what);
      assertTrue(hugeCost.bytes() <= 1.05 * smallCost.bytes(), what);
      assertTrue(hugeCost.otherBytes() <= 1.25 * mediumCost.otherBytes(), what);
    }
    small.assertFound();
    medium.assertFound();
    huge.assertFound();
  }

  @Test
  void ofManyPagesIsNotMoreInAHugeDatabaseThanInALargeOne() {
    Run medium = new Run(GB);
    Run huge = new Run(TB);
    long mediumGets = 0;
    long hugeGets = 0;
    long mediumBytes = 0;
    long hugeBytes = 0;
    for (int[] commits : new int[][] {{400, 1}, {30, 1_000}, {2, 5_000}}) {
      Cost mediumCost = medium.commit(commits[0], commits[1]);
      Cost hugeCost = huge.commit(commits[0], commits[1]);
      mediumGets += mediumCost.gets();
      hugeGets += hugeCost.gets();
      mediumBytes += mediumCost.otherBytes();
      hugeBytes += hugeCost.otherBytes();
    }
    assertTrue(huge.versions.record().runs().size() > 1, WHAT);
    assertTrue(hugeGets <= mediumGets, WHAT + " " + hugeGets + " " + mediumGets);
    assertTrue(hugeBytes <= 1.1 * mediumBytes, WHAT + " " + hugeBytes + " " + mediumBytes);
    medium.assertFound();
    huge.assertFound();
  }

  @Test
  void aPageOfAHugeDatabaseIsFoundByFourRequests() {
    for (long pages : new long[] {MB_10, GB, TB}) {
      Run run = new Run(pages);
      Snapshot snapshot = run.versions.open();
      run.store.gets = 0;
      assertEquals(1, StoredVersions.versionOf(snapshot, pages - 1));
      assertEquals(pages == MB_10 ? 2 : pages == GB ? 3 : 4, run.store.gets);
    }
  }
}
