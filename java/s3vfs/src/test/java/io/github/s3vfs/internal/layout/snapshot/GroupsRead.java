package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.internal.layout.snapshot.Extents.Extent;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads whole groups of pages, whose numbers begin with 1, from segments. */
final class GroupsRead {
  private static final int PAGE_SIZE = 512;

  private GroupsRead() {}

  /** What is asked of a version: its database, and its page size. */
  private static VersionRecord version(Nonce uuid) {
    return new VersionRecord(
        uuid,
        1,
        1,
        new Nonce(1, 2),
        Instant.EPOCH,
        PAGE_SIZE,
        1 << 20,
        Extents.EMPTY,
        List.of(),
        List.of(),
        List.of(),
        Origin.own(uuid));
  }

  /** All pages of a group, one by one. */
  static byte[] read(Segments segments, Nonce uuid, FrameRef frame, PageGroup group) {
    long[] pages = group.pages();
    Extents.Extent extent = new Extents.Extent(1, pages.length, frame, 0);
    ByteBuffer bytes = ByteBuffer.allocate(pages.length * PAGE_SIZE);
    for (long page : pages) {
      segments.read(version(uuid), 0, extent, page, 0, bytes, PAGE_SIZE);
    }
    return bytes.array();
  }

  static void prefetch(Segments segments, Nonce uuid, List<FrameRef> frames) {
    Map<FrameRef, List<Extent>> first = new LinkedHashMap<>();
    frames.forEach(frame -> first.put(frame, List.of(new Extent(1, 1, frame, 0))));
    segments.ahead().fetch(version(uuid), first, Integer.MAX_VALUE);
  }
}
