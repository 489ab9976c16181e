package io.github.s3vfs.model;

/** A set of fingerprints, eight bytes each, open addressing. */
final class FingerprintSet {
  private long[] table;
  private int size;

  /** An empty one with room for some; the number is a power of two. */
  FingerprintSet(int room) {
    table = new long[2 * room];
  }

  /** Whether the fingerprint was not there before. */
  boolean add(long fingerprint) {
    if (3L * size > 2L * table.length) {
      long[] old = table;
      table = new long[2 * old.length];
      for (long value : old) {
        if (value != 0) {
          insert(value);
        }
      }
    }
    boolean added = insert(fingerprint == 0 ? 1 : fingerprint);
    size += added ? 1 : 0;
    return added;
  }

  private boolean insert(long value) {
    int mask = table.length - 1;
    int at = (int) (value >>> 20) & mask;
    while (table[at] != 0) {
      if (table[at] == value) {
        return false;
      }
      at = (at + 1) & mask;
    }
    table[at] = value;
    return true;
  }
}
