package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.internal.layout.snapshot.Extents.Extent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Values of the format as they may well be; the same seed gives the same ones. */
final class RandomValues {
  private final Random random;
  private final List<SegmentName> segments = new ArrayList<>();

  RandomValues(Random random) {
    this.random = random;
  }

  Nonce nonce() {
    return new Nonce(random.nextLong(), random.nextLong());
  }

  /** Up to 63 bits, of any length equally often. */
  long number() {
    return random.nextLong() >>> (1 + random.nextInt(63));
  }

  /** At times one that was there before, at times another part of it. */
  SegmentName segment() {
    if (segments.isEmpty() || random.nextInt(3) == 0) {
      segments.add(new SegmentName(number(), nonce(), 0));
    }
    SegmentName name = segments.get(random.nextInt(segments.size()));
    return random.nextBoolean()
        ? name
        : new SegmentName(name.epoch(), name.nonce(), random.nextInt(SegmentName.MAX_PARTS));
  }

  FrameRef frame() {
    return new FrameRef(
        segment(),
        8 + random.nextInt(1 << 26),
        Frames.HEADER + 1 + random.nextInt(Frames.MAX_LENGTH - Frames.HEADER));
  }

  Extents extents(int most) {
    Extents.Builder builder = new Extents.Builder();
    long page = 1;
    int count = random.nextInt(most + 1);
    FrameRef group = frame();
    for (int i = 0; i < count; i++) {
      page += random.nextInt(3) == 0 ? number() % 10_000 : 0;
      if (random.nextInt(4) == 0) {
        group = frame();
      }
      boolean zeros = random.nextInt(6) == 0;
      int pages = 1 + random.nextInt(zeros ? 1000 : 32);
      builder.add(
          zeros
              ? new Extent(page, pages, null, 0)
              : new Extent(page, pages, group, random.nextInt(100)));
      page += pages;
    }
    return builder.build();
  }

  MapIndex index(int most) {
    List<MapIndex.Child> children = new ArrayList<>();
    long first = 0;
    for (int left = random.nextInt(most + 1); left > 0; left--) {
      first += 1 + number() % 1_000_000;
      children.add(new MapIndex.Child(first, frame()));
    }
    return new MapIndex(random.nextInt(4), children);
  }

  VersionRecord record() {
    List<VersionRecord.Run> runs = new ArrayList<>();
    for (int left = random.nextInt(4); left > 0; left--) {
      runs.add(new VersionRecord.Run(number(), number(), number(), index(10)));
    }
    long version = 1L + random.nextInt(100_000);
    List<VersionRecord.Past> past = new ArrayList<>();
    for (long v = version - 1; v > 0 && past.size() < 20; v -= 1 + random.nextInt(3)) {
      past.add(new VersionRecord.Past(v, Instant.ofEpochMilli(number()), frame()));
    }
    List<Long> early = new ArrayList<>();
    for (long page = 1; early.size() < 10; page += 1L + random.nextInt(300)) {
      early.add(page);
    }
    Nonce uuid = nonce();
    return new VersionRecord(
        uuid,
        version,
        number(),
        nonce(),
        Instant.ofEpochMilli(number()),
        512 << random.nextInt(8),
        1 + number() % Extents.MAX_PAGE,
        extents(50),
        runs,
        past,
        early,
        random.nextBoolean() ? Origin.own(uuid) : new Origin(nonce(), 1 + number(), nonce()));
  }

  Head head() {
    Head.Claim claim =
        random.nextBoolean()
            ? null
            : new Head.Claim(nonce(), Duration.ofMillis(random.nextInt(100_000)), "ein Wärter");
    return random.nextInt(5) == 0
        ? Head.initial(nonce(), nonce()).withClaim(claim, nonce())
        : new Head(number(), nonce(), number(), number(), upkeep(), claim, frame(), record());
  }

  private Upkeep upkeep() {
    return new Upkeep(number(), number(), Instant.ofEpochMilli(number()), number(), number());
  }

  /** Of pages that can be compressed, or not. */
  PageGroup group(int pageSize) {
    int most = PageGroup.pagesPerGroup(pageSize);
    long[] pages = new long[1 + random.nextInt(most)];
    long page = 0;
    for (int i = 0; i < pages.length; i++) {
      page += 1 + number() % 100_000_000;
      pages[i] = page;
    }
    byte[] bytes = new byte[pages.length * pageSize];
    if (random.nextBoolean()) {
      random.nextBytes(bytes);
    } else {
      bytes[random.nextInt(bytes.length)] = 1;
    }
    return new PageGroup(pageSize, pages, bytes);
  }
}
