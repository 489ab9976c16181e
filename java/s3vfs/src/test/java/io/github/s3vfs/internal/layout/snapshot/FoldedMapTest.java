package io.github.s3vfs.internal.layout.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.internal.layout.MemoryPageCache;
import io.github.s3vfs.internal.layout.snapshot.Extents.Extent;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.store.Meter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A map of too many runs is the same map with fewer of them. */
class FoldedMapTest {
  private static final long SEED = Long.getLong("s3vfs.test.seed", System.nanoTime());
  private static final int ROUNDS = Boolean.getBoolean("s3vfs.test.thorough") ? 201 : 21;
  private static final Nonce UUID = new Nonce(1, 2);
  private static final long PAGES = 20_000;

  /** So many that no run is merged because it is short. */
  private static final long MANY_BYTES = 5 << 20;

  private final InMemoryObjectStore store = new InMemoryObjectStore("bucket");
  private final Segments segments =
      new Segments(
          store,
          "db",
          new FrameCache(64 << 20, new Meter()),
          MemoryPageCache.pages(64 << 20),
          Duration.ofSeconds(20),
          Surroundings.real());

  private SegmentWriter writer() {
    return new SegmentWriter(
        UUID, 1, Nonce.fresh(), 1 << 20, (name, bytes) -> store.poke(name.key("db"), bytes));
  }

  /** Pages here and there; some are zeros. */
  private static Extents extents(Random random, int count) {
    FrameRef group = new FrameRef(new SegmentName(1, Nonce.fresh(), 0), 8, 100);
    TreeMap<Long, Extent> pages = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      long page = 1 + (long) (PAGES * random.nextDouble());
      boolean zeros = random.nextInt(10) == 0;
      pages.put(page, new Extent(page, 1, zeros ? null : group, zeros ? 0 : i));
    }
    Extents.Builder builder = new Extents.Builder();
    pages.values().forEach(builder::add);
    return builder.build();
  }

  private static VersionRecord record(Extents changes, List<VersionRecord.Run> runs) {
    return new VersionRecord(
        UUID,
        9,
        1,
        UUID,
        Instant.EPOCH,
        512,
        PAGES,
        changes,
        runs,
        List.of(),
        List.of(),
        Origin.own(UUID));
  }

  private VersionRecord.Run run(Extents extents) {
    SegmentWriter writer = writer();
    List<MapIndex.Child> leaves = new ArrayList<>();
    for (Extents piece : extents.pieces(100)) {
      leaves.add(
          new MapIndex.Child(
              piece.list().get(0).first(), writer.add(Frames.MAP_LEAF, piece.encode())));
    }
    writer.finish();
    return new VersionRecord.Run(
        extents.list().size(), MANY_BYTES, PAGES + 1, new MapIndex(0, leaves));
  }

  /** All of a map, without zeros. */
  private Extents whole(VersionRecord record, long pageCount) {
    Extents all = record.changes();
    for (VersionRecord.Run run : record.runs()) {
      all = all.over(segments.run(Origin.own(UUID), run));
    }
    return all.storedUpTo(pageCount);
  }

  @Test
  void saysOfEveryPageWhatItSaidBefore() {
    boolean newestMerged = false;
    boolean oldestMerged = false;
    boolean innerMerged = false;
    for (int round = 0; round < ROUNDS; round++) {
      long seed = SEED + round;
      String what = "-Ds3vfs.test.seed=" + seed;
      Random random = new Random(seed);
      List<VersionRecord.Run> runs = new ArrayList<>();
      int shape = round % 3;
      for (int i = 0; i < Folding.MAX_RUNS; i++) {
        // Where the short ones are: at the front, at the end, anywhere.
        int most =
            switch (shape) {
              case 0 -> 6_000 + 300 * i;
              case 1 -> i < 15 ? 4_000 : 300;
              default -> random.nextInt(3) == 0 ? 100 : 3_000;
            };
        runs.add(run(extents(random, most - random.nextInt(100))));
      }
      VersionRecord before = record(extents(random, 200), runs);
      Extents own = extents(random, 5_000);
      long pageCount = PAGES - random.nextInt(1_000);
      List<Long> early =
          own.list().stream()
              .limit(500)
              .map(Extents.Extent::first)
              .filter(p -> p % 3 == 0)
              .toList();
      SegmentWriter writer = writer();
      MapWriter.Result result =
          new MapWriter(writer, run -> segments.run(Origin.own(UUID), run))
              .write(before, own, pageCount, early, early);
      writer.finish();
      VersionRecord after = record(result.changes(), result.runs());
      Extents staying = result.changes();
      assertTrue(staying.encode().length <= MapWriter.CHANGES_BYTES / 3, what);
      assertEquals(own.only(early), staying, what);
      assertEquals(
          own.over(whole(before, PAGES)).storedUpTo(pageCount), whole(after, pageCount), what);
      assertTrue(after.runs().size() <= Folding.MAX_RUNS, what);
      assertTrue(after.runs().size() > 0, what);
      List<VersionRecord.Run> kept = new ArrayList<>(after.runs());
      kept.retainAll(before.runs());
      boolean first = kept.contains(before.runs().get(0));
      boolean last = kept.contains(before.runs().get(Folding.MAX_RUNS - 1));
      newestMerged |= !first;
      oldestMerged |= !last;
      if (!last) {
        VersionRecord.Run oldest = after.runs().get(after.runs().size() - 1);
        Extents all = segments.run(Origin.own(UUID), oldest);
        assertEquals(all, all.storedUpTo(pageCount), what + ": what nobody needs is left out");
      }
      innerMerged |= first && last;
      assertTrue(kept.size() < Folding.MAX_RUNS, what);
      for (VersionRecord.Run run : after.runs()) {
        Extents all = segments.run(Origin.own(UUID), run);
        assertEquals(run.extents(), all.list().size(), what);
        assertTrue(all.list().get(all.list().size() - 1).end() <= run.end(), what);
      }
    }
    assertTrue(newestMerged && oldestMerged && innerMerged, "-Ds3vfs.test.seed=" + SEED);
  }

  @Test
  void aLargeMapHasAShortRunInFrontThatKnowsTheInnerPages() {
    int count = MapWriter.LEAF_EXTENTS * MapWriter.ROOT_CHILDREN + 1;
    Extents.Builder own = new Extents.Builder();
    SegmentName segment = new SegmentName(1, new Nonce(3, 4), 0);
    for (int i = 0; i < count; i++) {
      own.add(new Extents.Extent(1 + 4L * i, 4, new FrameRef(segment, 8 + 100L * i, 100), 0));
    }
    Extents all = own.build();
    List<Long> inner =
        LongStream.range(1, 3_000).mapToObj(i -> 1 + i * 79).filter(page -> page != 80).toList();
    SegmentWriter writer = writer();
    MapWriter.Result result =
        new MapWriter(writer, run -> segments.run(Origin.own(UUID), run))
            .write(record(Extents.EMPTY, List.of()), all, 4L * count, List.of(1L), inner);
    writer.finish();
    assertEquals(2, result.runs().size());
    assertEquals(all.only(inner), segments.run(Origin.own(UUID), result.runs().get(0)));
    assertEquals(all, segments.run(Origin.own(UUID), result.runs().get(1)));
    assertEquals(all, whole(record(result.changes(), result.runs()), 4L * count));
  }
}
