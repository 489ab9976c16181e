package io.github.s3vfs.benchmark;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One measured number.
 *
 * @param scenario which work was done
 * @param layout how the database was stored
 * @param measure what was measured
 * @param unit of the value
 * @param value the number; of several measurements the median
 * @param spread of the measurements; null if there was one
 * @param target what the value should be, for people; null if there is no target
 * @param met whether it is; null if there is no target
 */
record BenchmarkResult(
    String scenario,
    String layout,
    String measure,
    String unit,
    double value,
    @Nullable Spread spread,
    @Nullable String target,
    @Nullable Boolean met) {

  /** Of one measurement. */
  BenchmarkResult(
      String scenario,
      String layout,
      String measure,
      String unit,
      double value,
      @Nullable String target,
      @Nullable Boolean met) {
    this(scenario, layout, measure, unit, value, null, target, met);
  }

  /** As an object of JSON, on one line. */
  String toJson() {
    Spread of = spread == null ? Spread.once(value) : spread;
    return "{\"scenario\": "
        + Json.quoted(scenario)
        + ", \"layout\": "
        + Json.quoted(layout)
        + ", \"measure\": "
        + Json.quoted(measure)
        + ", \"unit\": "
        + Json.quoted(unit)
        + ", \"value\": "
        + number()
        + ", \"low\": "
        + number(of.low())
        + ", \"high\": "
        + number(of.high())
        + ", \"samples\": "
        + of.samples()
        + ", \"target\": "
        + (target == null ? "null" : Json.quoted(target))
        + ", \"met\": "
        + met
        + "}";
  }

  /** The value: whole numbers without a fraction, others with as much of it as says something. */
  String number() {
    return number(value);
  }

  /** The smallest and the largest of several measurements; empty if there was one. */
  String range() {
    return spread == null || spread.samples() == 1
        ? ""
        : number(spread.low()) + " .. " + number(spread.high());
  }

  /** For people: whether the target is met; empty if there is none. */
  String verdict() {
    return met == null ? "" : met ? "met" : "not met";
  }

  private static String number(double value) {
    if (value == Math.rint(value)) {
      return String.valueOf((long) value);
    }
    double size = Math.abs(value);
    return String.format(Locale.ROOT, size < 0.1 ? "%.6f" : size < 100 ? "%.3f" : "%.1f", value);
  }
}
