package io.github.s3vfs.internal.diskcache;

import java.nio.file.Path;
import java.util.Random;

/** Looks for bodies, and puts in what is not there; also as a process of its own. */
public final class CacheUser {
  private static final int NUMBERS = 400;

  private CacheUser() {}

  /** Arguments: directory, bound, steps, seed. Prints {@code hits=N}. */
  public static void main(String[] args) {
    System.out.println("begun");
    int steps = Integer.parseInt(args[2]);
    int hits = use(Path.of(args[0]), Long.parseLong(args[1]), steps, Long.parseLong(args[3]));
    System.out.println("hits=" + hits);
  }

  /** Returns how many were there; fails if one was not as it should be. */
  static int use(Path directory, long bound, int steps, long seed) {
    Random random = new Random(seed);
    int hits = 0;
    DiskCache cache = DiskCache.open(directory, bound);
    try {
      for (int step = 0; step < steps; step++) {
        int number = random.nextInt(NUMBERS);
        if (Bodies.isIn(cache, number)) {
          hits++;
        } else {
          Bodies.put(cache, number);
        }
        if (random.nextInt(200) == 0) {
          cache.close();
          cache = DiskCache.open(directory, bound);
        }
      }
    } finally {
      cache.close();
    }
    return hits;
  }
}
