package io.github.s3vfs.internal.layout.snapshot;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Where pages are: a map leaf of the format (docs/FORMAT.md, "Map leaf"). Ascending, without
 * overlaps. Immutable.
 */
final class Extents {
  /** The largest page number of SQLite. */
  static final long MAX_PAGE = 0xffff_fffeL;

  /** The last position in a group: of 65,536 pages. */
  private static final int MAX_POSITION = 65_535;

  /** Nothing. */
  static final Extents EMPTY = new Extents(List.of());

  /**
   * Neighbouring pages that are neighbours in a group, too.
   *
   * @param first number of the first page
   * @param count of pages, 1 or more
   * @param group the frame that has them, or null if they are zeros
   * @param position of the first page in the group; 0 for zeros
   */
  record Extent(long first, long count, @Nullable FrameRef group, int position) {
    /** Behind the last page. */
    long end() {
      return first + count;
    }

    /** The part of it from one page up to another one. */
    Extent part(long from, long to) {
      return new Extent(
          from, to - from, group, group == null ? 0 : position + (int) (from - first));
    }

    boolean continues(Extent before) {
      return before.end() == first
          && (group == null
              ? before.group == null
              : group.equals(before.group) && position == before.position + before.count);
    }
  }

  private final List<Extent> list;
  private final long[] firsts;

  private Extents(List<Extent> list) {
    this.list = List.copyOf(list);
    this.firsts = list.stream().mapToLong(Extent::first).toArray();
  }

  /** Makes one. Adds must be ascending. */
  static final class Builder {
    private final List<Extent> list = new ArrayList<>();

    Builder add(Extent extent) {
      int last = list.size() - 1;
      if (last >= 0 && list.get(last).end() > extent.first()) {
        throw new IllegalArgumentException(extent + " behind " + list.get(last));
      }
      append(list, extent);
      return this;
    }

    Extents build() {
      return list.isEmpty() ? EMPTY : new Extents(list);
    }
  }

  /** Adds an extent to the end of a list, or makes the last one longer by it. */
  static void append(List<Extent> list, Extent extent) {
    int last = list.size() - 1;
    Extent before = last < 0 ? null : list.get(last);
    if (before != null && extent.continues(before)) {
      long count = before.count() + extent.count();
      list.set(last, new Extent(before.first(), count, before.group(), before.position()));
    } else {
      list.add(extent);
    }
  }

  List<Extent> list() {
    return list;
  }

  boolean isEmpty() {
    return list.isEmpty();
  }

  /** The extent that has a page, or null. */
  @Nullable Extent find(long page) {
    int found = Arrays.binarySearch(firsts, page);
    int index = found >= 0 ? found : -found - 2;
    return index >= 0 && page < list.get(index).end() ? list.get(index) : null;
  }

  /**
   * The part of an older extent around one of its pages about which these say nothing.
   *
   * @param page that they say nothing about
   * @param from where the part may begin
   */
  Extent uncovered(Extent older, long page, long from) {
    int next = -Arrays.binarySearch(firsts, page) - 1;
    long first = Math.max(older.first(), from);
    long end = older.end();
    return older.part(
        next == 0 ? first : Math.max(first, list.get(next - 1).end()),
        next == list.size() ? end : Math.min(end, list.get(next).first()));
  }

  /**
   * The pages that are not where they are in another map, ascending.
   *
   * @return null if there are more than {@code most}
   */
  long @Nullable [] differencesFrom(Extents other, int most) {
    LongStream.Builder pages = LongStream.builder();
    long count = 0;
    int theirs = 0;
    int mine = 0;
    long at = 1;
    while (true) {
      while (mine < list.size() && list.get(mine).end() <= at) {
        mine++;
      }
      while (theirs < other.list.size() && other.list.get(theirs).end() <= at) {
        theirs++;
      }
      Extent a = mine < list.size() ? list.get(mine) : null;
      Extent b = theirs < other.list.size() ? other.list.get(theirs) : null;
      if (a == null && b == null) {
        return pages.build().toArray();
      }
      at = Math.max(at, Math.min(first(a), first(b)));
      long until = Math.min(boundary(a, at), boundary(b, at));
      if (!Objects.equals(covering(a, at, until), covering(b, at, until))) {
        count += until - at;
        if (count > most) {
          return null;
        }
        LongStream.range(at, until).forEach(pages);
      }
      at = until;
    }
  }

  /** The part of an extent, if it has these pages; it has all of them or none. */
  private static @Nullable Extent covering(@Nullable Extent extent, long at, long until) {
    return extent == null || extent.first() > at ? null : extent.part(at, until);
  }

