package io.github.s3vfs.scenario;

import io.github.s3vfs.scenario.DocumentedSegments.Frame;
import io.github.s3vfs.scenario.DocumentedSegments.Page;
import io.github.s3vfs.scenario.DocumentedSegments.Segment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One part of the page map, changes or run, as docs/FORMAT.md describes it. */
final class DocumentedMap {
  /** Where the pages from {@code first} on are; without a frame they are zeros. */
  private record Extent(long first, long pages, @Nullable Frame group, long position) {}

  private final DocumentedSegments segments;
  private final TreeMap<Long, Extent> extents = new TreeMap<>();

  /** The bytes of the frames that were read. */
  private long frameBytes;

  private DocumentedMap(DocumentedSegments segments) {
    this.segments = segments;
  }

  /** The changes of a record. */
  static DocumentedMap changes(DocumentedSegments segments, DocumentedBytes leaf) {
    DocumentedMap map = new DocumentedMap(segments);
    map.leaf(leaf, 1, Long.MAX_VALUE);
    return map;
  }

  /** A run, with what the record says about it, from its place in a record. */
  static DocumentedMap run(DocumentedSegments segments, DocumentedBytes in) {
    long extents = in.varint();
    long bytes = in.varint();
    long end = in.varint();
    DocumentedMap map = new DocumentedMap(segments);
    map.index(in, -1, 1, Long.MAX_VALUE);
    in.check(extents == map.extents.size(), extents + " extents, not " + map.extents.size());
    in.check(bytes == map.frameBytes, bytes + " bytes of frames, not " + map.frameBytes);
    Map.Entry<Long, Extent> last = map.extents.lastEntry();
    long found = last == null ? 0 : last.getKey() + last.getValue().pages();
    in.check(end == found, "the run ends before page " + end + ", not " + found);
    return map;
  }

  /** The nodes below lie in [from, to). */
  private void index(DocumentedBytes in, int expected, long from, long to) {
    int height = in.u8();
    in.check(expected < 0 || height == expected, "an index of height " + height);
    List<Segment> table = DocumentedSegments.table(in);
    int count = in.count();
    List<Frame> children = new ArrayList<>();
    List<Long> firsts = new ArrayList<>();
    long first = 0;
    for (int i = 0; i < count; i++) {
      first += in.varint();
      in.check(i == 0 || first > firsts.get(i - 1), "children are not ascending");
      firsts.add(first);
      children.add(Frame.read(in, table.get((int) in.varint())));
    }
    for (int i = 0; i < count; i++) {
      Frame child = children.get(i);
      frameBytes += child.length();
      long low = Math.max(from, firsts.get(i));
      long high = i + 1 < count ? firsts.get(i + 1) : to;
      DocumentedBytes body =
          segments.frame(child, height == 0 ? DocumentedSegments.LEAF : DocumentedSegments.INDEX);
      if (height == 0) {
        leaf(body, low, high);
      } else {
        index(body, height - 1, low, high);
        body.end();
      }
    }
  }

  private void leaf(DocumentedBytes in, long from, long to) {
    List<Segment> table = DocumentedSegments.table(in);
    List<Frame> groups = new ArrayList<>();
    for (int left = in.count(); left > 0; left--) {
      groups.add(Frame.read(in, table.get((int) in.varint())));
    }
    long end = 0;
    for (int left = in.count(); left > 0; left--) {
      long first = end + in.varint();
      long pages = in.varint();
      int group = (int) in.varint();
      Frame frame = group == 0 ? null : groups.get(group - 1);
      long position = group == 0 ? 0 : in.varint();
      in.check(first > 0 && pages > 0, "an empty extent, or one of page 0");
      end = first + pages;
      in.check(first >= from && end <= to, "pages outside of this part of the map");
      in.check(end - 1 <= 4_294_967_294L, "a page number above the largest");
      extents.put(first, new Extent(first, pages, frame, position));
    }
    in.end();
  }

  boolean has(long page) {
    return extentOf(page) != null;
  }

  /** A page's bytes, from an extent that has it; null for zeros. */
  @Nullable ByteBuffer page(long number) {
    Extent extent = extentOf(number);
    if (extent == null) {
      throw new IllegalArgumentException("page " + number);
    }
    if (extent.group() == null) {
      return null;
    }
    List<Page> group = segments.group(extent.group());
    Page page = group.get((int) (extent.position() + number - extent.first()));
    if (page.number() != number) {
      throw new IllegalStateException(extent + " has page " + page.number() + ", not " + number);
    }
    return page.bytes();
  }

  private @Nullable Extent extentOf(long page) {
    Map.Entry<Long, Extent> entry = extents.floorEntry(page);
    return entry == null || page >= entry.getKey() + entry.getValue().pages()
        ? null
        : entry.getValue();
  }
}
