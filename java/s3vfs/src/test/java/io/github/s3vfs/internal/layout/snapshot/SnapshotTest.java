package io.github.s3vfs.internal.layout.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.MemoryPageCache;
import io.github.s3vfs.internal.layout.snapshot.Extents.Extent;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.store.Meter;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A map whose checksums fit, and which makes no sense, is an error and not an endless search. */
class SnapshotTest {
  private static final Nonce UUID = new Nonce(1, 2);

  private final InMemoryObjectStore store = new InMemoryObjectStore("bucket");
  private final SegmentWriter writer =
      new SegmentWriter(
          UUID, 1, new Nonce(3, 4), 1 << 20, (name, bytes) -> store.poke(name.key("db"), bytes));

  private FrameRef index(int height, FrameRef child) {
    Encoder encoder = new Encoder();
    new MapIndex(height, List.of(new MapIndex.Child(1, child))).writeTo(encoder);
    return writer.add(Frames.MAP_INDEX, encoder.toBytes());
  }

  private FrameRef leaf(Extent extent) {
    return writer.add(Frames.MAP_LEAF, new Extents.Builder().add(extent).build().encode());
  }

  private void assertCorrupt(int height, FrameRef child, long page) {
    Snapshot snapshot = snapshot(height, child);
    for (int i = 0; i < 2; i++) { // the second time from the cache
      assertCorrupt(snapshot, page);
    }
  }

  private static void assertCorrupt(Snapshot snapshot, long page) {
    S3VfsException e =
        assertThrows(
            S3VfsException.class, () -> snapshot.read(page, 0, ByteBuffer.allocate(512), 512));
    assertEquals(ErrorKind.CORRUPT, e.kind());
  }

  private Snapshot snapshot(int height, FrameRef child) {
    writer.finish();
    MapIndex root = new MapIndex(height, List.of(new MapIndex.Child(1, child)));
    VersionRecord record =
        new VersionRecord(
            UUID,
            1,
            1,
            new Nonce(3, 4),
            Instant.EPOCH,
            512,
            Extents.MAX_PAGE,
            Extents.EMPTY,
            List.of(new VersionRecord.Run(1, 1, Extents.MAX_PAGE + 1, root)),
            List.of(),
            List.of(),
            Origin.own(UUID));
    Segments segments =
        new Segments(
            store,
            "db",
            new FrameCache(1 << 20, new Meter()),
            MemoryPageCache.pages(1 << 20),
            Duration.ofSeconds(20),
            Surroundings.real());
    return StoredVersions.snapshot(record, segments);
  }

  @Test
  void anIndexOfAnotherHeight() {
    FrameRef leaf = leaf(new Extent(1, 100, null, 0));
    assertCorrupt(2, index(2, index(0, leaf)), 50);
  }

  @Test
  void aLeafInPlaceOfAnIndex() {
    assertCorrupt(1, leaf(new Extent(1, 100, null, 0)), 50);
  }

  @Test
  void anIndexInPlaceOfALeaf() {
    assertCorrupt(0, index(0, leaf(new Extent(1, 100, null, 0))), 50);
  }

  @Test
  void aPageThatIsNotInTheGroup() {
    PageGroup pages = new PageGroup(512, new long[] {5, 6}, new byte[1024]);
    FrameRef group = writer.add(Frames.PAGE_GROUP, pages.encode());
    assertCorrupt(0, leaf(new Extent(5, 1000, group, 0)), 7);
  }

  @Test
  void aPageThatIsAtAnotherPlaceInTheGroupThanTheMapSays() {
    PageGroup pages = new PageGroup(512, new long[] {5, 6}, new byte[1024]);
    FrameRef group = writer.add(Frames.PAGE_GROUP, pages.encode());
    // In the cache it has its number, and no place.
    assertCorrupt(snapshot(0, leaf(new Extent(5, 1000, group, 1))), 5);
  }

  @Test
  void aLeafInPlaceOfAGroup() {
    FrameRef leaf = leaf(new Extent(1, 100, null, 0));
    assertCorrupt(0, leaf(new Extent(5, 1, leaf, 0)), 5);
  }
}
