package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.internal.layout.CachedPages;
import io.github.s3vfs.internal.layout.snapshot.Extents.Extent;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Groups of pages of one database that are fetched ahead of those who read them: what is planned,
 * and what a reader will find when it has come. Thread-safe.
 */
final class PagesAhead {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final CachedPages pages;
  private final Predicate<FrameRef> isOnItsWay;
  private final Fetcher fetcher;
  private final FetchAhead queue = new FetchAhead();

  /** Frames that will be fetched. */
  private final Set<FrameRef> planned = ConcurrentHashMap.newKeySet();

  /** What groups that have not come yet have of a version. */
  private record Expected(int view, List<Extent> extents, int pageSize) {}

  private final ConcurrentHashMap<FrameRef, Expected> expected = new ConcurrentHashMap<>();

  /** Fetches groups. */
  interface Fetcher {
    /**
     * Starts to fetch groups that lie together.
     *
     * @param isThere whether one has come meanwhile, so that it need not be fetched
     * @return complete when the answer has come
     */
    CompletableFuture<?> fetch(Origin origin, List<FrameRef> groups, Predicate<FrameRef> isThere);
  }

  /**
   * @param pages where they come to
   * @param isOnItsWay whether a frame is being fetched
   */
  PagesAhead(CachedPages pages, Predicate<FrameRef> isOnItsWay, Fetcher fetcher) {
    this.pages = pages;
    this.isOnItsWay = isOnItsWay;
    this.fetcher = fetcher;
  }

  /**
   * Whether groups of pages are in the cache.
   *
   * @param groups what each has of a version; its first page stands for all of them
   */
  boolean hasAll(Map<FrameRef, List<Extent>> groups, int pageSize) {
    return groups.entrySet().stream()
        .allMatch(group -> has(group.getKey(), group.getValue(), pageSize));
  }

  private boolean has(FrameRef frame, List<Extent> extents, int pageSize) {
    return pages.has(frame.key(), extents.get(0).first(), pageSize);
  }

  /**
   * Those of some pages of a view that a reader would ask for, in the same order: the others it has
   * without a call into Java.
   *
   * @param view 0 for none
   */
  long[] unknown(int view, long[] wanted) {
    return pages.unknown(view, wanted);
  }

  /**
   * Those of some groups that are neither cached, nor on their way, nor planned.
   *
   * @param groups what each has of the version; its first page stands for all of them
   */
  Map<FrameRef, List<Extent>> missing(VersionRecord at, Map<FrameRef, List<Extent>> groups) {
    Map<FrameRef, List<Extent>> missing = new LinkedHashMap<>();
    groups.forEach(
        (frame, extents) -> {
          if (!isComing(frame) && !has(frame, extents, at.pageSize())) {
            missing.put(frame, extents);
          }
        });
    return missing;
  }

  private boolean isComing(FrameRef frame) {
    return isOnItsWay.test(frame) || planned.contains(frame);
  }

  /**
   * Starts to fetch those of some groups that are {@link #missing}, now or when others have come.
   *
   * @param groups what each has of the version; its first page stands for all of them
   * @param most so many requests at most, those for the most groups
   */
  void fetch(VersionRecord at, Map<FrameRef, List<Extent>> groups, int most) {
    Map<FrameRef, List<Extent>> missing = missing(at, groups);
    Predicate<FrameRef> isThere =
        frame -> {
          List<Extent> extents = missing.get(frame);
          return extents != null && has(frame, extents, at.pageSize());
        };
    List<List<FrameRef>> ranges = FrameRanges.of(missing.keySet());
    if (ranges.size() > most) {
      ranges.sort(Comparator.comparing(range -> -range.size()));
      ranges = ranges.subList(0, most);
    }
    for (List<FrameRef> range : ranges) {
      planned.addAll(range);
      long size = range.get(range.size() - 1).end() - range.get(0).offset();
      queue.add(
          size,
          new FetchAhead.Request() {
            @Override
            public CompletableFuture<?> make() {
              CompletableFuture<?> made = fetcher.fetch(at.origin(), range, isThere);
              drop();
              return made;
            }

            @Override
            public void drop() {
              for (FrameRef frame : range) {
                planned.remove(frame);
                if (!isOnItsWay.test(frame)) {
                  settled(frame);
                }
              }
            }
          });
    }
  }

  /**
   * When a group comes that is on its way or planned, or if it is there, its pages are to be known
   * as those of a view: then a reader has them without a call into Java.
   *
   * @param view 0 for none
   * @param extents what it has of the version that is the view
   */
  void expect(FrameRef frame, int view, List<Extent> extents, int pageSize) {
    if (view > 0) {
      expected.put(frame, new Expected(view, extents, pageSize));
      if (!isComing(frame)) {
        settled(frame);
      }
    }
  }

  /** A frame has come, or will not. */
  void settled(FrameRef frame) {
    Expected known = expected.remove(frame);
    if (known == null) {
      return;
    }
    for (Extent extent : known.extents()) {
      int count = (int) extent.count();
      long first = extent.first();
      boolean unused =
          pages.read(
              known.view(), frame.key(), first, count, first, known.pageSize(), 0, NOTHING, 0);
    }
  }
}
