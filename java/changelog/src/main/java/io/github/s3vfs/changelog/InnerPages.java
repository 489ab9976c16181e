package io.github.s3vfs.changelog;

import io.github.s3vfs.changelog.RowTree.NoTree;
import io.github.s3vfs.changelog.RowTree.Pages;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the inner pages of a B-tree, of which another version may be known. Not thread-safe.
 *
 * @param <I> what is kept of an inner page
 */
abstract class InnerPages<I> {
  /** More would be more rows than there may be. */
  private static final int MAX_HEIGHT = 40;

  private final int innerType;
  private final int leafType;
  private final String what;
  private final Pages pages;
  private final Map<Long, I> before;
  private final long[] changed;
  private final Map<Long, I> read = new HashMap<>();

  /**
   * @param innerType the first byte of inner pages
   * @param leafType the first byte of leaves
   * @param what the tree is of, for messages
   * @param before inner pages of another version
   * @param changed pages that are not as in that version, ascending
   */
  InnerPages(
      int innerType, int leafType, String what, Pages pages, Map<Long, I> before, long[] changed) {
    this.innerType = innerType;
    this.leafType = leafType;
    this.what = what;
    this.pages = pages;
    this.before = before;
    this.changed = changed;
  }

  /**
   * What is to be kept of an inner page.
   *
   * @param children one more than cells
   * @param cells where they go on behind the child, within the page
   * @throws IndexOutOfBoundsException if a cell ends outside of the page
   */
  abstract I keep(byte[] page, long[] children, int[] cells) throws NoTree;

  abstract long[] children(I inner);

  /** Those that were asked for. */
  Map<Long, I> read() {
    return read;
  }

  private @Nullable I known(long page) {
    I known = read.get(page);
    return known == null && Arrays.binarySearch(changed, page) < 0 ? before.get(page) : known;
  }

  private @Nullable I find(long page) throws NoTree {
    I known = known(page);
    if (known == null) {
      known = parse(page, pages.page(page));
    }
    if (known != null) {
      read.put(page, known);
    }
    return known;
  }

  /** What is kept of a page; null if it is a leaf. */
  private @Nullable I parse(long number, byte[] page) throws NoTree {
    int start = number == 1 ? 100 : 0;
    if (page[start] == leafType) {
      return null;
    }
    int count = SqlitePage.u16(page, start + 3);
    if (page[start] != innerType || start + 12 + 2 * count > page.length) {
      throw new NoTree("page " + number + " is no page of " + what);
    }
    long[] children = new long[count + 1];
    int[] cells = new int[count];
    children[count] = SqlitePage.u32(page, start + 8);
    try {
      for (int i = 0; i < count; i++) {
        int at = SqlitePage.u16(page, start + 12 + 2 * i);
        children[i] = SqlitePage.u32(page, at);
        cells[i] = at + 4;
      }
      return keep(page, children, cells);
    } catch (IndexOutOfBoundsException e) {
      throw new NoTree("page " + number + " has a cell outside");
    }
  }

  /**
   * An inner page.
   *
   * @param height of the leaves below it, from 1: more, and its children will be read, too
   */
  I inner(long page, int height) throws NoTree {
    I found = find(page);
    if (found == null) {
      throw new NoTree("page " + page + " is a leaf, and others are deeper");
    }
    if (height > 1) {
      pages.prefetch(
          LongStream.of(children(found)).filter(child -> known(child) == null).toArray());
    }
    return found;
  }

  /** How many inner pages are above each leaf. Reads one leaf. */
  int height(long root) throws NoTree {
    int height = 0;
    I found = find(root);
    while (found != null) {
      height++;
      if (height > MAX_HEIGHT) {
        throw new NoTree("page " + root + " is the root of no tree");
      }
      found = find(children(found)[0]);
    }
    return height;
  }
}
