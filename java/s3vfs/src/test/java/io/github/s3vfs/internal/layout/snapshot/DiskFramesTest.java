package io.github.s3vfs.internal.layout.snapshot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.S3VfsStats;
import io.github.s3vfs.internal.diskcache.DiskCache;
import io.github.s3vfs.internal.layout.MemoryPageCache;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.store.InMemoryObjectStore.Request;
import io.github.s3vfs.internal.store.Meter;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Frames that are on disk are not fetched, and what is wrong there is. */
class DiskFramesTest {
  private static final Nonce UUID = new Nonce(11, 12);
  private static final SegmentName SEGMENT = new SegmentName(1, new Nonce(3, 4), 0);
  private static final String KEY = "some/key";
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  @TempDir Path directory;

  private final InMemoryObjectStore store = new InMemoryObjectStore("bucket");
  private final List<FrameRef> frames = new ArrayList<>();
  private final List<PageGroup> groups = new ArrayList<>();
  private final Meter meter = new Meter();

  /** Stores a segment of groups of that many pages each. */
  private void segment(int... counts) {
    Random random = new Random(5);
    SegmentWriter writer =
        new SegmentWriter(
            UUID, 1, SEGMENT.nonce(), 64 << 20, (name, bytes) -> store.poke(name.key(KEY), bytes));
    for (int count : counts) {
      byte[] bytes = new byte[count * 512];
      random.nextBytes(bytes);
      long[] pages = new long[count];
      Arrays.setAll(pages, i -> 1 + i);
      groups.add(new PageGroup(512, pages, bytes));
      frames.add(writer.add(Frames.PAGE_GROUP, groups.get(groups.size() - 1).encode()));
    }
    writer.finish();
  }

  private DiskCache disk() throws Exception {
    DiskCache disk = DiskCache.open(directory.resolve("cache"), 8 << 20);
    disk.begun().get(20, TimeUnit.SECONDS);
    return disk;
  }

  /** Those of a process with nothing in memory. */
  private Segments segments(DiskCache disk, String endpoint) {
    return new Segments(
        store,
        KEY,
        new FrameCache(1 << 20, new Meter()),
        MemoryPageCache.pages(1 << 20),
        TIMEOUT,
        Surroundings.real(),
        frames(disk, endpoint));
  }

  private DiskFrames frames(DiskCache disk, String endpoint) {
    return DiskFrames.of(disk, meter, endpoint, store.bucket(), KEY);
  }

  private void assertReads(DiskCache disk) {
    assertReads(segments(disk, ""));
  }

  private void assertReads(Segments segments) {
    for (int i = 0; i < frames.size(); i++) {
      assertArrayEquals(groups.get(i).bytes(), read(segments, i));
    }
  }

  private byte[] read(Segments segments, int group) {
    return GroupsRead.read(segments, UUID, frames.get(group), groups.get(group));
  }

  private void assertAsked(long hits, long misses) {
    S3VfsStats stats = meter.stats(Meter.Elsewhere.NONE);
    assertEquals(hits + " hits, " + misses, stats.diskHits() + " hits, " + stats.diskMisses());
  }

  @Test
  void nothingIsFetchedTwice() throws Exception {
    segment(8, 1, 8, 16, 2);
    try (DiskCache disk = disk()) {
      assertReads(disk);
      assertEquals(5, store.count(Request.GET));
      assertAsked(0, 5);
    }
    store.resetCounts();
    try (DiskCache disk = disk()) {
      assertReads(disk);
      Segments segments = segments(disk, "");
      GroupsRead.prefetch(segments, UUID, frames);
      assertReads(segments);
      assertEquals(0, store.requests());
      assertAsked(10, 5);
    }
  }

  @Test
  void framesOfOneRequestAreTakenInOneByOne() throws Exception {
    segment(8, 1, 8, 16, 2);
    try (DiskCache disk = disk()) {
      Segments segments = segments(disk, "");
      GroupsRead.prefetch(segments, UUID, frames);
      assertReads(segments);
      assertEquals(1, store.count(Request.GET));
    }
    try (DiskCache disk = disk()) {
      assertReads(disk);
      assertEquals(1, store.count(Request.GET));
    }
  }

  @Test
  void whatIsNotOnDiskIsFetchedByOneRequest() throws Exception {
    segment(8, 1, 8, 16, 2);
    try (DiskCache disk = disk()) {
      assertArrayEquals(groups.get(2).bytes(), read(segments(disk, ""), 2));
    }
    store.resetCounts();
    try (DiskCache disk = disk()) {
      Segments segments = segments(disk, "");
      GroupsRead.prefetch(segments, UUID, frames);
      assertReads(segments);
      assertEquals(1, store.count(Request.GET), "the hole in the middle is read over");
      assertAsked(1, 1 + 4);
    }
  }

  @Test
  void framesOfAnotherStoreAreNotTaken() throws Exception {
    segment(8);
    try (DiskCache disk = disk()) {
      assertReads(disk);
    }
    try (DiskCache disk = disk()) {
      assertReads(segments(disk, "http://other:9000"));
      assertEquals(2, store.count(Request.GET));
    }
  }

  @Test
  void whatFailsItsOwnChecksumIsFetchedOnceAndReplaced() throws Exception {
    segment(8, 8);
    byte[] wrong = new byte[frames.get(0).length()];
    try (DiskCache disk = disk()) {
      frames(disk, "").put(frames.get(0), ByteBuffer.wrap(wrong));
    }
    try (DiskCache disk = disk()) {
      assertReads(disk);
      assertEquals(2, store.count(Request.GET));
      assertAsked(0, 2);
    }
    try (DiskCache disk = disk()) {
      assertReads(disk);
      assertTrue(store.count(Request.GET) <= 3, "a wrong one may be found once more");
    }
  }

  @Test
  void whatTheStoreHasDamagedIsAnErrorAndNotTakenIn() throws Exception {
    segment(8);
    byte[] whole = store.peek(SEGMENT.key(KEY));
    byte[] damaged = whole == null ? new byte[0] : whole.clone();
    damaged[damaged.length - 1] ^= 1;
    store.poke(SEGMENT.key(KEY), damaged);
    try (DiskCache disk = disk()) {
      frames(disk, "").put(frames.get(0), ByteBuffer.wrap(new byte[frames.get(0).length()]));
    }
    for (int i = 0; i < 2; i++) {
      try (DiskCache disk = disk()) {
        Segments segments = segments(disk, "");
        S3VfsException e = assertThrows(S3VfsException.class, () -> read(segments, 0));
        assertEquals(ErrorKind.CORRUPT, e.kind());
      }
    }
    assertEquals(2, store.count(Request.GET));
  }
}
