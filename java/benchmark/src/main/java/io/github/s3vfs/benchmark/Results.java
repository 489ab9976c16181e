package io.github.s3vfs.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Takes down what one scenario measures in one layout, in order. For one thread. */
final class Results {
  private final String scenario;
  private final String layout;
  private final List<BenchmarkResult> results = new ArrayList<>();

  Results(String scenario, String layout) {
    this.scenario = scenario;
    this.layout = layout;
  }

  List<BenchmarkResult> list() {
    return List.copyOf(results);
  }

  /** A number without a target. */
  void add(String measure, String unit, Spread spread) {
    results.add(
        new BenchmarkResult(scenario, layout, measure, unit, spread.median(), spread, null, null));
  }

  /** A number that should be small. */
  void atMost(String measure, String unit, Spread spread, double most) {
    add(measure, unit, spread, "at most " + number(most), spread.median() <= most);
  }

  /** A number that should be large. */
  void atLeast(String measure, String unit, Spread spread, double least) {
    add(measure, unit, spread, "at least " + number(least), spread.median() >= least);
  }

  private void add(String measure, String unit, Spread spread, String target, boolean met) {
    results.add(
        new BenchmarkResult(scenario, layout, measure, unit, spread.median(), spread, target, met));
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? String.valueOf((long) value)
        : String.format(Locale.ROOT, "%.1f", value);
  }
}
