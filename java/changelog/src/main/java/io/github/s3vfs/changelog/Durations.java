package io.github.s3vfs.changelog;

import java.time.Duration;

/** Durations as numbers; what does not fit is the largest one, some 292 years. */
final class Durations {
  private static final Duration MOST = Duration.ofNanos(Long.MAX_VALUE);

  private Durations() {}

  static long nanos(Duration duration) {
    return duration.compareTo(MOST) > 0 ? Long.MAX_VALUE : duration.toNanos();
  }

  static long millis(Duration duration) {
    return duration.compareTo(MOST) > 0 ? Long.MAX_VALUE / 1_000_000 : duration.toMillis();
  }

  /**
   * The duration.
   *
   * @throws IllegalArgumentException if it is negative
   */
  static Duration notNegative(String name, Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException(name + " is " + duration);
    }
    return duration;
  }
}
