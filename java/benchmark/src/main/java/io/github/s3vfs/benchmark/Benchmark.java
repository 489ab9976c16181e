package io.github.s3vfs.benchmark;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * Measures, prints a table, and writes {@code results.json}, or {@code results-warm.json}: objects
 * with scenario, layout, measure, unit, value, target and met. JMH prints and writes its results
 * itself, into {@code results-micro.json}. Exit code 0 whether or not the targets are met, 1 if the
 * measuring failed, 2 for options that cannot be meant.
 */
public final class Benchmark {
  private static final String REQUESTS = "requests";
  private static final String STARTUP = "startup";
  private static final String WARM = "warm";
  private static final String MICRO = "micro";
  private static final String[] SCENARIOS = {REQUESTS, STARTUP, WARM, MICRO};
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
        --scenario warm       reads of a database that is in memory, compared with a local file
        --scenario micro      the benchmarks of JMH: decoding pages, reading a page
        --layout LAYOUT       how databases are stored: blocks, snapshot, or both (the default)
        --output DIR          where the results go; default target/benchmark
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
          case "--scenario" -> scenario = known("scenario", rest.next(), SCENARIOS);
          case "--layout" -> layout = known("layout", rest.next(), BLOCKS, SNAPSHOT, BOTH);
          case "--output" -> output = Path.of(rest.next());
          default -> throw new IllegalArgumentException("unknown option " + option);
        }
      }
      known("scenario", scenario, SCENARIOS);
    } catch (IllegalArgumentException | NoSuchElementException e) {
      err.println("benchmark: " + (e.getMessage() == null ? "a value is missing" : e.getMessage()));
      err.println(HELP);
      return 2;
    }
    try {
      List<String> layouts = layout.equals(BOTH) ? List.of(BLOCKS, SNAPSHOT) : List.of(layout);
      if (scenario.equals(MICRO)) {
        out.println(MicroScenario.run(layouts, output));
        return 0;
      }
      Report report =
          switch (scenario) {
            case STARTUP -> startup(scenario, layouts);
            case WARM -> new WarmScenario(scenario, layouts).run();
            default -> new Report(Map.of(), new RequestsScenario(scenario, layouts).run());
          };
      report.print(out);
      out.println(
          report.write(output, scenario.equals(WARM) ? "results-warm.json" : "results.json"));
      return 0;
    } catch (Exception e) {
      err.println("benchmark: FAILED: " + e);
      e.printStackTrace(err);
      return 1;
    }
  }

  private static Report startup(String scenario, List<String> layouts) throws Exception {
    List<BenchmarkResult> results = new ArrayList<>();
    for (String layout : layouts) {
      results.addAll(new StartupScenario(scenario, layout).run());
    }
    return new Report(Map.of(), results);
  }

  private static String known(String what, String value, String... known) {
    if (!List.of(known).contains(value)) {
      throw new IllegalArgumentException(
          "--" + what + ": '" + value + "' is not one of: " + String.join(", ", known));
    }
    return value;
  }
}
