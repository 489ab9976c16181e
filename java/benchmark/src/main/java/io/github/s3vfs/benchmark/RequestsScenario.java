package io.github.s3vfs.benchmark;

import io.github.s3vfs.testkit.Fault;
import io.github.s3vfs.testkit.RequestMatch;
import io.github.s3vfs.testkit.S3TestServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many requests an operation costs, how many of them must wait for each other, and how long it
 * takes. All numbers come from the server's account.
 *
 * <p>The work is done four times for each layout: to warm up the JVM; with no added latency and
 * with 20 ms added to every request, for the wall clock; and with 60 ms added to one half of the
 * requests and 90 ms to the other, for the counts: requests that are sent together then overlap in
 * the account, and those that queue for connections do not go in step (see {@link DependentChain}).
 */
final class RequestsScenario {
  static final String BUCKET = "bucket";

  private static final Duration LATENCY = Duration.ofMillis(20);
  private static final Duration COUNTING_LATENCY = Duration.ofMillis(60);

  private final String scenario;
  private final List<String> layouts;
  private final List<BenchmarkResult> results = new ArrayList<>();

  /** Wall clock in milliseconds with {@link #LATENCY}, by operation and layout. */
  private final Map<String, Map<String, Long>> slow = new LinkedHashMap<>();

  RequestsScenario(String scenario, List<String> layouts) {
    this.scenario = scenario;
    this.layouts = layouts;
  }

  List<BenchmarkResult> run() throws Exception {
    for (String layout : layouts) {
      try (S3TestServer server = S3TestServer.builder().inMemory().start()) {
        server.createBucket(BUCKET);
        pass(server, layout, "warm-up", Duration.ZERO, false, false);
        pass(server, layout, "plain", Duration.ZERO, true, false);
        pass(server, layout, "slow", LATENCY, true, false);
        server
            .faults()
            .add(
                RequestMatch.any().probability(0.5),
                new Fault.Delay(COUNTING_LATENCY.dividedBy(2)));
        pass(server, layout, "counted", COUNTING_LATENCY, false, true);
      }
    }
    ratios();
    return results;
  }

  private void pass(
      S3TestServer server,
      String layout,
      String key,
      Duration latency,
      boolean clocked,
      boolean counted)
      throws Exception {
    server.account().reset();
    server.faults().latency(latency);
    try (RequestsPass pass = new RequestsPass(server, layout, key)) {
      for (RequestsPass.Measured m : pass.run()) {
        if (counted) {
          reportCounts(layout, m);
        }
        if (clocked) {
          String measure =
              m.operation() + ": wall clock, " + latency.toMillis() + " ms per request";
          add(layout, measure, "ms", m.millis(), null, true);
        }
        if (clocked && latency.equals(LATENCY)) {
          slow.computeIfAbsent(m.operation(), o -> new LinkedHashMap<>()).put(layout, m.millis());
        }
      }
      if (counted) {
        long percent = pass.storedPercentOfText();
        String target = layout.equals(Benchmark.SNAPSHOT) ? "at most 60" : null;
        add(layout, "text rows: bytes stored", "% of file", percent, target, percent <= 60);
      }
    }
  }

  private void reportCounts(String layout, RequestsPass.Measured m) {
    Target target = m.target();
    long count = m.account().count();
    String most = target.text() == null ? null : "at most " + target.text();
    add(layout, m.operation() + ": requests", "requests", count, most, count <= target.requests());
    long chain = DependentChain.length(m.account());
    boolean none = target.chain() == 0 && (most == null || target.requests() > 0);
    add(
        layout,
        m.operation() + ": chain",
        "round trips",
        chain,
        none ? null : "at most " + target.chain(),
        chain <= target.chain());
    add(
        layout,
        m.operation() + ": chain, queueing for connections",
        "round trips",
        m.account().longestDependentChain(),
        null,
        true);
    if (m.leastInFlight() > 0) {
      long inFlight = m.account().maxInFlight();
      add(
          layout,
          m.operation() + ": most in flight",
          "requests",
          inFlight,
          "at least " + m.leastInFlight(),
          inFlight >= m.leastInFlight());
    }
  }

  private void ratios() {
    slow.forEach(
        (operation, byLayout) -> {
          Long blocks = byLayout.get(Benchmark.BLOCKS);
          Long snapshot = byLayout.get(Benchmark.SNAPSHOT);
          if (blocks != null && snapshot != null) {
            String measure = operation + ": wall clock, snapshot to blocks, " + LATENCY.toMillis();
            long percent = 100 * snapshot / Math.max(1, blocks);
            add("both", measure + " ms per request", "%", percent, null, true);
          }
        });
  }

  private void add(
      String layout,
      String measure,
      String unit,
      long value,
      @Nullable String target,
      boolean met) {
    Boolean verdict = target == null ? null : met;
    results.add(new BenchmarkResult(scenario, layout, measure, unit, value, target, verdict));
  }
}
