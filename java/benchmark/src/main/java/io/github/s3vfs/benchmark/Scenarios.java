package io.github.s3vfs.benchmark;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The scenarios by their names. */
final class Scenarios {
  /** All, in the order in which they run. */
  static final List<String> NAMES =
      List.of(
          "cold",
          "scan",
          "join",
          "serialize",
          "rewrite",
          "growth",
          "commit",
          "bulk",
          "concurrency",
          "blob",
          "changelog",
          "requests",
          "startup",
          "warm",
          "select",
          "micro");

  /** Those that start an embedded server of their own, with settings of their own. */
  private static final Set<String> EMBEDDED =
      Set.of("requests", "startup", "warm", "select", "micro");

  private Scenarios() {}

  /** Whether a scenario can run against a bucket of the user's. */
  static boolean anyStore(String scenario) {
    return !EMBEDDED.contains(scenario);
  }

  /** Measures. */
  static Report run(String scenario, Bench bench) throws Exception {
    BenchmarkOptions options = bench.options();
    List<String> both = options.layoutsOr(Benchmark.BLOCKS, Benchmark.SNAPSHOT);
    List<String> snapshot = options.layoutsOr(Benchmark.SNAPSHOT);
    List<String> lasting = options.all() ? snapshot : both;
    return switch (scenario) {
      case "requests" -> new Report(Map.of(), new RequestsScenario(scenario, both).run());
      case "startup" -> each(lasting, layout -> new StartupScenario(scenario, layout).run());
      case "warm" -> new WarmScenario(scenario, lasting).run();
      case "select" -> new Report(Map.of(), new SelectScenario(scenario).run());
      case "micro" -> new Report(Map.of(), MicroScenario.run(scenario, lasting, options.output()));
      case "cold" -> each(snapshot, layout -> new ColdScenario(bench, scenario, layout).run());
      case "scan" -> each(both, layout -> new ScanScenario(bench, scenario, layout).run());
      case "join" -> each(snapshot, layout -> new JoinScenario(bench, scenario, layout).run());
      case "serialize" ->
          each(snapshot, layout -> new SerializeScenario(bench, scenario, layout).run());
      case "rewrite" -> new Report(Map.of(), new RewriteScenario(bench, scenario).run());
      case "growth" -> each(snapshot, layout -> new GrowthScenario(bench, scenario, layout).run());
      case "commit" -> each(both, layout -> new CommitScenario(bench, scenario, layout).run());
      case "bulk" -> each(both, layout -> new BulkScenario(bench, scenario, layout).run());
      case "concurrency" ->
          each(snapshot, layout -> new ConcurrencyScenario(bench, scenario, layout).run());
      case "blob" -> each(snapshot, layout -> new BlobScenario(bench, scenario, layout).run());
      case "changelog" ->
          each(snapshot, layout -> new ChangelogScenario(bench, scenario, layout).run());
      default -> throw new IllegalArgumentException(scenario);
    };
  }

  /** Measures in one layout. */
  private interface InLayout {
    List<BenchmarkResult> run(String layout) throws Exception;
  }

  private static Report each(List<String> layouts, InLayout scenario) throws Exception {
    List<BenchmarkResult> results = new ArrayList<>();
    for (String layout : layouts) {
      results.addAll(scenario.run(layout));
    }
    return new Report(new LinkedHashMap<>(), results);
  }
}
