package io.github.s3vfs.benchmark;

import io.github.s3vfs.testkit.AccountSnapshot;
import io.github.s3vfs.testkit.S3Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What a read transaction asks S3 for if its view may not be old at all, and all pages are in
 * memory; by the server's account.
 */
final class FreshReads {
  private static final int TRANSACTIONS = 200;

  /** What a connection learnt as it was opened serves a transaction for that long. */
  private static final long OPEN_SERVES_MILLIS = 1_100;

  private final String scenario;
  private final String layout;
  private final WarmStore store;

  FreshReads(String scenario, String layout, WarmStore store) {
    this.scenario = scenario;
    this.layout = layout;
    this.store = store;
  }

  /**
   * Counts.
   *
   * @throws IllegalStateException if the layout is {@code snapshot}, and it was not one conditional
   *     GET for each transaction
   */
  List<BenchmarkResult> run() throws Exception {
    AccountSnapshot account;
    try (WarmConnection connection = store.remote(0)) {
      connection.points(new SplittableRandom(0), 1);
      Thread.sleep(OPEN_SERVES_MILLIS);
      account =
          store
              .server()
              .account()
              .measure(() -> connection.points(new SplittableRandom(1), TRANSACTIONS));
    }
    AccountSnapshot gets =
        account.where(
            request ->
                request.operation() == S3Operation.GET_OBJECT && request.request().conditional());
    boolean snapshot = layout.equals(Benchmark.SNAPSHOT);
    if (snapshot && (gets.count() != TRANSACTIONS || account.count() != TRANSACTIONS)) {
      throw new IllegalStateException(
          TRANSACTIONS + " read transactions with max_staleness_ms=0: " + account);
    }
    String what = "read transaction with max_staleness_ms=0: ";
    List<BenchmarkResult> results = new ArrayList<>();
    results.add(result(what + "conditional GETs", gets.count(), "1"));
    results.add(
        result(what + "other requests", account.count() - gets.count(), snapshot ? "0" : "1"));
    return results;
  }

  /** The target is exact. */
  private BenchmarkResult result(String measure, int count, String target) {
    double value = (double) count / TRANSACTIONS;
    return new BenchmarkResult(
        scenario,
        layout,
        measure,
        "requests",
        value,
        "exactly " + target,
        value == Integer.parseInt(target));
  }
}
