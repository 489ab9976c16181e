package io.github.s3vfs.internal.layout.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.internal.layout.snapshot.VersionRecord.Past;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Which earlier versions a record names; docs/FORMAT.md, "Past". */
class PastVersionsTest {
  private static final int VERSIONS = 5_000;

  /** All records, by version; each commit is a second after the one before. */
  private static List<VersionRecord> history(int versions, long kept) {
    List<VersionRecord> all = new ArrayList<>(List.of(VersionRecord.initial(Nonce.fresh())));
    for (int version = 1; version <= versions; version++) {
      VersionRecord before = all.get(version - 1);
      Instant now = Instant.ofEpochSecond(version);
      all.add(
          new VersionRecord(
              before.uuid(),
              version,
              1,
              new Nonce(version, 1),
              now,
              4096,
              1,
              Extents.EMPTY,
              List.of(),
              before.nextPast(place(version - 1), version - kept),
              List.of(),
              before.origin()));
    }
    return all;
  }

  private static FrameRef place(long version) {
    return new FrameRef(new SegmentName(1, new Nonce(version, 1), 0), 8, 100);
  }

  private static boolean documented(long version, long age) {
    int order = 63 - Long.numberOfLeadingZeros(age);
    return age <= 16 || version % (1L << (order - 3)) == 0;
  }

  @Test
  void areTheLatestOnesAndFewerOfTheOlderOnes() {
    for (VersionRecord record : history(VERSIONS, VERSIONS + 1)) {
      long version = record.version();
      List<Long> expected =
          LongStream.range(1, version)
              .map(i -> version - i)
              .filter(v -> documented(v, version - v))
              .boxed()
              .toList();
      assertEquals(expected, record.past().stream().map(Past::version).toList());
      for (Past past : record.past()) {
        assertEquals(Instant.ofEpochSecond(past.version()), past.time());
        assertEquals(place(past.version()), past.record());
      }
      int log = 64 - Long.numberOfLeadingZeros(version);
      assertTrue(record.past().size() <= 16 + 8 * log, version + ": " + record.past().size());
    }
  }

  @Test
  void leadToEveryVersionInFewSteps() {
    List<VersionRecord> all = history(VERSIONS, VERSIONS + 1);
    int most = 0;
    for (int wanted = 1; wanted <= VERSIONS; wanted++) {
      VersionRecord at = all.get(VERSIONS);
      int steps = 0;
      while (at.version() != wanted) {
        long target = wanted;
        Past next =
            at.past().stream()
                .filter(p -> p.version() >= target)
                .reduce((newer, older) -> older)
                .orElseThrow();
        at = all.get((int) next.version());
        steps++;
      }
      most = Math.max(most, steps);
    }
    assertTrue(most <= 10, most + " steps");
  }

  @Test
  void thatAreOlderThanTheOldestThatIsKeptAreLeftOut() {
    int kept = 100;
    for (VersionRecord record : history(1_000, kept)) {
      long version = record.version();
      for (long age = 1; age < version; age++) {
        long each = version - age;
        boolean there = record.past().stream().anyMatch(p -> p.version() == each);
        assertEquals(age <= kept && documented(each, age), there, version + " " + each);
      }
    }
  }
}
