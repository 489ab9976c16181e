package io.github.s3vfs.internal.layout.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PageSlotsTest {
  private static final long SEED = Long.getLong("s3vfs.test.seed", System.nanoTime());
  private static final int ROUNDS = Boolean.getBoolean("s3vfs.test.thorough") ? 500 : 20;

  @Test
  void areWhatAHashMapIs() {
    for (int round = 0; round < ROUNDS; round++) {
      long seed = SEED + round;
      String what = "-Ds3vfs.test.seed=" + seed;
      Random random = new Random(seed);
      PageSlots slots = new PageSlots();
      Map<Long, Integer> model = new HashMap<>();
      long base = random.nextBoolean() ? 1 : Extents.MAX_PAGE - 10_000;
      int step = 1 << random.nextInt(14);
      for (int i = 0; i < 3_000; i++) {
        long page =
            switch (random.nextInt(3)) {
              case 0 -> base + random.nextInt(10_000);
              case 1 -> 1 + (long) step * random.nextInt(1_000);
              default -> 1 + (random.nextLong() >>> 1) % Extents.MAX_PAGE;
            };
        if (random.nextInt(3) > 0) {
          int slot = random.nextInt(Integer.MAX_VALUE);
          slots.put(page, slot);
          model.put(page, slot);
        }
        assertEquals(model.getOrDefault(page, -1), slots.get(page), what + " page " + page);
        if (random.nextInt(2_000) == 0) {
          slots.clear();
          model.clear();
        }
      }
      assertEquals(model.size(), slots.size(), what);
      assertArrayEquals(
          model.keySet().stream().mapToLong(p -> p).sorted().toArray(), slots.sorted(), what);
      model.forEach((page, slot) -> assertEquals(slot, slots.get(page), what + " page " + page));
    }
  }

  @Test
  void holdTheFirstAndTheLastPage() {
    PageSlots slots = new PageSlots();
    slots.put(Extents.MAX_PAGE, 7);
    slots.put(1, 8);
    assertEquals(7, slots.get(Extents.MAX_PAGE));
    assertArrayEquals(new long[] {1, Extents.MAX_PAGE}, slots.sorted());
  }
}
