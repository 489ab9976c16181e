package io.github.s3vfs.internal.layout.snapshot;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The store's clock, as its answers tell it. Thread-safe. */
final class StoreClock {
  private record Reading(Instant date, long nanoTime) {}

  private volatile @Nullable Reading last;

  /** Takes note of an answer's date. */
  void answered(@Nullable Instant date) {
    if (date != null) {
      last = new Reading(date, System.nanoTime());
    }
  }

  /** Now; by this machine's clock if the store never told. */
  Instant now() {
    Reading reading = last;
    return reading == null
        ? Instant.now()
        : reading.date().plus(Duration.ofNanos(System.nanoTime() - reading.nanoTime()));
  }
}
