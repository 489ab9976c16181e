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
 * @param value the number
 * @param target what the value should be, for people; null if there is no target
 * @param met whether it is; null if there is no target
 */
record BenchmarkResult(
    String scenario,
    String layout,
    String measure,
    String unit,
    double value,
    @Nullable String target,
    @Nullable Boolean met) {

  /** As an object of JSON, on one line. */
  String toJson() {
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
        + ", \"target\": "
        + (target == null ? "null" : Json.quoted(target))
        + ", \"met\": "
        + met
        + "}";
  }

  /** The value: whole numbers without a fraction, others with as much of it as says something. */
  String number() {
    if (value == Math.rint(value)) {
      return String.valueOf((long) value);
    }
    return String.format(Locale.ROOT, value < 0.1 ? "%.6f" : value < 100 ? "%.3f" : "%.1f", value);
  }
}
