package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.testkit.FaultRule;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/** Interrupts the thread that has made it, as soon as a request meets a fault. */
public final class InterruptAt implements AutoCloseable {
  private final AtomicBoolean over = new AtomicBoolean();
  private final CompletableFuture<Void> watch;

  /** Begins to watch. */
  public InterruptAt(FaultRule rule) {
    Thread self = Thread.currentThread();
    watch =
        CompletableFuture.runAsync(
            () -> {
              while (rule.fired() == 0 && !over.get()) {
                LockSupport.parkNanos(5_000_000);
              }
              if (!over.get()) {
                self.interrupt();
              }
            });
  }

  /** Asserts that the interrupt is known to the thread, and forgets it. */
  public void assertNoted() {
    assertTrue(Thread.interrupted(), "the interrupt status is gone");
  }

  @Override
  public void close() {
    over.set(true);
    watch.join();
    boolean unused = Thread.interrupted();
  }
}
