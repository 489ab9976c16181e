package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.internal.store.BackgroundThread;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What a volume has of the process around it, beside the store: time, random numbers and threads.
 *
 * @param nanoTime a monotonic clock, in nanoseconds
 * @param wallMillis the time of day, in milliseconds; unlike the other clock it goes on while the
 *     process does not exist: when it is restored from a snapshot of its machine
 * @param nonces makes nonces that nobody else has
 * @param decoding runs what decodes frames that have come
 * @param frames makes the futures of frames that are fetched
 * @param locks makes the locks that are held while somebody waits for the store; they are reentrant
 * @param repetition runs what renews claims
 */
record Surroundings(
    LongSupplier nanoTime,
    LongSupplier wallMillis,
    Supplier<Nonce> nonces,
    Executor decoding,
    Supplier<CompletableFuture<Object>> frames,
    Supplier<Lock> locks,
    Repetition repetition) {

  private static final ScheduledExecutorService CLAIMS = BackgroundThread.named("s3vfs-claim");

  private static final Executor DECODING = BackgroundThread.several("s3vfs-decoding");

  /** Runs tasks again and again. */
  interface Repetition {
    /** Runs one on another thread, after a delay, and again so long after its end. */
    Future<?> every(Duration delay, Runnable task);
  }

  /** Those that there are: this machine's clock, real random numbers, threads of their own. */
  static Surroundings real() {
    // Decoding takes its time, and the client's threads are few.
    return new Surroundings(
        System::nanoTime,
        System::currentTimeMillis,
        Nonce::fresh,
        DECODING,
        CompletableFuture::new,
        ReentrantLock::new,
        (delay, task) ->
            CLAIMS.scheduleWithFixedDelay(
                task, delay.toNanos(), delay.toNanos(), TimeUnit.NANOSECONDS));
  }
}
