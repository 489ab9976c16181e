package io.github.s3vfs.benchmark;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one picture shows. Immutable.
 *
 * @param title of it
 * @param unit of all values
 * @param series bars of one colour, by their name; each series has the same labels in this order
 */
record Chart(String title, String unit, Map<String, Series> series) {
  /**
   * Bars of one colour.
   *
   * @param labels below the bars
   * @param values their heights
   */
  record Series(List<String> labels, List<Double> values) {}

  /** Which result is one bar. */
  private record Wanted(
      String series, String label, String scenario, String layout, String measure) {
    boolean is(BenchmarkResult result) {
      return result.scenario().equals(scenario)
          && result.layout().equals(layout)
          && result.measure().matches(measure);
    }
  }

  /** Collects what a chart is to show. */
  static final class Builder {
    private final String title;
    private final String unit;
    private final List<Wanted> wanted = new ArrayList<>();

    Builder(String title, String unit) {
      this.title = title;
      this.unit = unit;
    }

    /**
     * One more bar.
     *
     * @param measure a regular expression for the whole of the measure
     */
    Builder bar(String series, String label, String scenario, String layout, String measure) {
      wanted.add(new Wanted(series, label, scenario, layout, measure));
      return this;
    }

    /** With what was measured; empty if that is nothing of it. */
    Optional<Chart> of(List<BenchmarkResult> results) {
      Map<String, Map<String, Double>> found = new LinkedHashMap<>();
      for (Wanted bar : wanted) {
        results.stream()
            .filter(bar::is)
            .findFirst()
            .ifPresent(
                result ->
                    found
                        .computeIfAbsent(bar.series(), name -> new LinkedHashMap<>())
                        .put(bar.label(), result.value()));
      }
      if (found.isEmpty()) {
        return Optional.empty();
      }
      List<String> labels =
          found.values().stream().flatMap(bars -> bars.keySet().stream()).distinct().toList();
      Map<String, Series> series = new LinkedHashMap<>();
      found.forEach(
          (name, bars) ->
              series.put(
                  name,
                  new Series(
                      labels,
                      labels.stream().map(label -> bars.getOrDefault(label, 0.0)).toList())));
      return Optional.of(new Chart(title, unit, series));
    }
  }
}
