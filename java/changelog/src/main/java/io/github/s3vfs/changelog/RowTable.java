package io.github.s3vfs.changelog;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What is known of each row, by the hash of its key: the hash of its values, where they are in the
 * log, and in which look at the table it was last seen. 32 bytes for a row in hash tables with open
 * addressing that are filled to 44 to 67 percent: 48 to 72 bytes. Not thread-safe.
 */
final class RowTable {
  private static final int SHARDS = 256;
  private static final int WORDS = 4;
  private static final int FIRST_CAPACITY = 16;
  private static final int PLACE_BITS = 48;
  private static final long PLACE = (1L << PLACE_BITS) - 1;

  /** Looks at the table are told apart by their numbers modulo this. */
  static final int GENERATIONS = 1 << 16;

  /**
   * A key.
   *
   * @param high 64 bits
   * @param low 64 bits
   */
  record Key(long high, long low) {}

  /** By shard, rows of four words: key, key, hash, generation and place. A place of 0 is free. */
  private final long[][] shards = new long[SHARDS][FIRST_CAPACITY * WORDS];

  private final int[] counts = new int[SHARDS];

  /** Shards whose rows follow each other as they came: nobody has looked for one yet. */
  private final boolean[] appended = new boolean[SHARDS];

  private long[] shard = shards[0];
  private int at;

  /** Of no use, but that what it is made of is read. */
  @SuppressWarnings({"unused", "UnusedVariable"})
  private long prepared;

  long size() {
    long size = 0;
    for (int each : counts) {
      size += each;
    }
    return size;
  }

  /** What it takes in memory, in bytes, about. */
  long bytes() {
    long bytes = 0;
    for (long[] each : shards) {
      bytes += each.length * 8L;
    }
    return bytes;
  }

  /** Finds a row; the methods below are about it then. */
  boolean find(long high, long low) {
    int number = (int) (high >>> 56);
    if (appended[number]) {
      appended[number] = false;
      resize(number, Math.max(FIRST_CAPACITY, counts[number] * 2));
    }
    shard = shards[number];
    int slot = ideal(low, shard.length / WORDS);
    while (true) {
      at = slot * WORDS;
      if (shard[at + 3] == 0) {
        return false;
      }
      if (shard[at] == high && shard[at + 1] == low) {
        return true;
      }
      slot = slot + 1 == shard.length / WORDS ? 0 : slot + 1;
    }
  }

  /** Has the processor fetch the places of some rows, all at once. */
  void prepare(long[] highs, long[] lows, int count) {
    long sum = 0;
    for (int i = 0; i < count; i++) {
      long[] rows = shards[(int) (highs[i] >>> 56)];
      sum += rows[ideal(lows[i], rows.length / WORDS) * WORDS + 3];
    }
    prepared = sum;
  }

  private static int ideal(long low, int capacity) {
    return (int) (((low >>> 32) * capacity) >>> 32);
  }

  long hash() {
    return shard[at + 2];
  }

  long place() {
    return (shard[at + 3] & PLACE) - 1;
  }

  int generation() {
    return (int) (shard[at + 3] >>> PLACE_BITS);
  }

  /** Changes the row that was found. */
  void set(long hash, long place, int generation) {
    shard[at + 2] = hash;
    shard[at + 3] = ((long) generation << PLACE_BITS) | (place + 1);
  }

  /** Puts in a row that was not found just now. */
  void insert(long high, long low, long hash, long place, int generation) {
    shard[at] = high;
    shard[at + 1] = low;
    set(hash, place, generation);
    int number = (int) (high >>> 56);
    if (++counts[number] * 3L > shard.length / WORDS * 2L) {
      resize(number, shard.length / WORDS * 3 / 2);
    }
  }

  /**
   * Puts in a row whose key is not there. In a table that nobody has looked into this is cheaper:
   * memory is written in order.
   */
  void append(long high, long low, long hash, long place, int generation) {
    int number = (int) (high >>> 56);
    appended[number] |= counts[number] == 0;
    if (!appended[number]) {
      if (find(high, low)) {
        throw new IllegalStateException("the row is there");
      }
      insert(high, low, hash, place, generation);
      return;
    }
    int end = counts[number]++ * WORDS;
    if (end == shards[number].length) {
      shards[number] = Arrays.copyOf(shards[number], end / WORDS * 3 / 2 * WORDS);
    }
    shard = shards[number];
    at = end;
    shard[at] = high;
    shard[at + 1] = low;
    set(hash, place, generation);
  }

  private void resize(int number, int capacity) {
    long[] old = shards[number];
    long[] grown = new long[capacity * WORDS];
    for (int from = 0; from < old.length; from += WORDS) {
      if (old[from + 3] != 0) {
        int slot = ideal(old[from + 1], capacity);
        while (grown[slot * WORDS + 3] != 0) {
          slot = slot + 1 == capacity ? 0 : slot + 1;
        }
        System.arraycopy(old, from, grown, slot * WORDS, WORDS);
      }
    }
    shards[number] = grown;
  }

  /** Takes out the row that was found. */
  void remove(long high) {
    counts[(int) (high >>> 56)]--;
    int capacity = shard.length / WORDS;
    int hole = at / WORDS;
    int next = hole;
    while (true) {
      next = next + 1 == capacity ? 0 : next + 1;
      if (shard[next * WORDS + 3] == 0) {
        break;
      }
      int ideal = ideal(shard[next * WORDS + 1], capacity);
      boolean stays = hole < next ? hole < ideal && ideal <= next : hole < ideal || ideal <= next;
      if (!stays) {
        System.arraycopy(shard, next * WORDS, shard, hole * WORDS, WORDS);
        hole = next;
      }
    }
    shard[hole * WORDS + 3] = 0;
  }

  /** How many parts {@link #unseen} has. */
  static int parts() {
    return SHARDS;
  }

  /** The rows of a part that were not seen in a look at the table. */
  List<Key> unseen(int part, int generation) {
    List<Key> keys = new ArrayList<>();
    long[] rows = shards[part];
    for (int from = 0; from < rows.length; from += WORDS) {
      if (rows[from + 3] != 0 && (int) (rows[from + 3] >>> PLACE_BITS) != generation) {
        keys.add(new Key(rows[from], rows[from + 1]));
      }
    }
    return keys;
  }

  /** No row was seen in any look that is to come. */
  void forgetGenerations() {
    for (long[] rows : shards) {
      for (int from = 0; from < rows.length; from += WORDS) {
        rows[from + 3] &= PLACE;
      }
    }
  }
}
