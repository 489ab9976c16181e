package io.github.s3vfs.benchmark;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * What the same work cost on two sides, round by round: both sides of a round followed directly on
 * each other, so that whatever else the machine did met both alike. Immutable.
 *
 * @param local by round; not to be changed
 * @param remote the same of the other side
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Paired(Sample[] local, Sample[] remote) {
  /** So many rounds there are at least, whatever time they take. */
  private static final int LEAST_ROUNDS = 9;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /**
   * The work of one round on one side.
   *
   * @param nanos per operation
   * @param processorNanos those per operation in which a processor ran the thread; NaN if it is not
   *     known. What other programs do hardly changes it, but it does not have the time of other
   *     threads, and of waiting for them
   * @param checksum of what was read
   */
  record Sample(double nanos, double processorNanos, long checksum) {}

  /** Does the work of a round on one side. */
  interface Side {
    /**
     * Does the work of the round of that number.
     *
     * @throws Exception if it fails
     */
    Sample run(int round) throws Exception;
  }

  /** Work of which one call is several operations. */
  interface Work {
    /**
     * Does the work.
     *
     * @return a checksum
     * @throws Exception if it fails
     */
    long run(int round) throws Exception;
  }

  /** A side that does some operations in each round, and is timed as a whole. */
  static Side timed(int operations, Work work) {
    return round -> {
      long processor = THREADS.getCurrentThreadCpuTime();
      long start = System.nanoTime();
      long checksum = work.run(round);
      double nanos = System.nanoTime() - start;
      double processorNanos = THREADS.getCurrentThreadCpuTime() - processor;
      return new Sample(nanos / operations, processorNanos / operations, checksum);
    };
  }

  /**
   * Runs both sides in turn; which of them begins changes with each round. What is done in the
   * first quarter of the time is for the JVM to warm up, and not measured.
   *
   * @throws IllegalStateException if the two sides read different things
   * @throws Exception what a side throws
   */
  static Paired measure(Duration time, Side local, Side remote) throws Exception {
    List<Sample> locals = new ArrayList<>();
    List<Sample> remotes = new ArrayList<>();
    long start = System.nanoTime();
    for (int round = 0; ; round++) {
      long elapsed = System.nanoTime() - start;
      if (locals.size() >= LEAST_ROUNDS && elapsed >= time.toNanos()) {
        break;
      }
      boolean localFirst = round % 2 == 0;
      Sample first = (localFirst ? local : remote).run(round);
      Sample second = (localFirst ? remote : local).run(round);
      if (first.checksum() != second.checksum()) {
        throw new IllegalStateException("the two sides do not read the same");
      }
      if (elapsed >= time.toNanos() / 4) {
        locals.add(localFirst ? first : second);
        remotes.add(localFirst ? second : first);
      }
    }
    return new Paired(locals.toArray(Sample[]::new), remotes.toArray(Sample[]::new));
  }

  /** Nanoseconds per operation, the median of the rounds. */
  double medianLocal() {
    return quantile(Arrays.stream(local).mapToDouble(Sample::nanos), 0.5);
  }

  /** The same of the other side. */
  double medianRemote() {
    return quantile(Arrays.stream(remote).mapToDouble(Sample::nanos), 0.5);
  }

  /** A quantile of the ratios of the rounds, each remote to local. */
  double ratio(double quantile) {
    return quantile(ratios(Sample::nanos), quantile);
  }

  /** The median of the ratios of the times in which a processor ran the thread. */
  double processorRatio() {
    return quantile(ratios(Sample::processorNanos), 0.5);
  }

  /** Remote to local, each side's fastest tenth of rounds: those that nothing else disturbed. */
  double ratioOfFastest() {
    return quantile(Arrays.stream(remote).mapToDouble(Sample::nanos), 0.1)
        / quantile(Arrays.stream(local).mapToDouble(Sample::nanos), 0.1);
  }

  /** Remote to local, all rounds together: with the few that had to wait for something. */
  double ratioOfSums() {
    return Arrays.stream(remote).mapToDouble(Sample::nanos).sum()
        / Arrays.stream(local).mapToDouble(Sample::nanos).sum();
  }

  private DoubleStream ratios(ToDoubleFunction<Sample> of) {
    return IntStream.range(0, local.length)
        .mapToDouble(i -> of.applyAsDouble(remote[i]) / of.applyAsDouble(local[i]));
  }

  private static double quantile(DoubleStream values, double quantile) {
    double[] sorted = values.sorted().toArray();
    double position = quantile * (sorted.length - 1);
    int below = (int) position;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  }
}
