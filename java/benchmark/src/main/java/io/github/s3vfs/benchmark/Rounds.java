package io.github.s3vfs.benchmark;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How often something is measured.
 *
 * @param most so often
 * @param budget no further round begins when so much time has passed; there is at least one
 */
record Rounds(int most, Duration budget) {
  /** For what takes a fraction of a second. */
  static final Rounds SHORT = new Rounds(7, Duration.ofSeconds(15));

  /** For what takes seconds. */
  static final Rounds LONG = new Rounds(5, Duration.ofSeconds(12));

  /** A measurement. */
  interface Round<T> {
    /**
     * Does it.
     *
     * @param number from 0; the same number does the same work
     */
    T run(int number) throws Exception;
  }

  /**
   * Measures.
   *
   * @throws Exception what a round throws
   */
  <T> List<T> run(Round<T> round) throws Exception {
    List<T> results = new ArrayList<>();
    long start = System.nanoTime();
    do {
      results.add(round.run(results.size()));
    } while (results.size() < most && System.nanoTime() - start < budget.toNanos());
    return results;
  }
}
