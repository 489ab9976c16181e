package io.github.s3vfs.benchmark;

import java.util.List;

/**
 * What one piece of work cost. All but the time is 0 where requests are not counted.
 *
 * @param nanos how long it took
 * @param roundTrips requests of which each had to wait for the one before it
 * @param requests all of them
 * @param bytes of bodies that were received
 */
record Cost(long nanos, int roundTrips, int requests, long bytes) {
  double millis() {
    return nanos / 1e6;
  }

  double seconds() {
    return nanos / 1e9;
  }

  static Spread millis(List<Cost> costs) {
    return Spread.of(costs, Cost::millis);
  }
}
