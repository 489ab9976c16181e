package io.github.s3vfs.changelog;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The B-tree of a table with rowids, down to the numbers of its leaves
 * (https://www.sqlite.org/fileformat2.html, "B-tree Pages"). Immutable.
 */
final class TableTree implements RowTree {
  private static final int INNER = 5;
  private static final int LEAF = 13;

  /**
   * Rowids, both ends included.
   *
   * @param first the least
   * @param last the greatest
   */
  record Range(long first, long last) implements RowRange {
    @Override
    public String where(ReaderTable table) {
      return table.rowid() + " BETWEEN ? AND ?";
    }

    @Override
    public List<Object> values() {
      return List.of(first, last);
    }
  }

  /** An inner page: its children, and the greatest rowid below each but the last. */
  private static final class Inner {
    final long[] children;
    final long[] keys;

    Inner(long[] children, long[] keys) {
      this.children = children;
      this.keys = keys;
    }
  }

  private final Map<Long, Inner> inner;
  private final List<Range> ranges = new ArrayList<>();
  private long[] leaves = new long[64];

  private TableTree(Map<Long, Inner> inner) {
    this.inner = inner;
  }

  /**
   * Reads the inner pages of a tree, and one leaf.
   *
   * @param before the tree of another version; null if there is none
   * @param changed pages that are not as in that version, ascending
   */
  static TableTree read(Pages pages, long root, @Nullable TableTree before, long[] changed)
      throws NoTree {
    Reading reading = new Reading(pages, before == null ? Map.of() : before.inner, changed);
    TableTree tree = new TableTree(reading.read());
    tree.walk(reading, root, reading.height(root), Long.MIN_VALUE, Long.MAX_VALUE);
    tree.leaves = Arrays.copyOf(tree.leaves, tree.ranges.size());
    return tree;
  }

  private void walk(Reading reading, long page, int height, long first, long last) throws NoTree {
    if (height == 0) {
      add(page, new Range(first, last));
      return;
    }
    Inner found = reading.inner(page, height);
    long from = first;
    for (int i = 0; i < found.keys.length; i++) {
      walk(reading, found.children[i], height - 1, from, found.keys[i]);
      from = found.keys[i] + 1;
    }
    walk(reading, found.children[found.keys.length], height - 1, from, last);
  }

  private void add(long page, Range range) {
    if (ranges.size() == leaves.length) {
      leaves = Arrays.copyOf(leaves, leaves.length * 2);
    }
    leaves[ranges.size()] = page;
    ranges.add(range);
  }

  /** Reads one tree. */
  private static final class Reading extends InnerPages<Inner> {
    Reading(Pages pages, Map<Long, Inner> before, long[] changed) {
      super(INNER, LEAF, "a table", pages, before, changed);
    }

    @Override
    long[] children(Inner inner) {
      return inner.children;
    }

    @Override
    Inner keep(byte[] page, long[] children, int[] cells) {
      long[] keys = new long[cells.length];
      for (int i = 0; i < cells.length; i++) {
        keys[i] = SqlitePage.varint(page, cells[i]);
      }
      return new Inner(children, keys);
    }
  }

  /** How many leaves it has. */
  int leafCount() {
    return leaves.length;
  }

  /**
   * As {@link RowTree#rangesChangedFrom}; ascending, none next to another: the rowids of leaves
   * that have changed, or that are in one of the two only.
   */
  @Override
  public List<Range> rangesChangedFrom(RowTree before, long[] changed) {
    TableTree other = (TableTree) before;
    List<Range> dirty = new ArrayList<>();
    addDirty(dirty, other, changed);
    other.addDirty(dirty, this, changed);
    dirty.sort((a, b) -> Long.compare(a.first(), b.first()));
    List<Range> merged = new ArrayList<>();
    for (Range each : dirty) {
      Range last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
      if (last != null && (last.last() == Long.MAX_VALUE || each.first() <= last.last() + 1)) {
        merged.set(merged.size() - 1, new Range(last.first(), Math.max(last.last(), each.last())));
      } else {
        merged.add(each);
      }
    }
    return merged;
  }

  private void addDirty(List<Range> dirty, TableTree other, long[] changed) {
    long[] theirs = other.leaves.clone();
    Arrays.sort(theirs);
    for (int i = 0; i < leaves.length; i++) {
      boolean same =
          Arrays.binarySearch(theirs, leaves[i]) >= 0
              && Arrays.binarySearch(changed, leaves[i]) < 0;
      if (!same) {
        dirty.add(ranges.get(i));
      }
    }
  }
}
