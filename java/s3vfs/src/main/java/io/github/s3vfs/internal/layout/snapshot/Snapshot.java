package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.snapshot.Extents.Extent;
import io.github.s3vfs.internal.readahead.SequentialReadAhead;
import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * One version of a database, to be read. What is read never changes; where it is stored does, when
 * the version was compacted. Thread-safe.
 */
final class Snapshot implements ChangedFile.Stored {
  private final Segments segments;
  private final Renewal renewal;
  private volatile VersionRecord record;

  /** Finds out where a version is stored now. */
  interface Renewal {
    /**
     * The version's record as it is now.
     *
     * @param missing says which of its segments was not found
     * @throws S3VfsException {@code EXPIRED} if the version is not kept any more, {@code CORRUPT}
     *     if the segment should be there
     */
    VersionRecord renewed(VersionRecord record, S3VfsException missing);
  }

  Snapshot(VersionRecord record, Segments segments, Renewal renewal) {
    this.record = record;
    this.segments = segments;
    this.renewal = renewal;
  }

  VersionRecord record() {
    return record;
  }

  /** Length of the file in bytes. */
  long length() {
    return record.length();
  }

  /**
   * Where a page is.
   *
   * @return null, or an extent without a group, for zeros
   */
  private @Nullable Extent locate(VersionRecord at, long page) {
    Extent found = at.changes().find(page);
    for (int i = 0; found == null && i < at.runs().size(); i++) {
      VersionRecord.Run run = at.runs().get(i);
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
    Extent extent = locate(record, page);
    return extent == null ? null : extent.group();
  }

  /**
   * Where a page is, in an extent of this page alone.
   *
   * @return null for zeros
   * @throws S3VfsException {@code NOT_FOUND} if a segment of the map is missing
   */
  @Nullable Extent place(long page) {
    Extent extent = page > record.pageCount() ? null : locate(record, page);
    return extent == null || extent.group() == null ? null : extent.part(page, page + 1);
  }

  @Override
  public void read(long page, int start, ByteBuffer dst, int count) {
    VersionRecord at = record;
    try {
      read(at, page, start, dst, count);
    } catch (S3VfsException e) {
      if (e.kind() != ErrorKind.NOT_FOUND) {
        throw e;
      }
      VersionRecord now = renewal.renewed(at, e);
      record = now;
      read(now, page, start, dst, count);
    }
  }

  private void read(VersionRecord at, long page, int start, ByteBuffer dst, int count) {
    Extent extent = page > at.pageCount() ? null : locate(at, page);
    FrameRef frame = extent == null ? null : extent.group();
    if (extent == null || frame == null) {
      dst.put(new byte[count]);
      return;
    }
    PageGroup group = segments.group(at.uuid(), frame);
    int position = extent.position() + (int) (page - extent.first());
    int offset = group.offset(page, position, at.pageSize());
    if (offset < 0) {
      throw segments.misplaced(frame, page);
    }
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
    try {
      if (position < record.pageSize()) {
        prefetchEarly();
      }
      if (!window.isEmpty()) {
        prefetch(window.from() * pages + 1, window.until() * pages + 1);
      }
    } catch (S3VfsException e) {
      if (e.kind() != ErrorKind.NOT_FOUND) {
        throw e;
      } // the read itself finds out what it means
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
}
