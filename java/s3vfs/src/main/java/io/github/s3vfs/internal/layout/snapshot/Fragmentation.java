package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.internal.layout.snapshot.Extents.Extent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Which pages of a version should be stored anew. Pure.
 *
 * <p>A version is looked at in windows of neighbouring pages. A window for which a scan needs many
 * requests is stored anew as a whole. Of segments that are mostly of no use any more, the pages
 * that are left are stored anew, so that the segments can be collected. What is stored anew grows
 * with what was committed since, by a factor that does not depend on the size of the database.
 */
final class Fragmentation {
  /** Bytes of pages that are looked at together. */
  private static final int WINDOW_BYTES = 4 << 20;

  /** So many requests for a window are few, whatever its size. */
  private static final int FEW_REQUESTS = 4;

  /** A request for as many bytes costs little beside their transfer. */
  private static final int BYTES_PER_REQUEST = 128 << 10;

  /** A segment is mostly of no use if less than one part in so many is. */
  private static final int SPARSE = 4;

  private final int pageSize;
  private final long pageCount;
  private final LongFunction<@Nullable Extent> places;
  private final ToIntFunction<Collection<FrameRef>> requests;

  /**
   * A page that is to be stored anew.
   *
   * @param from where it is now
   */
  record Candidate(long page, Extent from) {}

  /**
   * @param places where a page is, in an extent of that page alone; null for zeros
   * @param requests how many requests some frames need
   */
  Fragmentation(
      int pageSize,
      long pageCount,
      LongFunction<@Nullable Extent> places,
      ToIntFunction<Collection<FrameRef>> requests) {
    this.pageSize = pageSize;
    this.pageCount = pageCount;
    this.places = places;
    this.requests = requests;
  }

  /**
   * The pages, ascending.
   *
   * @param sizes bytes of a segment that is stored
   * @param mostBytes of pages
   */
  List<Candidate> choose(ToLongFunction<SegmentName> sizes, long mostBytes) {
    long window = WINDOW_BYTES / pageSize;
    Set<Long> fragmented = new HashSet<>();
    Set<SegmentName> sparse = sparse(sizes, window, fragmented);
    List<Candidate> chosen = new ArrayList<>();
    for (long page = 1; page <= pageCount && chosen.size() < mostBytes / pageSize; page++) {
      Extent place = places.apply(page);
      FrameRef group = place == null ? null : place.group();
      if (place != null
          && group != null
          && (fragmented.contains(page / window) || sparse.contains(group.segment()))) {
        chosen.add(new Candidate(page, place));
      }
    }
    return chosen;
  }

  /** Segments that are mostly of no use; finds the windows that need many requests, too. */
  private Set<SegmentName> sparse(
      ToLongFunction<SegmentName> sizes, long window, Set<Long> fragmented) {
    Map<SegmentName, Long> used = new HashMap<>();
    Set<FrameRef> counted = new HashSet<>();
    Set<FrameRef> here = new LinkedHashSet<>();
    for (long page = 1; page <= pageCount; page++) {
      Extent place = places.apply(page);
      FrameRef group = place == null ? null : place.group();
      if (group != null) {
        here.add(group);
        if (counted.add(group)) {
          used.merge(group.segment(), (long) group.length(), Long::sum);
        }
      }
      if (page == pageCount || (page + 1) / window != page / window) {
        long bytes = here.stream().mapToLong(FrameRef::length).sum();
        if (requests.applyAsInt(here) > FEW_REQUESTS + bytes / BYTES_PER_REQUEST) {
          fragmented.add(page / window);
        }
        here.clear();
      }
    }
    Set<SegmentName> sparse = new HashSet<>();
    used.forEach(
        (segment, bytes) -> {
          if (bytes * SPARSE < sizes.applyAsLong(segment)) {
            sparse.add(segment);
          }
        });
    return sparse;
  }
}
