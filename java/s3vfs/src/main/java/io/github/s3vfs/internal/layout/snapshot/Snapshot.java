package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.internal.layout.snapshot.Extents.Extent;
import io.github.s3vfs.internal.readahead.SequentialReadAhead;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** One version of a database, to be read. Immutable; thread-safe. */
final class Snapshot implements ChangedFile.Stored {
  private final VersionRecord record;
  private final Segments segments;

  Snapshot(VersionRecord record, Segments segments) {
    this.record = record;
    this.segments = segments;
  }

  VersionRecord record() {
    return record;
  }

  /** Length of the file in bytes. */
  long length() {
    return record.length();
  }

  /** Whether it is the same version of the same database. */
  boolean isSameAs(Snapshot other) {
    return record.uuid().equals(other.record.uuid()) && record.version() == other.record.version();
  }

  /**
   * Where a page is.
   *
   * @return null, or an extent without a group, for zeros
   */
  private @Nullable Extent locate(long page) {
    Extent found = record.changes().find(page);
    for (int i = 0; found == null && i < record.runs().size(); i++) {
      VersionRecord.Run run = record.runs().get(i);
      found = page < run.end() ? locate(run.root(), page) : null;
    }
    return found;
  }

  private @Nullable Extent locate(MapIndex root, long page) {
    MapIndex node = root;
    while (true) {
      MapIndex.Child child = node.find(page);
      if (child == null) {
        return null;
      }
      if (node.height() == 0) {
        return segments.leaf(record.uuid(), child.frame()).find(page);
      }
      node = segments.index(record.uuid(), child.frame(), node.height() - 1);
    }
  }

  /** The frame that has a page, or null for zeros. */
  private @Nullable FrameRef group(long page) {
    Extent extent = locate(page);
    return extent == null ? null : extent.group();
  }

  @Override
  public void read(long page, int start, ByteBuffer dst, int count) {
    Extent extent = page > record.pageCount() ? null : locate(page);
    FrameRef frame = extent == null ? null : extent.group();
    if (extent == null || frame == null) {
      dst.put(new byte[count]);
      return;
    }
    PageGroup group = segments.group(record.uuid(), frame);
    int position = extent.position() + (int) (page - extent.first());
    int offset =
        group.offset(page, position, record.pageSize(), "segment " + frame.segment().nonce());
    dst.put(group.bytes(), offset + start, count);
  }

  /** Reads bytes of the file, up to its end; returns how many. */
  int read(ByteBuffer dst, long position) {
    int count = (int) Math.max(0, Math.min(dst.remaining(), length() - position));
    long at = position;
    while (at < position + count) {
      int start = (int) (at % record.pageSize());
      int part = (int) Math.min(record.pageSize() - start, position + count - at);
      read(at / record.pageSize() + 1, start, dst, part);
      at += part;
    }
    return count;
  }

  /** Fetches ahead of a reader that goes forward, in units of groups. */
  void readAhead(SequentialReadAhead readAhead, long position) {
    if (position >= length()) {
      return;
    }
    long pages = PageGroup.pagesPerGroup(record.pageSize());
    long unit = position / record.pageSize() / pages;
    SequentialReadAhead.Window window =
        readAhead.onAccess(unit, (record.pageCount() + pages - 1) / pages);
    if (position < record.pageSize()) {
      prefetchEarly();
    }
    if (!window.isEmpty()) {
      prefetch(window.from() * pages + 1, window.until() * pages + 1);
    }
  }

  /** Starts to fetch what most readers need, beside the first page. */
  private void prefetchEarly() {
    FrameRef first = group(1);
    if (first == null || segments.has(first)) {
      return;
    }
    Set<FrameRef> groups = new LinkedHashSet<>(List.of(first));
    for (long page : record.early()) {
      // Not if it takes a request to find it.
      Extent extent = record.changes().find(page);
      if (extent != null && extent.group() != null) {
        groups.add(extent.group());
      }
    }
    segments.prefetch(record.uuid(), Frames.PAGE_GROUP, groups);
  }

  /** A page. */
  byte[] page(long page) {
    byte[] bytes = new byte[record.pageSize()];
    read(page, 0, ByteBuffer.wrap(bytes), bytes.length);
    return bytes;
  }

  /** Starts to fetch pages, from one up to but not including another one. */
  void prefetch(long from, long until) {
    prefetch(LongStream.range(from, until));
  }

  /** Starts to fetch pages. */
  void prefetch(LongStream pages) {
    Set<FrameRef> groups = new LinkedHashSet<>();
    pages
        .filter(page -> page <= record.pageCount())
        .forEach(
            page -> {
              FrameRef group = group(page);
              if (group != null) {
                groups.add(group);
              }
            });
    segments.prefetch(record.uuid(), Frames.PAGE_GROUP, groups);
  }

  /** A whole run of the map. */
  Extents load(VersionRecord.Run run) {
    List<Extents> leaves = new ArrayList<>();
    collect(run.root(), leaves);
    Extents.Builder all = new Extents.Builder();
    leaves.forEach(leaf -> leaf.list().forEach(all::add));
    return all.build();
  }

  private void collect(MapIndex node, List<Extents> leaves) {
    int kind = node.height() == 0 ? Frames.MAP_LEAF : Frames.MAP_INDEX;
    segments.prefetch(
        record.uuid(), kind, node.children().stream().map(MapIndex.Child::frame).toList());
    for (MapIndex.Child child : node.children()) {
      if (node.height() == 0) {
        leaves.add(segments.leaf(record.uuid(), child.frame()));
      } else {
        collect(segments.index(record.uuid(), child.frame(), node.height() - 1), leaves);
      }
    }
  }
}
