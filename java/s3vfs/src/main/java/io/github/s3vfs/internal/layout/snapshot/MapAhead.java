package io.github.s3vfs.internal.layout.snapshot;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Fetches parts of page maps ahead of those who look up where pages are: the leaves that know it,
 * and the nodes above them. Thread-safe.
 */
final class MapAhead {
  private final Segments segments;

  MapAhead(Segments segments) {
    this.segments = segments;
  }

  /**
   * Starts to fetch, below a node, what says where pages are. Returns at once; what is below nodes
   * that are not in memory follows when these have come.
   *
   * @param mostBytes leaves of so many bytes at most, those that know most of the pages
   * @return how many bytes of that are not used up
   */
  long fetch(Origin origin, MapIndex node, long[] pages, long mostBytes) {
    Map<FrameRef, Integer> below = new LinkedHashMap<>();
    for (long page : pages) {
      MapIndex.Child child = node.find(page);
      if (child != null) {
        below.merge(child.frame(), 1, Integer::sum);
      }
    }
    if (node.height() > 0) {
      if (!below.isEmpty()) {
        fetchBelow(origin, List.copyOf(below.keySet()), pages, mostBytes);
      }
      return mostBytes;
    }
    return fetchLeaves(origin, below, mostBytes);
  }

  private long fetchLeaves(Origin origin, Map<FrameRef, Integer> leaves, long mostBytes) {
    List<FrameRef> chosen = new ArrayList<>(leaves.keySet());
    if (chosen.stream().mapToLong(FrameRef::length).sum() > mostBytes) {
      chosen.sort(Comparator.comparing(leaf -> -leaves.getOrDefault(leaf, 0)));
    }
    long left = mostBytes;
    int count = 0;
    while (count < chosen.size() && chosen.get(count).length() <= left) {
      left -= chosen.get(count).length();
      count++;
    }
    CompletableFuture<?> unused =
        segments.prefetch(origin, Frames.MAP_LEAF, chosen.subList(0, count));
    return left;
  }

  private void fetchBelow(Origin origin, List<FrameRef> nodes, long[] pages, long mostBytes) {
    var unused =
        segments
            .prefetch(origin, Frames.MAP_INDEX, nodes)
            .thenRun(
                () -> {
                  for (FrameRef frame : nodes) {
                    MapIndex node = segments.cachedIndex(frame);
                    if (node != null) {
                      fetch(origin, node, pages, mostBytes / nodes.size());
                    }
                  }
                });
  }
}
