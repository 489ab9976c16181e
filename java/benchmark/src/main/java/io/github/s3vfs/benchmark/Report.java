package io.github.s3vfs.benchmark;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What was measured, and on what.
 *
 * @param settings for people, by name; empty if there is nothing to say
 * @param results in the order in which they are printed
 */
record Report(Map<String, String> settings, List<BenchmarkResult> results) {
  /** As a table. */
  void print(PrintStream out) {
    settings.forEach((name, value) -> out.println(name + ": " + value));
    for (BenchmarkResult result : results) {
      String target = result.target() == null ? "" : result.target();
      out.println(
          String.format(
                  Locale.ROOT,
                  "%-8s  %-88s %9s %-11s  %-20s  %-28s %s",
                  result.layout(),
                  result.measure(),
                  result.number(),
                  result.unit(),
                  result.range(),
                  target,
                  result.verdict())
              .stripTrailing());
    }
  }

  /** An array of the results; or, if there are settings, an object that has both. */
  String toJson() {
    String array =
        results.stream()
            .map(BenchmarkResult::toJson)
            .collect(Collectors.joining(",\n  ", "[\n  ", "\n]"));
    if (settings.isEmpty()) {
      return array + "\n";
    }
    String object =
        settings.entrySet().stream()
            .map(each -> Json.quoted(each.getKey()) + ": " + Json.quoted(each.getValue()))
            .collect(Collectors.joining(",\n  ", "{\n  ", "\n}"));
    return "{\"settings\": " + object + ",\n\"results\": " + array + "}\n";
  }

  /**
   * Writes the JSON to a file, and answers where that is.
   *
   * @throws IOException if it cannot
   */
  Path write(Path directory, String name) throws IOException {
    Files.createDirectories(directory);
    Path file = directory.resolve(name).toAbsolutePath().normalize();
    Files.writeString(file, toJson());
    return file;
  }
}
