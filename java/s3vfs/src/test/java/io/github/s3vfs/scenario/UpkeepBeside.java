package io.github.s3vfs.scenario;

import io.github.s3vfs.S3Location;
import io.github.s3vfs.internal.vfs.MemoryVfs;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Compactions and collections of a database beside other things, and a clock for its store, which
 * stands still until it is moved. For one thread.
 */
final class UpkeepBeside {
  static final Duration RETENTION = Duration.ofMinutes(10);

  /** What processes may be ahead of the clock: what really passes since they last saw it. */
  private static final Duration TOLERANCE = Duration.ofMinutes(2);

  private final S3Location location;
  private final Random random;
  private Instant now = Instant.parse("2030-01-01T00:00:00Z");

  UpkeepBeside(S3Location location, Random random) {
    this.location = location;
    this.random = random;
  }

  Instant now() {
    return now;
  }

  /** Up to half of the retention passes. */
  void passSome() {
    pass(Duration.ofMillis(random.nextInt((int) RETENTION.toMillis() / 2)));
  }

  void pass(Duration time) {
    now = now.plus(time);
  }

  /** Whether a version that was replaced then may be collected by now. */
  boolean mayBeExpired(@Nullable Instant replacedAt) {
    return replacedAt != null && now.isAfter(replacedAt.plus(RETENTION).minus(TOLERANCE));
  }

  /** Compacts, and says what became of it. */
  String compact(MemoryVfs by) {
    return by.vfs().compact(location) + " pages compacted";
  }

  /** Collects, and says what became of it. */
  String collect(MemoryVfs by) {
    return by.vfs().collect(location) + " segments collected";
  }
}
