package io.github.s3vfs.internal.store.crt;

import io.github.s3vfs.S3ClientConfig;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Makes a client that sends nothing and is closed at once, beside what else a cold start has to do.
 * Most of the time that the first client takes goes into the loading of classes and of the native
 * runtime, which are there then for the real one. Once for each class loader, on a thread that ends
 * with it. Thread-safe.
 */
final class Rehearsal {
  private static final long LONGEST_MILLIS = 5_000;
  private static final AtomicReference<@Nullable Thread> BEGUN = new AtomicReference<>();

  private Rehearsal() {}

  /** Begins it and does not wait; with one processor, which has nothing to spare, not at all. */
  static void begin() {
    if (Runtime.getRuntime().availableProcessors() > 1) {
      // The context class loader is the caller's, where the SDK looks for what belongs to it.
      Thread thread = new Thread(Rehearsal::runUntilItsEnd, "s3vfs-rehearsal");
      thread.setDaemon(true);
      if (BEGUN.compareAndSet(null, thread)) {
        thread.start();
      }
    }
  }

  /**
   * A JVM that ends meanwhile waits for it. Otherwise it would delete the native library while the
   * runtime unpacks it, of which that prints a stack trace.
   */
  private static void runUntilItsEnd() {
    Thread waiting = new Thread(Rehearsal::end, "s3vfs-end-of-rehearsal");
    try {
      Runtime.getRuntime().addShutdownHook(waiting);
      run();
      boolean unused = Runtime.getRuntime().removeShutdownHook(waiting);
    } catch (IllegalStateException e) {
      // The JVM is ending.
    }
  }

  /** Waits until it is over, if it was begun, or 5 s: whoever loads its classes may go then. */
  static void end() {
    Thread thread = BEGUN.get();
    if (thread != null) {
      try {
        thread.join(LONGEST_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void run() {
    S3ClientConfig defaults = S3ClientConfig.DEFAULT;
    // A region that is named is not looked for.
    S3ClientConfig config =
        new S3ClientConfig(
            "us-east-1",
            null,
            false,
            null,
            false,
            false,
            false,
            defaults.connectTimeout(),
            defaults.requestTimeout(),
            defaults.retries());
    try (CrtClients clients = new CrtClients()) {
      clients.client(new ClientSettings(config, null));
    } catch (RuntimeException | LinkageError e) {
      // The first real client fails in the same way, and says so.
    }
  }
}
