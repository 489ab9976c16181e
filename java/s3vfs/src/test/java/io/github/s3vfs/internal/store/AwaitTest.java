package io.github.s3vfs.internal.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Waits end by an interrupt, except where an outcome must be known. */
class AwaitTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  @AfterEach
  void forgetInterrupts() {
    boolean unused = Thread.interrupted();
  }

  private static CompletableFuture<String> soon() {
    return new CompletableFuture<String>().completeOnTimeout("answer", 50, TimeUnit.MILLISECONDS);
  }

  @Test
  void anInterruptEndsAWait() {
    Thread.currentThread().interrupt();
    S3VfsException failure =
        assertThrows(S3VfsException.class, () -> Await.result(soon(), LONG, "GET x"));
    assertEquals(ErrorKind.INTERRUPTED, failure.kind());
    assertTrue(Thread.interrupted());
  }

  @Test
  void whereTheOutcomeMustBeKnownAnInterruptIsOnlyNoted() {
    ReentrantLock lock = new ReentrantLock();
    List<Supplier<CompletableFuture<String>>> three = Collections.nCopies(3, AwaitTest::soon);
    String answer =
        Await.uninterrupted(
            () -> {
              Thread.currentThread().interrupt();
              Await.lock(lock, "a lock");
              Await.all(three.iterator(), 1, LONG, "GET y", new InFlight());
              return Await.result(soon(), LONG, "GET x");
            });
    assertEquals("answer", answer);
    assertTrue(lock.isHeldByCurrentThread());
    assertTrue(Thread.interrupted());
  }

  @Test
  void anInterruptFromBeforeIsKnownAgainAfterwards() {
    Thread.currentThread().interrupt();
    Await.undisturbed(
        () -> {
          assertFalse(Thread.currentThread().isInterrupted());
          Await.undisturbed(() -> assertEquals("answer", Await.result(soon(), LONG, "GET x")));
        });
    assertTrue(Thread.interrupted());
    assertEquals("answer", Await.result(soon(), LONG, "GET x"));
  }
}
