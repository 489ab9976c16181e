package io.github.s3vfs.benchmark;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.stream.Collectors;

/**
 * Measures, prints a table, and writes {@code results.json}: an array of objects with scenario,
 * layout, measure, unit, value, target and met. Exit code 0 whether or not the targets are met, 1
 * if the measuring failed, 2 for options that cannot be meant.
 */
public final class Benchmark {
  private static final String REQUESTS = "requests";
  private static final String STARTUP = "startup";
  static final String BLOCKS = "blocks";
  static final String SNAPSHOT = "snapshot";
  private static final String BOTH = "both";

  private static final String HELP =
      """
      usage: scripts/benchmark --scenario NAME [--layout LAYOUT] [--output DIR]

      Runs against the embedded S3 server on a loopback port.

        --scenario requests   requests and dependent round trips per operation, and wall clock
                              with 0 and with 20 ms added to every request
        --scenario startup    time and memory from the start of a JVM to the first row
        --layout LAYOUT       how databases are stored: blocks, snapshot, or both (the default)
        --output DIR          where results.json goes; default target/benchmark
        --help                this text""";

  private Benchmark() {}

  /** Runs a scenario; see {@code --help}. */
  public static void main(String[] args) {
    System.exit(run(List.of(args), System.out, System.err));
  }

  private static int run(List<String> arguments, PrintStream out, PrintStream err) {
    String scenario = "";
    String layout = BOTH;
    Path output = Path.of("target", "benchmark");
    try {
      Iterator<String> rest = arguments.iterator();
      while (rest.hasNext()) {
        String option = rest.next();
        switch (option) {
          case "--help", "-h" -> {
            out.println(HELP);
            return 0;
          }
          case "--scenario" -> scenario = known("scenario", rest.next(), REQUESTS, STARTUP);
          case "--layout" -> layout = known("layout", rest.next(), BLOCKS, SNAPSHOT, BOTH);
          case "--output" -> output = Path.of(rest.next());
          default -> throw new IllegalArgumentException("unknown option " + option);
        }
      }
      known("scenario", scenario, REQUESTS, STARTUP);
    } catch (IllegalArgumentException | NoSuchElementException e) {
      err.println("benchmark: " + (e.getMessage() == null ? "a value is missing" : e.getMessage()));
      err.println(HELP);
      return 2;
    }
    try {
      List<String> layouts = layout.equals(BOTH) ? List.of(BLOCKS, SNAPSHOT) : List.of(layout);
      List<BenchmarkResult> results = new ArrayList<>();
      if (scenario.equals(STARTUP)) {
        for (String each : layouts) {
          results.addAll(new StartupScenario(scenario, each).run());
        }
      } else {
        results.addAll(new RequestsScenario(scenario, layouts).run());
      }
      print(results, out);
      out.println(write(results, output));
      return 0;
    } catch (Exception e) {
      err.println("benchmark: FAILED: " + e);
      e.printStackTrace(err);
      return 1;
    }
  }

  private static String known(String what, String value, String... known) {
    if (!List.of(known).contains(value)) {
      throw new IllegalArgumentException(
          "--" + what + ": '" + value + "' is not one of: " + String.join(", ", known));
    }
    return value;
  }

  private static void print(List<BenchmarkResult> results, PrintStream out) {
    for (BenchmarkResult result : results) {
      String verdict = result.met() == null ? "" : result.met() ? "met" : "NOT MET";
      String target = result.target() == null ? "" : result.target();
      out.println(
          String.format(
                  Locale.ROOT,
                  "%-8s  %-74s %6d %-11s  %-28s %s",
                  result.layout(),
                  result.measure(),
                  result.value(),
                  result.unit(),
                  target,
                  verdict)
              .stripTrailing());
    }
  }

  private static Path write(List<BenchmarkResult> results, Path directory) throws IOException {
    Files.createDirectories(directory);
    Path file = directory.resolve("results.json").toAbsolutePath().normalize();
    String json =
        results.stream()
            .map(BenchmarkResult::toJson)
            .collect(Collectors.joining(",\n  ", "[\n  ", "\n]\n"));
    Files.writeString(file, json);
    return file;
  }
}
