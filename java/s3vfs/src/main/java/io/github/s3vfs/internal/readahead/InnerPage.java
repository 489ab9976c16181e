package io.github.s3vfs.internal.readahead;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The children of an inner page of a B-tree, and how far a reader is in them.
 *
 * <p>The format: https://sqlite.org/fileformat2.html#b_tree_pages.
 */
final class InnerPage {
  private static final int INDEX_INNER = 2;
  private static final int TABLE_INNER = 5;

  /** Bytes of the file's header, which page 1 begins with. */
  private static final int FILE_HEADER = 100;

  private static final int CELL_COUNT = 3;
  private static final int RIGHT_CHILD = 8;
  private static final int CELL_POINTERS = 12;

  final long page;
  final int[] children;

  /** The one that it is a child of, if that is known. */
  @Nullable InnerPage parent;

  /** The least and the greatest child. */
  private final long least;

  private final long greatest;

  /** Where the reader was last; outside of the children if it has not come yet. */
  int last;

  boolean entered;

  /**
   * Whether its children are inner pages, which a scan of the leaves fetches when it needs them.
   */
  boolean isAboveInner;

  int steps;
  @Nullable BTreeScan scan;

  InnerPage(long page, int[] children) {
    this.page = page;
    this.children = children;
    this.least = Arrays.stream(children).mapToLong(Integer::toUnsignedLong).min().orElse(0);
    this.greatest = Arrays.stream(children).mapToLong(Integer::toUnsignedLong).max().orElse(0);
  }

  /** The index of a child, or -1. */
  int find(long child) {
    int wanted = (int) child;
    // Most often it is the next one.
    if (last + 1 < children.length && last >= -1 && children[last + 1] == wanted) {
      return last + 1;
    }
    if (child < least || child > greatest) {
      return -1;
    }
    for (int i = 0; i < children.length; i++) {
      if (children[i] == wanted) {
        return i;
      }
    }
    return -1;
  }

  /**
   * What a page says.
   *
   * @param content the whole page, from position 0 to the limit; both stay
   * @return null if it is no inner page
   */
  static @Nullable InnerPage of(long page, ByteBuffer content) {
    ByteBuffer bytes = content.duplicate().order(ByteOrder.BIG_ENDIAN);
    int header = page == 1 ? FILE_HEADER : 0;
    int type = header < bytes.limit() ? bytes.get(header) : 0;
    if ((type != INDEX_INNER && type != TABLE_INNER)) {
      return null;
    }
    int cells = Short.toUnsignedInt(bytes.getShort(header + CELL_COUNT));
    int pointers = header + CELL_POINTERS;
    if (pointers + 2 * cells > bytes.limit()) {
      return null;
    }
    int[] children = new int[cells + 1];
    for (int i = 0; i < cells; i++) {
      int cell = Short.toUnsignedInt(bytes.getShort(pointers + 2 * i));
      if (cell + Integer.BYTES > bytes.limit()) {
        return null;
      }
      children[i] = bytes.getInt(cell);
    }
    children[cells] = bytes.getInt(header + RIGHT_CHILD);
    return new InnerPage(page, children);
  }
}
