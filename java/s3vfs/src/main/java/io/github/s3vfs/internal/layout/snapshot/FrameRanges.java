package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.internal.layout.snapshot.Extents.Extent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.LongStream;

/** What is fetched together, and which frames by one request. Pure. */
final class FrameRanges {
  /** Frames of a segment that are not farther apart, in bytes, are fetched by one request. */
  private static final int GAP = 16 << 10;

  /** The most bytes that one request fetches of several frames. */
  private static final int MOST = 1 << 20;

  /** So many pages may lie between two pages of a scan of which everything is fetched. */
  private static final int FILL_GAP = 1_024;

  private FrameRanges() {}

  /**
   * Pages, and those between them where they are not far apart: of a scan that has been going on
   * for long these will be wanted, too, and fewer requests are made.
   *
   * @param groups what each has of a version; its first page stands for all of them
   * @return ascending
   */
  static long[] filled(Collection<List<Extent>> groups) {
    long[] sorted =
        groups.stream().flatMap(List::stream).mapToLong(Extent::first).sorted().toArray();
    LongStream.Builder all = LongStream.builder();
    for (int i = 0; i < sorted.length; i++) {
      boolean near = i > 0 && sorted[i] - sorted[i - 1] <= FILL_GAP;
      LongStream.rangeClosed(near ? sorted[i - 1] + 1 : sorted[i], sorted[i]).forEach(all);
    }
    return all.build().toArray();
  }

  /** Frames in the order in which they are stored, each once. */
  static List<FrameRef> inOrder(Collection<FrameRef> frames) {
    return frames.stream()
        .distinct()
        .sorted(
            Comparator.comparing((FrameRef f) -> f.segment().nonce().high())
                .thenComparing(f -> f.segment().nonce().low())
                .thenComparing(f -> f.segment().part())
                .thenComparing(FrameRef::offset))
        .toList();
  }

  /** Those of one request each, in the order in which they are stored. */
  static List<List<FrameRef>> of(Collection<FrameRef> frames) {
    List<FrameRef> sorted = inOrder(frames);
    List<List<FrameRef>> ranges = new ArrayList<>();
    int from = 0;
    for (int i = 1; i <= sorted.size(); i++) {
      if (i == sorted.size() || !isOne(sorted.get(from), sorted.get(i - 1), sorted.get(i))) {
        ranges.add(sorted.subList(from, i));
        from = i;
      }
    }
    return ranges;
  }

  private static boolean isOne(FrameRef first, FrameRef last, FrameRef next) {
    return last.segment().equals(next.segment())
        && next.offset() - last.end() <= GAP
        && next.end() - first.offset() <= MOST;
  }
}
