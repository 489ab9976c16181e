package io.github.s3vfs.internal.store;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Lock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Blocking waits for requests. Every wait has a deadline and can be interrupted. */
public final class Await {
  private Await() {}

  /**
   * Waits for a request. When the wait is given up the request goes on; whoever owns it cancels it.
   *
   * @param request the future
   * @param timeout how long to wait at most
   * @param what names the request in messages, as in "GET s3://bucket/key"
   * @throws S3VfsException what the request failed with; {@code UNAVAILABLE} at the deadline;
   *     {@code INTERRUPTED}, with the thread's interrupt status set again
   */
  public static <T> T result(CompletableFuture<T> request, Duration timeout, String what) {
    try {
      return request.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      throw interrupted(what, e);
    } catch (TimeoutException e) {
      throw late(what, timeout, e);
    } catch (ExecutionException e) {
      throw failure(e.getCause(), what);
    }
  }

  /**
   * As {@link #result}, for a request whose outcome must be known: an interrupt does not end the
   * wait, and is there again after it.
   *
   * @throws S3VfsException what the request failed with; {@code UNAVAILABLE} at the deadline
   */
  public static <T> T outcome(CompletableFuture<T> request, Duration timeout, String what) {
    boolean interrupted = Thread.interrupted();
    long end = System.nanoTime() + timeout.toNanos();
    try {
      while (true) {
        try {
          return request.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (TimeoutException e) {
          throw late(what, timeout, e);
        } catch (ExecutionException e) {
          throw failure(e.getCause(), what);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Runs requests, a bounded number at once, and waits for all that were started. After the first
   * failure no more are started, but those under way are waited for: a write must not take effect
   * behind the back of whoever undoes it. The same holds when the iterator throws.
   *
   * @param requests starts them, one by one
   * @param limit the most that are under way at once
   * @param timeout how long each may take
   * @param what names them in messages
   * @param pending takes every request while it is under way, also after an interrupt or time-out
   *     of this wait
   * @throws S3VfsException as {@link #result}
   */
  public static <T> void all(
      Iterator<Supplier<CompletableFuture<T>>> requests,
      int limit,
      Duration timeout,
      String what,
      InFlight pending) {
    Semaphore free = new Semaphore(limit);
    AtomicReference<@Nullable Throwable> firstFailure = new AtomicReference<>();
    while (firstFailure.get() == null) {
      acquire(free, 1, timeout, what);
      CompletableFuture<T> request;
      try {
        if (!requests.hasNext()) {
          free.release();
          break;
        }
        request = pending.track(requests.next().get());
      } catch (RuntimeException e) {
        free.release();
        acquire(free, limit, timeout, what);
        throw e;
      }
      var unused =
          request.whenComplete(
              (value, error) -> {
                if (error != null) {
                  firstFailure.compareAndSet(null, error);
                }
                free.release();
              });
    }
    acquire(free, limit, timeout, what);
    Throwable failed = firstFailure.get();
    if (failed != null) {
      throw failure(failed, what);
    }
  }

  /**
   * Takes a lock that somebody may hold while waiting for S3.
   *
   * @param what names in messages what is waited for
   * @throws S3VfsException {@code INTERRUPTED}; then the lock is not held
   */
  public static void lock(Lock lock, String what) {
    try {
      lock.lockInterruptibly();
    } catch (InterruptedException e) {
      throw interrupted(what, e);
    }
  }

  /**
   * Runs something that undoes what was begun, although the thread was interrupted; that it was is
   * known again afterwards. What it waits for must have a deadline.
   */
  public static void undisturbed(Runnable undoing) {
    boolean interrupted = Thread.interrupted();
    try {
      undoing.run();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void acquire(Semaphore free, int permits, Duration timeout, String what) {
    try {
      if (!free.tryAcquire(permits, timeout.toNanos(), TimeUnit.NANOSECONDS)) {
        throw late(what, timeout, null);
      }
    } catch (InterruptedException e) {
      throw interrupted(what, e);
    }
  }

  private static S3VfsException late(String what, Duration timeout, @Nullable Exception cause) {
    return new S3VfsException(
        ErrorKind.UNAVAILABLE, what + ": no answer within " + timeout.toMillis() + " ms", cause);
  }

  private static S3VfsException interrupted(String what, InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new S3VfsException(
        ErrorKind.INTERRUPTED, what + ": interrupted while waiting for S3", cause);
  }

  private static S3VfsException failure(@Nullable Throwable cause, String what) {
    Throwable t = cause;
    while (t instanceof CompletionException && t.getCause() != null) {
      t = t.getCause();
    }
    if (t instanceof S3VfsException e) {
      // A fresh exception, so that the stack trace shows the caller that waited.
      return new S3VfsException(e.kind(), String.valueOf(e.getMessage()), e);
    }
    return new S3VfsException(ErrorKind.INTERNAL, what + ": " + t, t);
  }
}
