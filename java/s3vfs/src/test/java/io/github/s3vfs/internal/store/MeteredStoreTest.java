package io.github.s3vfs.internal.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.S3VfsStats;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** What of each request is counted. */
class MeteredStoreTest {
  private final Queue<Runnable> underWay = new ArrayDeque<>();
  private final Meter meter = new Meter();
  private final MeteredStore store =
      new MeteredStore(new InMemoryObjectStore("bucket", underWay::add), meter);

  private S3VfsStats stats() {
    return meter.stats(Meter.Elsewhere.NONE);
  }

  @Test
  void aRequestIsUnderWayUntilItsAnswerIsThere() {
    var answer = store.put("key", new byte[10], Condition.NONE);
    assertEquals(1, stats().inFlight());
    assertEquals(Duration.ZERO, stats().requestTime());
    underWay.remove().run();
    answer.join();
    assertEquals(0, stats().inFlight());
    assertEquals(1, stats().requests());
    assertEquals(10, stats().bytesSent());
    assertTrue(stats().requestTime().toNanos() > 0);
  }

  @Test
  void aLostConditionIsAConflictAndAFailure() {
    var first = store.put("key", new byte[1], Condition.NONE);
    var second = store.put("key", new byte[1], Condition.IF_ABSENT);
    underWay.forEach(Runnable::run);
    first.join();
    assertThrows(S3VfsException.class, () -> Await.result(second, Duration.ofSeconds(9), "PUT"));
    assertEquals(1, stats().conflicts());
    assertEquals(1, stats().failures());
    assertEquals(2, stats().puts());
    assertEquals(0, stats().inFlight());
  }
}
