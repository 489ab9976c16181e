package io.github.s3vfs.internal.layout.snapshot;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class StoreClockTest {
  private static void assertNear(Instant expected, Instant actual) {
    assertTrue(
        Duration.between(expected, actual).abs().compareTo(Duration.ofSeconds(20)) < 0,
        actual + " and not " + expected);
  }

  @Test
  void isThisMachinesClockBeforeTheFirstAnswer() {
    StoreClock clock = new StoreClock(System::nanoTime);
    assertNear(Instant.now(), clock.now());
    clock.answered(null);
    assertNear(Instant.now(), clock.now());
  }

  @Test
  void isTheStoresFromThenOnAndGoesOn() throws InterruptedException {
    StoreClock clock = new StoreClock(System::nanoTime);
    Instant then = Instant.parse("2001-02-03T04:05:06Z");
    clock.answered(then);
    clock.answered(null);
    assertNear(then, clock.now());
    Instant first = clock.now();
    Thread.sleep(20);
    assertFalse(clock.now().isBefore(first.plusMillis(20)));
    clock.answered(then.plusSeconds(3_600));
    assertNear(then.plusSeconds(3_600), clock.now());
  }
}
