package io.github.s3vfs.benchmark;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;

/**
 * What repeated measurements of the same thing said.
 *
 * @param median the middle one; of an even number, the mean of the two in the middle
 * @param low the smallest
 * @param high the largest
 * @param samples how many there were, 1 or more
 */
record Spread(double median, double low, double high, int samples) {
  /**
   * Of a value of each measurement.
   *
   * @throws IllegalArgumentException if there are none
   */
  static <T> Spread of(List<T> measurements, ToDoubleFunction<T> value) {
    double[] sorted = measurements.stream().mapToDouble(value).sorted().toArray();
    if (sorted.length == 0) {
      throw new IllegalArgumentException("nothing was measured");
    }
    double median = (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    return new Spread(median, sorted[0], sorted[sorted.length - 1], sorted.length);
  }

  /** Of something that was measured once. */
  static Spread once(double value) {
    return new Spread(value, value, value, 1);
  }

  /** The same in other units; the function may turn the order around. */
  Spread map(DoubleUnaryOperator function) {
    double[] ends = {function.applyAsDouble(low), function.applyAsDouble(high)};
    Arrays.sort(ends);
    return new Spread(function.applyAsDouble(median), ends[0], ends[1], samples);
  }
}
