package io.github.s3vfs.testkit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The requests of a stretch of time, in the order in which they ended. Immutable.
 *
 * @param requests the requests, earliest end first
 */
public record AccountSnapshot(List<RequestRecord> requests) {

  /** Copies and sorts. */
  public AccountSnapshot {
    List<RequestRecord> sorted = new ArrayList<>(requests);
    sorted.sort(Comparator.comparingLong(RequestRecord::endNanos));
    requests = List.copyOf(sorted);
  }

  /** Number of requests. */
  public int count() {
    return requests.size();
  }

  /** Number of requests of one operation. */
  public int count(S3Operation operation) {
    return countByOperation().getOrDefault(operation, 0);
  }

  /** Number of requests by operation; operations that did not occur are absent. */
  public Map<S3Operation, Integer> countByOperation() {
    Map<S3Operation, Integer> counts = new EnumMap<>(S3Operation.class);
    for (RequestRecord request : requests) {
      counts.merge(request.operation(), 1, Integer::sum);
    }
    return counts;
  }

  /** Those requests that {@code keep} accepts. */
  public AccountSnapshot where(Predicate<RequestRecord> keep) {
    return new AccountSnapshot(requests.stream().filter(keep).toList());
  }

  /** Bytes of request bodies, as they came over the wire. */
  public long bytesIn() {
    return requests.stream().mapToLong(RequestRecord::requestBytes).sum();
  }

  /** Bytes of response bodies. */
  public long bytesOut() {
    return requests.stream().mapToLong(RequestRecord::responseBytes).sum();
  }

  /** The largest number of requests that were being served at the same moment. */
  public int maxInFlight() {
    long[] starts = requests.stream().mapToLong(RequestRecord::startNanos).sorted().toArray();
    long[] ends = requests.stream().mapToLong(RequestRecord::endNanos).sorted().toArray();
    int most = 0;
    int ended = 0;
    for (int started = 0; started < starts.length; started++) {
      while (ended < started && ends[ended] - starts[started] <= 0) {
        ended++;
      }
      most = Math.max(most, started + 1 - ended);
    }
    return most;
  }

  /**
   * The length of the longest chain of requests in which each one started after the one before it
   * had ended: the number of sequential round trips.
   *
   * <p>Computed as the greatest number of intervals [start, end] of which no two overlap: requests
   * sorted by end, each taken whose start is not before the end of the last one taken. (Earliest
   * end first is optimal for this.)
   *
   * <p>What it says. A request that needs another one's answer cannot start before that one ended,
   * because the end is recorded before the client can have the last byte; so every chain of
   * requests that depend on each other is counted in full, and the result is never less than the
   * client's number of dependent round trips. It can be more: two independent requests that the
   * client sends together may still be served one after the other when the server is faster than
   * the client sends. To assert an exact number, give every request a latency that is long compared
   * with that ({@code server.faults().latency(Duration.ofMillis(20))}): requests sent together then
   * overlap.
   */
  public int longestDependentChain() {
    int length = 0;
    long lastEnd = 0;
    for (RequestRecord request : requests) {
      if (length == 0 || request.startNanos() - lastEnd >= 0) {
        length++;
        lastEnd = request.endNanos();
      }
    }
    return length;
  }

  /** For people: totals, then one line per request. */
  @Override
  public String toString() {
    StringBuilder text =
        new StringBuilder()
            .append(count())
            .append(" requests ")
            .append(countByOperation())
            .append(", chain ")
            .append(longestDependentChain())
            .append(", at most ")
            .append(maxInFlight())
            .append(" in flight");
    requests.forEach(request -> text.append("\n  ").append(request));
    return text.toString();
  }
}
