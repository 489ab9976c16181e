package io.github.s3vfs.internal.layout.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.internal.layout.snapshot.Extents.Extent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Whatever a database has been through, its head is not longer than it may be. */
class FullestHeadTest {
  private static final long EPOCH = 1L << 32;
  private static final long VERSION = 1_000_000_000;
  private static final Instant NOW = Instant.parse("2100-01-01T00:00:00Z");

  private static SegmentName segment(long number) {
    return new SegmentName(EPOCH, new Nonce(number, number), SegmentName.MAX_PARTS - 1);
  }

  /** As many changes as go into a record. */
  private static Extents changes() {
    Extents.Builder builder = new Extents.Builder();
    Extents changes = builder.build();
    for (long i = 0; changes.encode().length <= MapWriter.CHANGES_BYTES - 60; i++) {
      FrameRef group = new FrameRef(segment(i), 8 << 20, 65_536);
      builder.add(new Extent(4_000_000_000L + 2 * i, 1, group, 31));
      changes = builder.build();
    }
    return changes;
  }

  /** The root of a long run, each child of it in another segment. */
  private static VersionRecord.Run run(long number) {
    List<MapIndex.Child> children = new ArrayList<>();
    for (long i = 1; i <= MapWriter.ROOT_CHILDREN; i++) {
      FrameRef frame = new FrameRef(segment(1_000 * number + i), 8 << 20, 65_536);
      children.add(new MapIndex.Child(i * 100_000_000, frame));
    }
    return new VersionRecord.Run(1L << 32, 1L << 40, 1L << 32, new MapIndex(2, children));
  }

  @Test
  void isNotTooLong() {
    Nonce nonce = new Nonce(-1, -1);
    List<VersionRecord.Past> past = new ArrayList<>();
    for (long age = 1; age < VERSION; ) {
      int order = 63 - Long.numberOfLeadingZeros(age);
      long step = age <= VersionRecord.RECENT ? 1 : 1L << (order - 3);
      if (age <= VersionRecord.RECENT || (VERSION - age) % step == 0) {
        past.add(
            new VersionRecord.Past(
                VERSION - age, NOW, new FrameRef(segment(age), 8 << 20, 65_536)));
      }
      age += age < VersionRecord.RECENT ? 1 : step - Math.floorMod(age - VERSION, step);
    }
    VersionRecord record =
        new VersionRecord(
            nonce,
            VERSION,
            EPOCH,
            nonce,
            NOW,
            65_536,
            Extents.MAX_PAGE,
            changes(),
            LongStream.range(0, Folding.MAX_RUNS).mapToObj(FullestHeadTest::run).toList(),
            past,
            LongStream.range(0, VersionRecord.MAX_EARLY).mapToObj(i -> 1 + i * 16_000_000).toList(),
            new Origin(nonce, EPOCH, nonce));
    Head.Claim claim = new Head.Claim(nonce, Duration.ofDays(1), "h".repeat(300));
    Head head =
        new Head(
            Long.MAX_VALUE,
            nonce,
            EPOCH,
            EPOCH,
            new Upkeep(VERSION, VERSION, NOW, 1L << 50, VERSION),
            claim,
            new FrameRef(segment(0), 8 << 20, 60_000),
            record);
    byte[] bytes = head.encode();
    assertTrue(bytes.length <= Head.MAX_BYTES, bytes.length + " bytes");
    assertTrue(past.size() > 16 + 8 * 24, past.size() + " past versions");
    assertEquals(head, Head.decode(bytes, "head"));
  }
}
