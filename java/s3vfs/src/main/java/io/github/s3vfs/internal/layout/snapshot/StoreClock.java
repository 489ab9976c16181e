package io.github.s3vfs.internal.layout.snapshot;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The store's clock, as its answers tell it. Thread-safe. */
final class StoreClock {
  private record Reading(Instant date, long nanoTime) {}

  private final LongSupplier nanoTime;
  private volatile @Nullable Reading last;

  /**
   * @param nanoTime a monotonic clock
   */
  StoreClock(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Takes note of an answer's date. */
  void answered(@Nullable Instant date) {
    if (date != null) {
      last = new Reading(date, nanoTime.getAsLong());
    }
  }

  /** Now, in milliseconds as the format has it; by this machine's clock if the store never told. */
  Instant now() {
    Reading reading = last;
    Instant now =
        reading == null
            ? Instant.now()
            : reading.date().plus(Duration.ofNanos(nanoTime.getAsLong() - reading.nanoTime()));
    return now.truncatedTo(ChronoUnit.MILLIS);
  }
}
