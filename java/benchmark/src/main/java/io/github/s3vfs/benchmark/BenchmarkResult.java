package io.github.s3vfs.benchmark;

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
    long value,
    @Nullable String target,
    @Nullable Boolean met) {

  /** As an object of JSON, on one line. */
  String toJson() {
    return "{\"scenario\": "
        + quoted(scenario)
        + ", \"layout\": "
        + quoted(layout)
        + ", \"measure\": "
        + quoted(measure)
        + ", \"unit\": "
        + quoted(unit)
        + ", \"value\": "
        + value
        + ", \"target\": "
        + (target == null ? "null" : quoted(target))
        + ", \"met\": "
        + met
        + "}";
  }

  private static String quoted(String text) {
    StringBuilder result = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        result.append('\\').append(c);
      } else if (c < 0x20) {
        result.append(String.format("\\u%04x", (int) c));
      } else {
        result.append(c);
      }
    }
    return result.append('"').toString();
  }
}
