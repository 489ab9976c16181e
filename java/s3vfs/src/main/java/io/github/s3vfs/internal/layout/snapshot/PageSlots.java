package io.github.s3vfs.internal.layout.snapshot;

import java.util.Arrays;

/**
 * Numbers of pages to numbers of slots: an open-addressing hash table of primitives, as a large
 * transaction has millions of pages. Not thread-safe.
 */
final class PageSlots {
  private static final int NONE = 0;

  /** Page numbers as unsigned integers; 0 is no page. */
  private int[] pages = new int[64];

  private int[] slots = new int[64];
  private int size;

  int size() {
    return size;
  }

  /** The slot of a page, or -1. */
  int get(long page) {
    int index = index((int) page);
    return pages[index] == NONE ? -1 : slots[index];
  }

  void put(long page, int slot) {
    if (4L * (size + 1) > 3L * pages.length) {
      grow();
    }
    int index = index((int) page);
    if (pages[index] == NONE) {
      pages[index] = (int) page;
      size++;
    }
    slots[index] = slot;
  }

  private int index(int page) {
    int mask = pages.length - 1;
    int index = (page * 0x9E3779B9) >>> 7 & mask;
    while (pages[index] != NONE && pages[index] != page) {
      index = (index + 1) & mask;
    }
    return index;
  }

  private void grow() {
    int[] oldPages = pages;
    int[] oldSlots = slots;
    pages = new int[oldPages.length * 2];
    slots = new int[oldPages.length * 2];
    for (int i = 0; i < oldPages.length; i++) {
      if (oldPages[i] != NONE) {
        int index = index(oldPages[i]);
        pages[index] = oldPages[i];
        slots[index] = oldSlots[i];
      }
    }
  }

  /** All pages, ascending. */
  long[] sorted() {
    long[] sorted = new long[size];
    int count = 0;
    for (int page : pages) {
      if (page != NONE) {
        sorted[count++] = Integer.toUnsignedLong(page);
      }
    }
    Arrays.sort(sorted);
    return sorted;
  }

  void clear() {
    pages = new int[64];
    slots = new int[64];
    size = 0;
  }
}
