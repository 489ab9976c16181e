package io.github.s3vfs.simulation;

import java.util.Map;
import java.util.TreeMap;

/** How often what has happened. */
final class Counts {
  private final Map<String, Long> counts = new TreeMap<>();

  void add(String what) {
    counts.merge(what, 1L, Long::sum);
  }

  void addAll(Counts more) {
    more.counts.forEach((what, count) -> counts.merge(what, count, Long::sum));
  }

  long get(String what) {
    return counts.getOrDefault(what, 0L);
  }

  /** "a 1, b 2". */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    counts.forEach(
        (what, count) ->
            text.append(text.isEmpty() ? "" : ", ").append(what).append(' ').append(count));
    return text.toString();
  }
}
