package io.github.s3vfs.internal.diskcache;

import java.util.function.IntPredicate;

/**
 * Where bodies are: in which slab, and which slot of it. Takes 24 to 48 bytes of memory for each,
 * because it knows half of a key only: what it finds is to be verified. Entries of slabs that are
 * gone leave when room is needed. Thread-safe.
 */
final class SlabIndex {
  /** Of no slab. */
  static final long NOWHERE = 0;

  /** Takes the place of what was removed; of slab 0, which there is not. */
  private static final long REMOVED = 1;

  private static final int LEAST = 1024;

  private final IntPredicate isThere;
  private long[] keys = new long[LEAST];
  private long[] places = new long[LEAST];
  private int used;

  /**
   * @param isThere whether there is a slab of that number; thread-safe
   */
  SlabIndex(IntPredicate isThere) {
    this.isThere = isThere;
  }

  /** The place of a slot, in a slab of that number, 1 or more. */
  static long place(int slab, int slot) {
    return (long) slab << 32 | slot;
  }

  static int slab(long place) {
    return (int) (place >>> 32);
  }

  static int slot(long place) {
    return (int) place;
  }

  /** Where a body may be, or {@link #NOWHERE}. */
  synchronized long find(DiskKey key) {
    long place = places[position(key.low())];
    return isThere.test(slab(place)) ? place : NOWHERE;
  }

  /** Takes in where a body is, in place of where it was. */
  synchronized void put(DiskKey key, long place) {
    int at = position(key.low());
    if (places[at] == NOWHERE) {
      if (3L * (used + 1) > 2L * keys.length) {
        rebuild();
        at = position(key.low());
      }
      used++;
    }
    keys[at] = key.low();
    places[at] = place;
  }

  /** Removes a body, unless it is at another place now. */
  synchronized void remove(DiskKey key, long place) {
    int at = position(key.low());
    if (places[at] == place) {
      places[at] = REMOVED;
    }
  }

  /** Where a key is, or the empty place where it would be; there always is one. */
  private int position(long key) {
    int at = (int) (key ^ key >>> 32) & (keys.length - 1);
    while (places[at] != NOWHERE && keys[at] != key) {
      at = (at + 1) & (keys.length - 1);
    }
    return at;
  }

  /** Leaves out what is gone, and makes half of the places empty at least. */
  private void rebuild() {
    long[] oldKeys = keys;
    long[] oldPlaces = places;
    int there = 0;
    for (long place : oldPlaces) {
      there += isThere.test(slab(place)) ? 1 : 0;
    }
    int size = LEAST;
    while (size < 2L * (there + 1)) {
      size *= 2;
    }
    keys = new long[size];
    places = new long[size];
    used = 0;
    for (int i = 0; i < oldPlaces.length; i++) {
      if (used < there && isThere.test(slab(oldPlaces[i]))) {
        int at = position(oldKeys[i]);
        keys[at] = oldKeys[i];
        places[at] = oldPlaces[i];
        used++;
      }
    }
  }
}
