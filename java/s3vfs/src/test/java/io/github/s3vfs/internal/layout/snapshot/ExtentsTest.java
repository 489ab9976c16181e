package io.github.s3vfs.internal.layout.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.internal.layout.snapshot.Extents.Extent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Extents say of each page what a plain map of pages says. */
class ExtentsTest {
  private static final long SEED = Long.getLong("s3vfs.test.seed", System.nanoTime());
  private static final int ROUNDS = Boolean.getBoolean("s3vfs.test.thorough") ? 2_000 : 60;
  private static final int OPERATIONS = 60;

  /** How many page numbers are in use. */
  private static final int SPACE = 400;

  /** Where a page is; a null group for zeros. */
  private record Place(@Nullable FrameRef group, int position) {}

  @Test
  void sayWhatAPlainMapSays() {
    for (int round = 0; round < ROUNDS; round++) {
      long seed = SEED + round;
      String what = "-Ds3vfs.test.seed=" + seed;
      Random random = new Random(seed);
      // At the beginning of the page numbers, somewhere, and at their end.
      long base =
          switch (random.nextInt(3)) {
            case 0 -> 0;
            case 1 -> 1 + random.nextInt(Integer.MAX_VALUE);
            default -> Extents.MAX_PAGE - SPACE;
          };
      TreeMap<Long, Place> model = new TreeMap<>();
      Extents extents = Extents.EMPTY;
      for (int i = 0; i < OPERATIONS; i++) {
        TreeMap<Long, Place> modelBefore = new TreeMap<>(model);
        Extents before = extents;
        if (random.nextInt(10) == 0) {
          long last = base + random.nextInt(SPACE + 1);
          extents = extents.storedUpTo(last);
          model.tailMap(last, false).clear();
          model.values().removeIf(place -> place.group() == null);
        } else {
          TreeMap<Long, Place> change = change(random, base);
          extents = of(change).over(extents);
          model.putAll(change);
        }
        assertSame(model, extents, base, what);
        assertDifferent(model, modelBefore, extents.differencesFrom(before, SPACE), what);
        assertDifferent(model, modelBefore, before.differencesFrom(extents, SPACE), what);
        assertSame(model, joined(extents, 1 + random.nextInt(20)), base, what);
        Decoder decoder = new Decoder(extents.encode(), what);
        assertEquals(extents, Extents.decode(decoder), what);
        decoder.end();
      }
    }
  }

  private static TreeMap<Long, Place> change(Random random, long base) {
    TreeMap<Long, Place> change = new TreeMap<>();
    int pages = 1 + random.nextInt(random.nextInt(4) == 0 ? 200 : 6);
    boolean row = random.nextBoolean();
    long page = base + 1 + random.nextInt(SPACE);
    SegmentName segment = new SegmentName(1, new Nonce(random.nextLong(), 1), 0);
    int size = 1 + random.nextInt(32);
    boolean zeros = random.nextInt(6) == 0;
    for (int i = 0; i < pages; i++) {
      page = row ? page + 1 : base + 1 + random.nextInt(SPACE);
      if (page <= base + SPACE) {
        FrameRef group = new FrameRef(segment, 8 + 100L * (i / size), 100);
        change.put(page, zeros ? new Place(null, 0) : new Place(group, i % size));
      }
    }
    return change;
  }

  private static Extents of(TreeMap<Long, Place> pages) {
    Extents.Builder builder = new Extents.Builder();
    pages.forEach((page, at) -> builder.add(new Extent(page, 1, at.group(), at.position())));
    return builder.build();
  }

  /** Cut into pieces and put together again. */
  private static Extents joined(Extents extents, int most) {
    Extents.Builder all = new Extents.Builder();
    for (Extents piece : extents.pieces(most)) {
      assertTrue(!piece.isEmpty() && piece.list().size() <= most);
      piece.list().forEach(all::add);
    }
    return all.build();
  }

