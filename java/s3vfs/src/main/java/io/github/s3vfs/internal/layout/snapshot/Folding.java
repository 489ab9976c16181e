package io.github.s3vfs.internal.layout.snapshot;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which runs of a page map are merged when a new one is added. Each merge is of runs of about the
 * same size, so that an extent is written again only a few times, and what a commit writes does not
 * depend on the size of the database. Only when there are too many runs are long ones merged: those
 * that cost least for each run that there is less then.
 */
final class Folding {
  /** How many runs a map has at most; the root of each takes up to 1,400 bytes of the head. */
  static final int MAX_RUNS = 20;

  /** A run is merged into the next older one when that is not longer than so many times it. */
  private static final int RATIO = 4;

  /** Longer merges are made only if there are too many runs. */
  private static final long MERGE_BYTES = 4 << 20;

  /**
   * Runs that become one, of a list whose first one is the new one.
   *
   * @param from the newest of them
   * @param until behind the oldest of them
   */
  record Range(int from, int until) {}

  private Folding() {}

  /**
   * How many of the newest runs are merged with a new one.
   *
   * @param extents of the new one
   * @param runs newest first
   */
  static int newest(long extents, List<VersionRecord.Run> runs) {
    long sum = extents;
    long bytes = 0;
    int merged = 0;
    while (merged < runs.size()) {
      VersionRecord.Run next = runs.get(merged);
      bytes += next.bytes();
      if (next.extents() > sum * RATIO || bytes > MERGE_BYTES) {
        break;
      }
      sum += next.extents();
      merged++;
    }
    return merged;
  }

  /**
   * What is merged because there would be too many runs.
   *
   * @param extents of the new run
   * @param runs the others, newest first
   * @return null if there are not too many
   */
  static @Nullable Range tooMany(long extents, List<VersionRecord.Run> runs) {
    if (runs.size() + 1 <= MAX_RUNS) {
      return null;
    }
    Range best = null;
    double least = Double.MAX_VALUE;
    for (int from = 0; from < runs.size(); from++) {
      double sum = from == 0 ? extents : runs.get(from - 1).extents();
      for (int last = from + 1; last <= runs.size(); last++) {
        sum += runs.get(last - 1).extents();
        double cost = sum / (last - from);
        if (cost < least) {
          least = cost;
          best = new Range(from, last + 1);
        }
      }
    }
    return best;
  }
}
