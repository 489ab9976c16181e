package io.github.s3vfs.internal.diskcache;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Against a map. */
class SlabIndexTest {
  private static final long SEED = Long.getLong("s3vfs.test.seed", System.nanoTime());

  private final Set<Integer> there = new HashSet<>();
  private final SlabIndex index = new SlabIndex(there::contains);
  private final Map<DiskKey, Long> model = new HashMap<>();

  @Test
  void findsWhatIsInSlabsThatAreThere() {
    Random random = new Random(SEED);
    String what = "-Ds3vfs.test.seed=" + SEED;
    for (int step = 0; step < 60_000; step++) {
      int slab = 1 + step / 500;
      there.add(slab);
      there.remove(slab - 20);
      DiskKey key = Bodies.key(random.nextInt(20_000));
      if (random.nextInt(10) > 0) {
        long place = SlabIndex.place(slab, step);
        index.put(key, place);
        model.put(key, place);
      } else {
        long place = model.getOrDefault(key, SlabIndex.NOWHERE);
        index.remove(key, place + 1);
        index.remove(key, place);
        model.remove(key);
      }
      assertFinds(Bodies.key(random.nextInt(20_000)), what);
    }
    for (int i = 0; i < 20_000; i++) {
      assertFinds(Bodies.key(i), what);
    }
  }

  private void assertFinds(DiskKey key, String what) {
    long place = model.getOrDefault(key, SlabIndex.NOWHERE);
    boolean gone = !there.contains(SlabIndex.slab(place));
    assertEquals(gone ? SlabIndex.NOWHERE : place, index.find(key), what);
  }

  @Test
  void placesAreTakenApart() {
    long place = SlabIndex.place(Integer.MAX_VALUE, Slab.SLOTS - 1);
    assertEquals(Integer.MAX_VALUE, SlabIndex.slab(place));
    assertEquals(Slab.SLOTS - 1, SlabIndex.slot(place));
  }
}
