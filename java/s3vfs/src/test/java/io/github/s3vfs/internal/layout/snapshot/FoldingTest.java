package io.github.s3vfs.internal.layout.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.internal.layout.snapshot.VersionRecord.Run;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How much is written again as a map grows; no page of it is written for that. */
class FoldingTest {
  private static final int BYTES_PER_EXTENT = 11;

  private static Run run(long extents) {
    return new Run(extents, extents * BYTES_PER_EXTENT, 1_000_000, new MapIndex(0, List.of()));
  }

  /** Adds a run as a commit does; returns how many extents are written. */
  private static long add(List<Run> runs, long extents) {
    long added = extents;
    List<Run> newest = runs.subList(0, Folding.newest(added, runs));
    added += newest.stream().mapToLong(Run::extents).sum();
    newest.clear();
    Folding.Range range = Folding.tooMany(added, runs);
    runs.add(0, run(added));
    long written = added;
    if (range != null) {
      List<Run> merged = runs.subList(range.from(), range.until());
      long sum = merged.stream().mapToLong(Run::extents).sum();
      merged.clear();
      runs.add(range.from(), run(sum));
      written = range.from() == 0 ? sum : added + sum;
    }
    return written;
  }

  /** With no page written twice, which is the worst. */
  @ParameterizedTest
  @CsvSource({"16384, 4000, 10", "1000, 60000, 40"})
  void anExtentIsWrittenAgainAFewTimesHoweverManyThereAre(int extents, int commits, int most) {
    List<Run> runs = new ArrayList<>(List.of(run(67_000_000)));
    long written = 0;
    for (int i = 1; i <= commits; i++) {
      written += add(runs, extents);
      assertTrue(runs.size() <= Folding.MAX_RUNS);
      assertEquals(67_000_000 + (long) i * extents, runs.stream().mapToLong(Run::extents).sum());
      assertTrue(written <= (long) most * extents * i + 67_000_000 / 10, i + ": " + written);
    }
    assertEquals(67_000_000, runs.get(runs.size() - 1).extents(), "the oldest is left alone");
  }

  @Test
  void aRunIsMergedWithThoseOfItsSize() {
    assertEquals(0, Folding.newest(100, List.of()));
    assertEquals(0, Folding.newest(100, List.of(run(401))));
    assertEquals(1, Folding.newest(100, List.of(run(400), run(2_001))));
    assertEquals(2, Folding.newest(100, List.of(run(400), run(2_000))));
    assertEquals(0, Folding.newest(1_000_000, List.of(run(1_000_000))), "takes too long");
  }

  @Test
  void whenThereAreTooManyTheCheapestAreMerged() {
    List<Run> runs = new ArrayList<>(Collections.nCopies(Folding.MAX_RUNS - 1, run(1_000_000)));
    assertNull(Folding.tooMany(5, runs));
    runs.set(7, run(10));
    runs.add(8, run(20));
    assertEquals(new Folding.Range(8, 10), Folding.tooMany(500_000, runs));
  }
}