  private static void assertSame(
      TreeMap<Long, Place> model, Extents extents, long base, String what) {
    for (long page = Math.max(1, base); page <= base + SPACE; page++) {
      Extent found = extents.find(page);
      Place place =
          found == null
              ? null
              : new Place(
                  found.group(),
                  found.group() == null ? 0 : found.position() + (int) (page - found.first()));
      assertEquals(model.get(page), place, what + " page " + page);
    }
    assertNull(extents.find(0), what);
    assertEquals(fewest(model), extents.list().size(), what + ": how many there are");
  }

  private static void assertDifferent(
      TreeMap<Long, Place> a, TreeMap<Long, Place> b, long @Nullable [] pages, String what) {
    TreeSet<Long> all = new TreeSet<>(a.keySet());
    all.addAll(b.keySet());
    all.removeIf(page -> Objects.equals(a.get(page), b.get(page)));
    assertArrayEquals(all.stream().mapToLong(page -> page).toArray(), pages, what);
  }

  @Test
  void whatIsUncoveredOfAnOlderExtentEndsAtItsNeighbours() {
    FrameRef group = new FrameRef(new SegmentName(1, new Nonce(1, 2), 0), 8, 100);
    Extent older = new Extent(10, 20, group, 0);
    Extents newer =
        new Extents.Builder()
            .add(new Extent(5, 6, null, 0))
            .add(new Extent(14, 1, null, 0))
            .add(new Extent(20, 100, null, 0))
            .build();
    assertEquals(new Extent(11, 3, group, 1), newer.uncovered(older, 12, 0));
    assertEquals(new Extent(12, 2, group, 2), newer.uncovered(older, 12, 12));
    assertEquals(new Extent(15, 5, group, 5), newer.uncovered(older, 15, 0));
    assertEquals(new Extent(15, 5, group, 5), newer.uncovered(older, 19, 3));
    assertEquals(older, Extents.EMPTY.uncovered(older, 12, 0));
  }

  @Test
  void differencesAreCountedUpToABound() {
    Extents none = Extents.EMPTY;
    Extents some = new Extents.Builder().add(new Extent(3, 5, null, 0)).build();
    assertArrayEquals(new long[] {3, 4, 5, 6, 7}, some.differencesFrom(none, 5));
    assertNull(some.differencesFrom(none, 4));
    assertArrayEquals(new long[0], some.differencesFrom(some, 0));
  }

  /** How many extents it takes. */
  private static int fewest(TreeMap<Long, Place> model) {
    int count = 0;
    long last = -1;
    Place before = new Place(null, 0);
    for (Map.Entry<Long, Place> each : model.entrySet()) {
      Place place = each.getValue();
      Place next =
          before.group() == null ? before : new Place(before.group(), before.position() + 1);
      if (each.getKey() != last + 1 || !place.equals(next)) {
        count++;
      }
      last = each.getKey();
      before = place;
    }
    return count;
  }

  @Test
  void reachTheLastPage() {
    FrameRef group = new FrameRef(new SegmentName(1, new Nonce(1, 2), 0), 8, 100);
    Extents zeros = new Extents.Builder().add(new Extent(3, Extents.MAX_PAGE - 2, null, 0)).build();
    Extents last = new Extents.Builder().add(new Extent(Extents.MAX_PAGE - 1, 2, group, 4)).build();
    Extents both = last.over(zeros);
    assertEquals(
        List.of(
            new Extent(3, Extents.MAX_PAGE - 4, null, 0),
            new Extent(Extents.MAX_PAGE - 1, 2, group, 4)),
        both.list());
    assertEquals(both, Extents.decode(new Decoder(both.encode(), "it")));
    assertEquals(last, both.storedUpTo(Extents.MAX_PAGE));
    assertEquals(
        List.of(new Extent(Extents.MAX_PAGE - 1, 1, group, 4)),
        both.storedUpTo(Extents.MAX_PAGE - 1).list());
    assertNull(both.find(Extents.MAX_PAGE + 1));
    assertNull(both.find(2));
  }

  @Test
  void areMadeInOrder() {
    List<Extent> wrong = new ArrayList<>();
    wrong.add(new Extent(5, 2, null, 0));
    wrong.add(new Extent(6, 2, null, 0));
    Extents.Builder builder = new Extents.Builder().add(wrong.get(0));
    assertThrows(IllegalArgumentException.class, () -> builder.add(wrong.get(1)));
  }
}
