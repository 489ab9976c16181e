package io.github.s3vfs.changelog;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The B-tree of a table WITHOUT ROWID: that of an index by the primary key, whose entries are the
 * rows, on inner pages, too. Of these the keys are kept, and the numbers of the leaves
 * (https://www.sqlite.org/fileformat2.html, "B-tree Pages"). Immutable.
 */
final class KeyTree implements RowTree {
  private static final int INNER = 2;
  private static final int LEAF = 10;

  /**
   * Rows from one key to another one, both included.
   *
   * @param low null for no bound
   * @param high null for no bound
   */
  record Range(@Nullable List<Object> low, @Nullable List<Object> high) implements RowRange {
    @Override
    public String where(ReaderTable table) {
      String columns =
          "("
              + String.join(
                  ", ",
                  table.primaryKey().stream().map(part -> Names.quoted(part.column())).toList())
              + ")";
      // The collation of the index, whatever the columns' own is.
      String bound =
          "("
              + String.join(
                  ", ",
                  table.primaryKey().stream()
                      .map(part -> "? COLLATE " + Names.quoted(part.collation()))
                      .toList())
              + ")";
      List<String> conditions = new ArrayList<>();
      if (low != null) {
        conditions.add(columns + " >= " + bound);
      }
      if (high != null) {
        conditions.add(columns + " <= " + bound);
      }
      return conditions.isEmpty() ? "true" : String.join(" AND ", conditions);
    }

    @Override
    public List<Object> values() {
      List<Object> values = new ArrayList<>();
      if (low != null) {
        values.addAll(low);
      }
      if (high != null) {
        values.addAll(high);
      }
      return values;
    }
  }

  /** An inner page: its children, and the keys of the rows between them. */
  private static final class Inner {
    final long[] children;
    final List<List<Object>> keys;

    Inner(long[] children, List<List<Object>> keys) {
      this.children = children;
      this.keys = keys;
    }
  }

  private final Map<Long, Inner> inner;

  /** In order; behind each but the last one is a row of an inner page. */
  private final List<Long> leaves = new ArrayList<>();

  private final List<List<Object>> between = new ArrayList<>();
  private final List<Long> pagesOfBetween = new ArrayList<>();

  private KeyTree(Map<Long, Inner> inner) {
    this.inner = inner;
  }

  /**
   * Reads the inner pages of a tree, and one leaf.
   *
   * @param columns how many the key has
   * @param before the tree of another version; null if there is none
   * @param changed pages that are not as in that version, ascending
   */
  static KeyTree read(
      Pages pages, long root, int usable, int columns, @Nullable KeyTree before, long[] changed)
      throws NoTree {
    Reading reading =
        new Reading(pages, usable, columns, before == null ? Map.of() : before.inner, changed);
    KeyTree tree = new KeyTree(reading.read());
    tree.walk(reading, root, reading.height(root));
    return tree;
  }

  private void walk(Reading reading, long page, int height) throws NoTree {
    if (height == 0) {
      leaves.add(page);
      return;
    }
    Inner found = reading.inner(page, height);
    for (int i = 0; i < found.children.length; i++) {
      walk(reading, found.children[i], height - 1);
      if (i < found.keys.size()) {
        between.add(found.keys.get(i));
        pagesOfBetween.add(page);
      }
    }
  }

  /** Reads one tree. */
  private static final class Reading extends InnerPages<Inner> {
    private final int usable;
    private final int columns;

    Reading(Pages pages, int usable, int columns, Map<Long, Inner> before, long[] changed) {
      super(INNER, LEAF, "a table WITHOUT ROWID", pages, before, changed);
      this.usable = usable;
      this.columns = columns;
    }

    @Override
    long[] children(Inner inner) {
      return inner.children;
    }

    @Override
    Inner keep(byte[] page, long[] children, int[] cells) throws NoTree {
      List<List<Object>> keys = new ArrayList<>();
      for (int at : cells) {
        long payload = SqlitePage.varint(page, at);
        int from = at + SqlitePage.varintLength(page, at);
        keys.add(key(page, from, from + (int) SqlitePage.local(payload, usable, false)));
      }
      return new Inner(children, keys);
    }

    /** The first columns of a record (https://www.sqlite.org/fileformat2.html#record_format). */
    private List<Object> key(byte[] page, int start, int end) throws NoTree {
      int type = start + SqlitePage.varintLength(page, start);
      int at = start + (int) SqlitePage.varint(page, start);
      List<Object> key = new ArrayList<>(columns);
      for (int i = 0; i < columns; i++) {
        long serial = SqlitePage.varint(page, type);
        type += SqlitePage.varintLength(page, type);
        int size = size(serial);
        if (serial == 0 || type > end || size < 0 || size > end - at) {
          throw new NoTree("a key is longer than what an inner page has of it");
        }
        key.add(value(page, at, serial, size));
        at += size;
      }
      return key;
    }

    private static int size(long serial) {
      return switch ((int) Math.min(serial, 12)) {
        case 0, 8, 9 -> 0;
        case 1, 2, 3, 4 -> (int) serial;
        case 5 -> 6;
        case 6, 7 -> 8;
        case 12 -> (int) Math.min(Integer.MAX_VALUE, (serial - 12) / 2);
        default -> -1;
      };
    }

    private static Object value(byte[] page, int at, long serial, int size) throws NoTree {
      if (serial >= 12) {
        byte[] bytes = Arrays.copyOfRange(page, at, at + size);
        return serial % 2 == 0 ? bytes : text(bytes);
      }
      if (serial == 8 || serial == 9) {
        return serial - 8;
      }
      long number = page[at];
      for (int i = 1; i < size; i++) {
        number = number << 8 | (page[at + i] & 0xff);
      }
      return serial == 7 ? (Object) Double.longBitsToDouble(number) : (Object) number;
    }

    private static String text(byte[] bytes) throws NoTree {
      String text = new String(bytes, StandardCharsets.UTF_8);
      if (!Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes)) {
        throw new NoTree("a key is no UTF-8");
      }
      return text;
    }
  }

  /**
   * As {@link RowTree#rangesChangedFrom}; the ranges of the two trees are behind each other, and
   * may overlap.
   */
  @Override
  public List<Range> rangesChangedFrom(RowTree before, long[] changed) {
    KeyTree other = (KeyTree) before;
    List<Range> ranges = new ArrayList<>();
    addDirty(ranges, other, changed);
    other.addDirty(ranges, this, changed);
    return ranges;
  }

  private void addDirty(List<Range> ranges, KeyTree other, long[] changed) {
    Set<Long> theirLeaves = new HashSet<>(other.leaves);
    int run = -1; // the first of leaves in a row that are dirty
    for (int i = 0; i < leaves.size(); i++) {
      if (isDirty(leaves.get(i), theirLeaves, changed)) {
        run = run < 0 ? i : run;
        continue;
      }
      if (run >= 0) {
        ranges.add(new Range(bound(run - 1), bound(i - 1)));
        run = -1;
      }
      List<Object> behind = bound(i);
      if (behind != null && isDirty(pagesOfBetween.get(i), other.inner.keySet(), changed)) {
        ranges.add(new Range(behind, behind));
      }
    }
    if (run >= 0) {
      ranges.add(new Range(bound(run - 1), null));
    }
  }

  private @Nullable List<Object> bound(int index) {
    return index < 0 || index >= between.size() ? null : between.get(index);
  }

  private static boolean isDirty(long page, Set<Long> theirs, long[] changed) {
    return !theirs.contains(page) || Arrays.binarySearch(changed, page) >= 0;
  }
}