  private static long first(@Nullable Extent extent) {
    return extent == null ? Long.MAX_VALUE : extent.first();
  }

  /** The next page behind one at which an extent begins or ends. */
  private static long boundary(@Nullable Extent extent, long at) {
    return extent == null ? Long.MAX_VALUE : extent.first() > at ? extent.first() : extent.end();
  }

  /** These, and those of an older map where these have nothing. */
  Extents over(Extents older) {
    Builder merged = new Builder();
    int mine = 0;
    for (Extent old : older.list) {
      long at = old.first();
      while (at < old.end()) {
        while (mine < list.size() && list.get(mine).end() <= at) {
          merged.add(list.get(mine++));
        }
        Extent next = mine < list.size() ? list.get(mine) : null;
        if (next == null || next.first() >= old.end()) {
          merged.add(old.part(at, old.end()));
          break;
        }
        if (next.first() > at) {
          merged.add(old.part(at, next.first()));
        }
        at = next.end();
      }
    }
    while (mine < list.size()) {
      merged.add(list.get(mine++));
    }
    return merged.build();
  }

  /** Those of pages up to a number, without zeros: what the oldest part of a map needs. */
  Extents storedUpTo(long lastPage) {
    Builder builder = new Builder();
    for (Extent extent : list) {
      if (extent.group() != null && extent.first() <= lastPage) {
        builder.add(extent.part(extent.first(), Math.min(extent.end(), lastPage + 1)));
      }
    }
    return builder.build();
  }

  /** Those of some pages, ascending, without zeros. */
  Extents only(List<Long> pages) {
    Builder builder = new Builder();
    for (long page : pages) {
      Extent extent = find(page);
      if (extent != null && extent.group() != null) {
        builder.add(extent.part(page, page + 1));
      }
    }
    return builder.build();
  }

  /** These cut into pieces of a number of extents. */
  List<Extents> pieces(int most) {
    List<Extents> pieces = new ArrayList<>();
    for (int from = 0; from < list.size(); from += most) {
      pieces.add(new Extents(list.subList(from, Math.min(list.size(), from + most))));
    }
    return pieces;
  }

  byte[] encode() {
    Encoder.Segments segments = new Encoder.Segments();
    Map<FrameRef, Integer> numbers = new LinkedHashMap<>();
    Encoder groups = new Encoder();
    Encoder extents = new Encoder();
    long end = 0;
    for (Extent extent : list) {
      FrameRef group = extent.group();
      extents.varint(extent.first() - end).varint(extent.count());
      end = extent.end();
      if (group == null) {
        extents.varint(0);
        continue;
      }
      Integer number = numbers.get(group);
      if (number == null) {
        number = numbers.size() + 1;
        numbers.put(group, number);
        groups
            .varint(segments.number(group.segment()))
            .varint(group.offset())
            .varint(group.length());
      }
      extents.varint(number).varint(extent.position());
    }
    Encoder encoder = new Encoder();
    segments.writeTo(encoder);
    return encoder
        .varint(numbers.size())
        .bytes(groups.toBytes())
        .varint(list.size())
        .bytes(extents.toBytes())
        .toBytes();
  }

  static Extents decode(Decoder decoder) {
    SegmentName[] segments = decoder.segments();
    FrameRef[] groups = new FrameRef[decoder.count("groups")];
    for (int i = 0; i < groups.length; i++) {
      groups[i] = decoder.frame(segments);
    }
    int count = decoder.count("extents");
    List<Extent> list = new ArrayList<>(count);
    long end = 0;
    for (int i = 0; i < count; i++) {
      long first = end + decoder.varint(MAX_PAGE, "a page number");
      long pages = decoder.varint(MAX_PAGE, "a number of pages");
      decoder.check(
          first >= 1 && pages >= 1 && first + pages - 1 <= MAX_PAGE, "the pages of an extent");
      end = first + pages;
      int group = (int) decoder.varint(groups.length, "the number of a group");
      decoder.check(group == 0 || pages <= MAX_POSITION + 1, "the pages of an extent");
      list.add(
          group == 0
              ? new Extent(first, pages, null, 0)
              : new Extent(
                  first,
                  pages,
                  groups[group - 1],
                  (int) decoder.varint(MAX_POSITION, "a position")));
    }
    return count == 0 ? EMPTY : new Extents(list);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Extents extents && list.equals(extents.list);
  }

  @Override
  public int hashCode() {
    return list.hashCode();
  }

  @Override
  public String toString() {
    return list.toString();
  }
}
