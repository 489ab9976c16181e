package io.github.s3vfs.changelog;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Finds out whether a value may have changed on an overflow page alone, while the leaf that it
 * begins on has not: SQLite overwrites values of the same length in place. Overflow pages do not
 * say whose they are. So each changed page that looks like one must be in a chain that begins on a
 * changed page, or free. Not thread-safe.
 */
final class OverflowPages {
  private static final int INNER_INDEX = 2;
  private static final int INNER_TABLE = 5;
  private static final int LEAF_INDEX = 10;
  private static final int LEAF_TABLE = 13;

  /** From so many pages on, the number in front of an overflow page looks like a B-tree's kind. */
  private static final long MOST_PAGES = 1L << 25;

  private final RowTree.Pages pages;
  private final int usable;
  private final long pageCount;
  private final Set<Long> unexplained = new HashSet<>();
  private final Map<Long, byte[]> trees = new HashMap<>();

  private OverflowPages(RowTree.Pages pages, int usable, long pageCount) {
    this.pages = pages;
    this.usable = usable;
    this.pageCount = pageCount;
  }

  /**
   * Whether all changed pages are B-trees', free, or continue what begins on changed pages.
   *
   * @param pages of the new version
   * @param changed pages that are not as in the old version
   */
  static boolean explains(RowTree.Pages pages, int pageSize, long pageCount, long[] changed) {
    byte[] first = pages.page(1);
    boolean autoVacuum = SqlitePage.u32(first, 52) != 0;
    if (autoVacuum || pageCount >= MOST_PAGES) {
      return false;
    }
    OverflowPages overflow = new OverflowPages(pages, pageSize - (first[20] & 0xff), pageCount);
    for (long each : changed) {
      if (each > 1 && each <= pageCount) {
        overflow.add(each, pages.page(each));
      }
    }
    try {
      overflow.follow();
    } catch (IndexOutOfBoundsException e) {
      return false; // a page that is no B-tree
    }
    if (!overflow.unexplained.isEmpty()) {
      overflow.free(SqlitePage.u32(first, 32));
    }
    return overflow.unexplained.isEmpty();
  }

  private void add(long number, byte[] page) {
    switch (page[0]) {
      case INNER_INDEX, LEAF_INDEX, LEAF_TABLE -> trees.put(number, page);
      case INNER_TABLE -> {}
      default -> unexplained.add(number);
    }
  }

  private void follow() {
    for (byte[] page : trees.values()) {
      boolean table = page[0] == LEAF_TABLE;
      boolean inner = page[0] == INNER_INDEX;
      int cells = SqlitePage.u16(page, 3);
      for (int i = 0; i < cells && !unexplained.isEmpty(); i++) {
        int at = SqlitePage.u16(page, (inner ? 12 : 8) + 2 * i) + (inner ? 4 : 0);
        long payload = SqlitePage.varint(page, at);
        at += SqlitePage.varintLength(page, at);
        at += table ? SqlitePage.varintLength(page, at) : 0;
        long local = SqlitePage.local(payload, usable, table);
        if (local < payload) {
          follow(SqlitePage.u32(page, at + (int) local), payload - local);
        }
      }
    }
  }

  /** Where the page is a free one, what it points to may be another page by now. */
  private void follow(long start, long bytes) {
    long page = start;
    long left = bytes;
    while (page != 0 && page <= pageCount && left > 0 && !unexplained.isEmpty()) {
      unexplained.remove(page);
      page = SqlitePage.u32(pages.page(page), 0);
      left -= usable - 4;
    }
  }

  private void free(long firstTrunk) {
    long trunk = firstTrunk;
    while (trunk != 0 && trunk <= pageCount && !unexplained.isEmpty()) {
      byte[] page = pages.page(trunk);
      unexplained.remove(trunk);
      long count = Math.min(SqlitePage.u32(page, 4), page.length / 4 - 2L);
      for (int i = 0; i < count; i++) {
        unexplained.remove(SqlitePage.u32(page, 8 + 4 * i));
      }
      trunk = SqlitePage.u32(page, 0);
    }
  }
}
