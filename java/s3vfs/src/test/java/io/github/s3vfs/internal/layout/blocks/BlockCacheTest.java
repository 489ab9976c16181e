package io.github.s3vfs.internal.layout.blocks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.S3VfsStats;
import io.github.s3vfs.internal.layout.blocks.BlockCache.Block;
import io.github.s3vfs.internal.store.Meter;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BlockCacheTest {
  private static final long SEED = Long.getLong("s3vfs.test.seed", System.nanoTime());
  private static final boolean THOROUGH = Boolean.getBoolean("s3vfs.test.thorough");
  private static final String FILE = "bucket/a";

  /** What a block costs beside its bytes, found out so that these tests do not fix the number. */
  private static final long OVERHEAD = costOf(0);

  private static long costOf(int bytes) {
    BlockCache cache = new BlockCache(1 << 20, new Meter());
    cache.put(FILE, 0, 0, new Block(new byte[bytes], ""));
    return cache.size();
  }

  private static Block block(int bytes, String etag) {
    return new Block(new byte[bytes], etag);
  }

  private static void put(BlockCache cache, String file, long index, Block block) {
    cache.put(file, cache.epoch(file), index, block);
  }

  private static List<Long> held(BlockCache cache, String file, int until) {
    List<Long> held = new ArrayList<>();
    for (long index = 0; index < until; index++) {
      if (cache.get(file, index) != null) {
        held.add(index);
      }
    }
    return held;
  }

  @Test
  void whatWasPutIsThere() {
    BlockCache cache = new BlockCache(1 << 20, new Meter());
    Block block = block(4096, "e");
    put(cache, FILE, 7, block);
    assertEquals(block, cache.get(FILE, 7));
    assertNull(cache.get(FILE, 8));
    assertEquals(4096 + OVERHEAD, cache.size());
  }

  @Test
  void aBlockThatIsPutAgainCountsOnce() {
    BlockCache cache = new BlockCache(1 << 20, new Meter());
    put(cache, FILE, 7, block(4096, "old"));
    put(cache, FILE, 7, block(100, "new"));
    assertEquals("new", etag(cache.get(FILE, 7)));
    assertEquals(100 + OVERHEAD, cache.size());
    cache.drop(FILE, 7);
    cache.drop(FILE, 7);
    assertEquals(0, cache.size());
  }

  @Test
  void theLeastRecentlyUsedGoesFirst() {
    BlockCache cache = new BlockCache(3 * (10 + OVERHEAD), new Meter());
    put(cache, FILE, 0, block(10, ""));
    put(cache, FILE, 1, block(10, ""));
    put(cache, FILE, 2, block(10, ""));
    cache.get(FILE, 0);
    put(cache, FILE, 3, block(10, ""));
    put(cache, FILE, 2, block(10, ""));
    put(cache, FILE, 4, block(10, ""));
    assertEquals(List.of(2L, 3L, 4L), held(cache, FILE, 5));
  }

  @Test
  void aBlockAsLargeAsTheCacheFitsAndALargerOneDoesNot() {
    BlockCache cache = new BlockCache(1000 + OVERHEAD, new Meter());
    put(cache, FILE, 0, block(10, ""));
    put(cache, FILE, 1, block(1001, ""));
    assertEquals(List.of(0L), held(cache, FILE, 2), "a block too large throws nothing else out");
    put(cache, FILE, 1, block(1000, ""));
    assertEquals(List.of(1L), held(cache, FILE, 2));
    put(cache, FILE, 1, block(1001, "new"));
    assertNull(cache.get(FILE, 1), "the old content of a block that does not fit must not stay");
    assertEquals(0, cache.size());
  }

  @Test
  void aCacheOfNothingHoldsNothing() {
    BlockCache cache = new BlockCache(0, new Meter());
    put(cache, FILE, 0, block(0, ""));
    assertNull(cache.get(FILE, 0));
    assertFalse(cache.holdsAnyOf(FILE));
  }

  @Test
  void aBlockAskedForBeforeAFenceIsNotTakenIn() {
    BlockCache cache = new BlockCache(1 << 20, new Meter());
    int before = cache.epoch(FILE);
    put(cache, FILE, 1, block(1, "stays"));
    cache.fence(FILE);
    cache.put(FILE, before, 1, block(1, "late"));
    cache.put(FILE, before, 2, block(1, "late"));
    assertEquals("stays", etag(cache.get(FILE, 1)), "a fence drops nothing");
    assertNull(cache.get(FILE, 2));
    put(cache, FILE, 2, block(1, "now"));
    assertEquals("now", etag(cache.get(FILE, 2)));
  }

  @Test
  void invalidatingKeepsWhatTheTestLetsStay() {
    BlockCache cache = new BlockCache(1 << 20, new Meter());
    int before = cache.epoch(FILE);
    for (long index = 0; index < 6; index++) {
      put(cache, FILE, index, block(10, "e" + index));
    }
    cache.invalidate(FILE, (index, etag) -> index < 4 && !etag.equals("e2"));
    assertEquals(List.of(0L, 1L, 3L), held(cache, FILE, 6));
    assertEquals(3 * (10 + OVERHEAD), cache.size());
    cache.put(FILE, before, 5, block(10, "late"));
    assertNull(cache.get(FILE, 5));
    cache.invalidate(FILE, (index, etag) -> false);
    assertEquals(0, cache.size());
    assertFalse(cache.holdsAnyOf(FILE));
  }

  private static List<Long> prefetched(Meter meter) {
    S3VfsStats stats = meter.stats(Meter.Elsewhere.NONE);
    return List.of(stats.prefetched(), stats.prefetchedUsed(), stats.prefetchedWasted());
  }

  @Test
  void blocksThatWereFetchedAheadAreUsedOrWastedOnce() {
    Meter meter = new Meter();
    BlockCache cache = new BlockCache(6 * (10 + OVERHEAD), meter);
    for (long index = 0; index < 6; index++) {
      cache.putAhead(FILE, 0, index, block(10, "e" + index));
    }
    cache.get(FILE, 0);
    assertEquals(List.of(6L, 0L, 0L), prefetched(meter), "not every look is a read");
    cache.wasRead(FILE, 0);
    cache.wasRead(FILE, 0);
    cache.wasRead(FILE, 9);
    assertEquals(List.of(6L, 1L, 0L), prefetched(meter));
    put(cache, FILE, 6, block(10, "")); // gives up block 1
    assertEquals(List.of(6L, 1L, 1L), prefetched(meter));
    cache.drop(FILE, 0);
    cache.drop(FILE, 1);
    cache.drop(FILE, 2);
    assertEquals(List.of(6L, 1L, 2L), prefetched(meter));
    put(cache, FILE, 3, block(10, "other"));
    cache.wasRead(FILE, 3);
    assertEquals(List.of(6L, 1L, 3L), prefetched(meter));
    cache.invalidate(FILE, (index, etag) -> index == 5);
    assertEquals(List.of(6L, 1L, 4L), prefetched(meter));
    cache.putAhead(FILE, 0, 7, block(10, "of an epoch that is over"));
    cache.putAhead(FILE, 1, 7, block(1 << 20, "too large"));
    assertEquals(List.of(8L, 1L, 6L), prefetched(meter));
    cache.close();
    assertEquals(List.of(8L, 1L, 7L), prefetched(meter));
  }

  @Test
  void filesDoNotMix() {
    BlockCache cache = new BlockCache(1 << 20, new Meter());
    String journal = FILE + "-journal";
    put(cache, FILE, 0, block(1, "database"));
    put(cache, journal, 0, block(1, "journal"));
    int epoch = cache.epoch(journal);
    cache.invalidate(FILE, (index, etag) -> false);
    assertFalse(cache.holdsAnyOf(FILE));
    assertEquals("journal", etag(cache.get(journal, 0)));
    assertEquals(epoch, cache.epoch(journal));
    assertNotEquals(epoch, cache.epoch(FILE));
    cache.drop(FILE, 0);
    assertTrue(cache.holdsAnyOf(journal));
  }

  @Test
  void randomUseBehavesAsAListDoes() {
    int rounds = THOROUGH ? 2_000 : 50;
    for (int round = 0; round < rounds; round++) {
      long seed = SEED + round;
      Random random = new Random(seed);
      long capacity = random.nextInt(2_000);
      BlockCache cache = new BlockCache(capacity, new Meter());
      Model model = new Model(capacity);
      for (int i = 0; i < 500; i++) {
        String file = "f" + random.nextInt(2);
        long index = random.nextInt(12);
        String what = "seed " + seed + " step " + i;
        switch (random.nextInt(10)) {
          case 0 -> {
            cache.drop(file, index);
            model.remove(file, index);
          }
          case 1 -> {
            cache.invalidate(file, (at, etag) -> (at + etag.length()) % 2 == 0);
            model.entries.removeIf(
                e -> e.file.equals(file) && (e.index + e.block.etag().length()) % 2 != 0);
          }
          case 2, 3, 4 -> assertEquals(model.get(file, index), cache.get(file, index), what);
          default -> {
            Block block = block(random.nextInt(300), "e".repeat(random.nextInt(3)));
            put(cache, file, index, block);
            model.put(file, index, block);
          }
        }
        assertEquals(model.size(), cache.size(), what);
        assertTrue(cache.size() <= capacity, what);
        assertEquals(
            model.entries.stream().anyMatch(e -> e.file.equals(file)),
            cache.holdsAnyOf(file),
            what);
      }
    }
  }

  @Test
  void threadsNeverSeeAnotherBlockOrAnOldEpochsBlock() throws Exception {
    int steps = THOROUGH ? 300_000 : 15_000;
    BlockCache cache = new BlockCache(20_000, new Meter());
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Future<?>> ends = new ArrayList<>();
    for (int thread = 0; thread < 4; thread++) {
      long seed = SEED + thread;
      ends.add(threads.submit(() -> use(cache, new Random(seed), steps, "seed " + seed)));
    }
    for (Future<?> end : ends) {
      end.get(60, TimeUnit.SECONDS);
    }
    threads.shutdown();
    assertTrue(threads.awaitTermination(10, TimeUnit.SECONDS));
    long size = 0;
    for (int file = 0; file < 3; file++) {
      for (long index = 0; index < 30; index++) {
        Block block = cache.get("f" + file, index);
        size += block == null ? 0 : block.bytes().length + OVERHEAD;
      }
    }
    assertEquals(size, cache.size(), "seed " + SEED);
  }

  /** The ETag of each block says of which file, index and epoch it is. */
  private static void use(BlockCache cache, Random random, int steps, String what) {
    for (int i = 0; i < steps; i++) {
      String file = "f" + random.nextInt(3);
      long index = random.nextInt(30);
      int epoch = cache.epoch(file);
      switch (random.nextInt(20)) {
        case 0 -> cache.invalidate(file, (at, etag) -> false);
        case 1 -> cache.drop(file, index);
        default -> {
          Block found = cache.get(file, index);
          if (found == null) {
            byte[] bytes = new byte[random.nextInt(2_000)];
            cache.put(file, epoch, index, new Block(bytes, file + "/" + index + "/" + epoch));
          } else {
            String[] parts = found.etag().split("/", -1);
            assertEquals(file + "/" + index, parts[0] + "/" + parts[1], what);
            assertTrue(Integer.parseInt(parts[2]) >= epoch, what + ": of an epoch that was over");
          }
        }
      }
      assertTrue(cache.size() <= 20_000, what);
    }
  }

  private static String etag(@Nullable Block block) {
    assertNotNull(block);
    return block.etag();
  }

  /** The same with a list, most recently used last. */
  private static final class Model {
    record Entry(String file, long index, Block block) {}

    final List<Entry> entries = new ArrayList<>();
    final long capacity;

    Model(long capacity) {
      this.capacity = capacity;
    }

    @Nullable Block remove(String file, long index) {
      for (Entry entry : entries) {
        if (entry.file.equals(file) && entry.index == index) {
          entries.remove(entry);
          return entry.block;
        }
      }
      return null;
    }

    @Nullable Block get(String file, long index) {
      Block block = remove(file, index);
      if (block != null) {
        entries.add(new Entry(file, index, block));
      }
      return block;
    }

    void put(String file, long index, Block block) {
      remove(file, index);
      if (block.bytes().length + OVERHEAD > capacity) {
        return;
      }
      entries.add(new Entry(file, index, block));
      while (size() > capacity) {
        entries.remove(0);
      }
    }

    long size() {
      return entries.stream().mapToLong(e -> e.block.bytes().length + OVERHEAD).sum();
    }
  }
}
