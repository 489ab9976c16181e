package io.github.s3vfs.internal.layout.snapshot;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Inner node of a run of the page map (docs/FORMAT.md, "Map index"). Immutable.
 *
 * @param height 0 if its children are leaves, 1 if they are of height 0, and so on
 * @param children ascending
 */
record MapIndex(int height, List<Child> children) {
  /** More would have more pages than SQLite. */
  private static final int MAX_HEIGHT = 16;

  /**
   * A part of the map.
   *
   * @param first its first page
   * @param frame where it is
   */
  record Child(long first, FrameRef frame) {}

  MapIndex {
    children = List.copyOf(children);
  }

  /** The child that may know a page, or null. */
  @Nullable Child find(long page) {
    int low = 0;
    int high = children.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (children.get(middle).first() <= page) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low == 0 ? null : children.get(low - 1);
  }

  void writeTo(Encoder encoder) {
    Encoder.Segments segments = new Encoder.Segments();
    Encoder list = new Encoder();
    long before = 0;
    for (Child child : children) {
      FrameRef frame = child.frame();
      list.varint(child.first() - before)
          .varint(segments.number(frame.segment()))
          .varint(frame.offset())
          .varint(frame.length());
      before = child.first();
    }
    encoder.u8(height);
    segments.writeTo(encoder);
    encoder.varint(children.size()).bytes(list.toBytes());
  }

  static MapIndex decode(Decoder decoder) {
    int height = decoder.u8();
    decoder.check(height <= MAX_HEIGHT, "its height is " + height);
    SegmentName[] segments = decoder.segments();
    int count = decoder.count("children");
    List<Child> children = new ArrayList<>(count);
    long before = 0;
    for (int i = 0; i < count; i++) {
      long step = decoder.varint(Extents.MAX_PAGE, "a page number");
      decoder.check(step > 0, "its children do not ascend");
      before += step;
      decoder.check(before <= Extents.MAX_PAGE, "a page number");
      children.add(new Child(before, decoder.frame(segments)));
    }
    return new MapIndex(height, children);
  }
}
