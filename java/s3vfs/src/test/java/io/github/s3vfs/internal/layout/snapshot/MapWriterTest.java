package io.github.s3vfs.internal.layout.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.internal.store.InMemoryObjectStore;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Every version finds the pages that it should, and its map stays small where it must. */
class MapWriterTest {
  private static final boolean THOROUGH = Boolean.getBoolean("s3vfs.test.thorough");
  private static final long SEED = Long.getLong("s3vfs.test.seed", System.nanoTime());
  private static final int ROUNDS = THOROUGH ? 100 : 5;
  private static final int COMMITS = 40;

  /** A database, and which version has stored each of its pages. */
  private static final class Model {
    final Random random;
    final String what;
    final InMemoryObjectStore store = new InMemoryObjectStore("bucket");
    final StoredVersions versions =
        new StoredVersions(store, Head.initial(Nonce.fresh(), Nonce.fresh()), 512, 16 << 20, false);
    final TreeMap<Long, Long> pages = new TreeMap<>();
    long pageCount;
    int mostRuns;

    Model(long seed) {
      this.random = new Random(seed);
      this.what = "-Ds3vfs.test.seed=" + seed;
    }

    void commit(TreeSet<Long> changed, long kept, long newPageCount) {
      changed.add(1L); // as SQLite does
      changed.tailSet(newPageCount, false).clear();
      versions.commit(changed, kept, newPageCount);
      pages.tailMap(kept, false).clear();
      changed.forEach(page -> pages.put(page, versions.record().version()));
      pageCount = newPageCount;
      VersionRecord record = versions.record();
      mostRuns = Math.max(mostRuns, record.runs().size());
      assertTrue(record.runs().size() <= Folding.MAX_RUNS, what);
      assertTrue(record.changes().encode().length <= MapWriter.CHANGES_BYTES, what);
      assertTrue(versions.headLength() <= Head.MAX_BYTES, what);
    }

    void change() {
      switch (random.nextInt(8)) {
        case 0 ->
            commit(range(pageCount + 1, 1 + random.nextInt(3_000)), pageCount, pageCount + 3_000);
        case 1 -> shrink();
        case 2 -> cutAndGrow();
        case 3, 4 ->
            commit(scattered(1 + random.nextInt(2_500)), pageCount, Math.max(1, pageCount));
        case 5 -> commit(range(1 + random.nextInt(10_000), 500), pageCount, Math.max(1, pageCount));
        default -> commit(scattered(1 + random.nextInt(5)), pageCount, Math.max(1, pageCount));
      }
    }

    private void shrink() {
      long to = 1 + (long) (pageCount * random.nextDouble());
      long left = Math.min(to, Math.max(1, pageCount));
      commit(scattered(3), left, left);
    }

    /** Pages that were cut off come back as zeros, but for some. */
    private void cutAndGrow() {
      long left = (long) (pageCount * random.nextDouble());
      commit(scattered(20), left, Math.max(1, pageCount));
    }

    private TreeSet<Long> range(long from, long count) {
      return LongStream.range(from, from + count)
          .boxed()
          .collect(Collectors.toCollection(TreeSet::new));
    }

    private TreeSet<Long> scattered(int count) {
      TreeSet<Long> pages = new TreeSet<>();
      for (int i = 0; i < count; i++) {
        pages.add(1 + (long) (pageCount * random.nextDouble()));
      }
      return pages;
    }

    void assertFound(Snapshot snapshot, TreeMap<Long, Long> expected, long step) {
      long last = snapshot.record().pageCount();
      for (long page = 1; page <= last; page += 1 + (long) (step * random.nextDouble())) {
        long version = StoredVersions.versionOf(snapshot, page);
        assertEquals(expected.getOrDefault(page, 0L), version, what + " page " + page);
      }
      assertEquals(0, StoredVersions.versionOf(snapshot, last + 1), what);
    }
  }

  @Test
  void everyVersionHasThePagesThatWereCommitted() {
    for (int round = 0; round < ROUNDS; round++) {
      Model model = new Model(SEED + round);
      TreeMap<Long, Long> middle = new TreeMap<>();
      Snapshot then = null;
      for (int i = 0; i < COMMITS; i++) {
        model.change();
        model.assertFound(model.versions.open(), model.pages, 1_000);
        if (i == COMMITS / 2) {
          middle.putAll(model.pages);
          then = model.versions.open();
        }
      }
      model.assertFound(model.versions.open(), model.pages, 1);
      if (then != null) {
        model.assertFound(then, middle, 10);
      }
    }
  }

  @Test
  void manySmallCommitsAcrossALargeFileKeepTheHeadSmall() {
    Model model = new Model(SEED);
    model.pageCount = Extents.MAX_PAGE;
    int largest = 0;
    for (int i = 0; i < (THOROUGH ? 10_000 : 2_000); i++) {
      model.commit(model.scattered(1), model.pageCount, model.pageCount);
      largest = Math.max(largest, model.versions.headLength());
    }
    assertTrue(largest < 32 << 10, largest + " bytes");
    Snapshot snapshot = model.versions.open();
    model.pages.forEach(
        (page, version) ->
            assertEquals(version, StoredVersions.versionOf(snapshot, page), model.what));
  }

  @Test
  void largeCommitsAcrossALargeFileKeepTheHeadSmall() {
    Model model = new Model(SEED);
    model.pageCount = Extents.MAX_PAGE;
    for (int i = 0; i < (THOROUGH ? 40 : 4); i++) {
      model.commit(model.scattered(16_384), model.pageCount, model.pageCount);
      model.commit(model.scattered(1), model.pageCount, model.pageCount);
    }
    model.commit(model.scattered(3_000), model.pageCount, model.pageCount);
    assertTrue(model.mostRuns > 1, model.what);
    Snapshot snapshot = model.versions.open();
    int i = 0;
    for (var each : model.pages.entrySet()) {
      if (i++ % 100 == 0) {
        assertEquals(
            each.getValue(), StoredVersions.versionOf(snapshot, each.getKey()), model.what);
      }
    }
  }

  @Test
  void aFileThatShrinksToAPageHasAMapOfOnePage() {
    Model model = new Model(SEED);
    model.commit(model.range(1, 5_000), 0, 5_000);
    for (int i = 0; i < 5; i++) {
      model.commit(model.scattered(2_000), 5_000, 5_000);
    }
    assertTrue(model.versions.record().runs().size() > 0, model.what);
    model.commit(new TreeSet<>(), 1, 1);
    model.assertFound(model.versions.open(), model.pages, 1);
    for (int i = 0; i < 5; i++) {
      model.commit(model.scattered(2_000), model.pageCount, 5_000);
      model.assertFound(model.versions.open(), model.pages, 1);
    }
  }
}
