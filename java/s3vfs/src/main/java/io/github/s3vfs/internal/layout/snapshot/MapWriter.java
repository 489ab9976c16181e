package io.github.s3vfs.internal.layout.snapshot;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The page map of a new version: the changes of the commit over the map of the version before. What
 * does not fit into the record goes into a new run; runs are merged now and then, so that there are
 * few of them. What a commit writes does not depend on the size of the database.
 */
final class MapWriter {
  /** Most bytes of changes in a record. */
  static final int CHANGES_BYTES = 12 << 10;

  /** Most bytes of what stays in the record when everything else goes into a run. */
  private static final int EARLY_BYTES = CHANGES_BYTES / 3;

  /** How many extents go into a leaf: about 16 KiB. */
  static final int LEAF_EXTENTS = 1_500;

  /** How many children an inner node has at most. */
  static final int INDEX_CHILDREN = 600;

  /** How many children the root of a run has at most, which is in the record. */
  static final int ROOT_CHILDREN = 40;

  /** The map of a version. */
  record Result(Extents changes, List<VersionRecord.Run> runs) {}

  private final SegmentWriter segment;
  private final Function<VersionRecord.Run, Extents> load;

  /**
   * @param segment takes the frames
   * @param load reads a whole run
   */
  MapWriter(SegmentWriter segment, Function<VersionRecord.Run, Extents> load) {
    this.segment = segment;
    this.load = load;
  }

  /**
   * @param before the version before
   * @param own what the commit changes
   * @param pageCount of the new version
   * @param early pages that most readers need, ascending: it takes no request to find them, so far
   *     as they fit into the record
   * @param inner inner pages of B-trees, ascending: where the map is large, a short run in front of
   *     it says where they are
   */
  Result write(
      VersionRecord before, Extents own, long pageCount, List<Long> early, List<Long> inner) {
    Extents changes = own.over(before.changes());
    List<VersionRecord.Run> runs = new ArrayList<>(before.runs());
    if (runs.isEmpty()) {
      changes = changes.storedUpTo(pageCount);
    }
    if (changes.encode().length <= CHANGES_BYTES) {
      return new Result(changes, runs);
    }
    Extents staying = early(changes, early);
    changes = merge(changes, runs, Folding.newest(changes.list().size(), runs));
    Folding.Range range = Folding.tooMany(changes.list().size(), runs);
    if (range != null && range.from() == 0) {
      changes = merge(changes, runs, range.until() - 1);
    } else if (range != null) {
      List<VersionRecord.Run> old = runs.subList(range.from() - 1, range.until() - 1);
      boolean oldest = range.until() - 1 == runs.size();
      Extents merged = merge(Extents.EMPTY, old, old.size());
      merged = oldest ? merged.storedUpTo(pageCount) : merged;
      if (!merged.isEmpty()) {
        old.add(run(merged));
      }
    }
    if (runs.isEmpty()) {
      changes = changes.storedUpTo(pageCount);
      if (changes.encode().length <= CHANGES_BYTES) {
        return new Result(changes, runs);
      }
    }
    VersionRecord.Run run = run(changes);
    runs.add(0, run);
    if (run.root().height() > 0 && runs.size() < Folding.MAX_RUNS) {
      Extents first = changes.only(inner);
      if (first.list().size() > staying.list().size()) {
        runs.add(0, run(first));
      }
    }
    return new Result(staying, runs);
  }

  private static Extents early(Extents changes, List<Long> pages) {
    Extents found = changes.only(pages);
    while (found.encode().length > EARLY_BYTES) {
      found = found.pieces((found.list().size() + 1) / 2).get(0);
    }
    return found;
  }

  /** The newest of some runs below a map; they are taken out of the list. */
  private Extents merge(Extents map, List<VersionRecord.Run> runs, int count) {
    Extents merged = map;
    for (VersionRecord.Run run : runs.subList(0, count)) {
      merged = merged.over(load.apply(run));
    }
    runs.subList(0, count).clear();
    return merged;
  }

  private VersionRecord.Run run(Extents extents) {
    long start = segment.total();
    List<MapIndex.Child> children = new ArrayList<>();
    for (Extents leaf : extents.pieces(LEAF_EXTENTS)) {
      children.add(
          new MapIndex.Child(
              leaf.list().get(0).first(), segment.add(Frames.MAP_LEAF, leaf.encode())));
    }
    int height = 0;
    while (children.size() > ROOT_CHILDREN) {
      List<MapIndex.Child> parents = new ArrayList<>();
      for (int from = 0; from < children.size(); from += INDEX_CHILDREN) {
        int to = Math.min(children.size(), from + INDEX_CHILDREN);
        MapIndex node = new MapIndex(height, children.subList(from, to));
        Encoder encoder = new Encoder();
        node.writeTo(encoder);
        parents.add(
            new MapIndex.Child(
                node.children().get(0).first(), segment.add(Frames.MAP_INDEX, encoder.toBytes())));
      }
      children = parents;
      height++;
    }
    List<Extents.Extent> all = extents.list();
    return new VersionRecord.Run(
        all.size(),
        segment.total() - start,
        all.get(all.size() - 1).end(),
        new MapIndex(height, children));
  }
}
