package io.github.s3vfs.simulation;

import java.time.Duration;
import java.util.SplittableRandom;

/**
 * What a run is like.
 *
 * @param processes how many there are at a time
 * @param steps until faults end
 * @param faults of 1000 requests, so many have a fate that is not good
 * @param crashes of 100,000 steps, so many let a process crash
 * @param interrupts of 100,000 steps, so many interrupt an actor
 * @param jumps of 1000 steps, so many let some time pass
 * @param truncations whether bodies are cut off
 * @param deletions whether the database is deleted now and then
 * @param replacements whether it is replaced
 * @param readers whether processes have readers beside their writers
 * @param upkeep whether processes compact and collect
 * @param largePages of 100 growths, so many are by many pages
 * @param term of claims
 * @param retention of versions
 * @param uniqueEtags whether every write has another ETag
 */
record Conditions(
    int processes,
    int steps,
    int faults,
    int crashes,
    int interrupts,
    int jumps,
    boolean truncations,
    boolean deletions,
    boolean replacements,
    boolean readers,
    boolean upkeep,
    int largePages,
    Duration term,
    Duration retention,
    boolean uniqueEtags) {

  private static final int[] FAULTS = {0, 10, 50, 150, 300};
  private static final int[] CRASHES = {0, 0, 300, 1000};
  private static final int[] INTERRUPTS = {0, 0, 0, 500};
  private static final int[] JUMPS = {0, 5, 20};
  private static final int[] TERMS = {2, 10, 60};
  private static final int[] RETENTIONS = {1, 20, 900};

  static Conditions of(SplittableRandom random) {
    return new Conditions(
        1 + random.nextInt(4),
        150 + random.nextInt(600),
        one(random, FAULTS),
        one(random, CRASHES),
        one(random, INTERRUPTS),
        one(random, JUMPS),
        random.nextInt(5) == 0,
        random.nextInt(4) == 0,
        random.nextInt(2) == 0,
        random.nextInt(2) == 0,
        random.nextInt(3) > 0,
        random.nextBoolean() ? 50 : 0,
        Duration.ofSeconds(one(random, TERMS)),
        Duration.ofSeconds(one(random, RETENTIONS)),
        random.nextBoolean());
  }

  private static int one(SplittableRandom random, int[] values) {
    return values[random.nextInt(values.length)];
  }
}
