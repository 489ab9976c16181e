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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Lock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Blocking waits for requests. Every wait has a deadline and can be interrupted, but for those that
 * undo something or whose outcome must be known.
 */
public final class Await {
  /** A request has a time limit of its own, whose failure says more: it may come first. */
  private static final Duration GRACE = Duration.ofMillis(200);

  /** Of threads whose waits do not end by an interrupt: whether there was one. */
  private static final ThreadLocal<@Nullable AtomicBoolean> INTERRUPTED = new ThreadLocal<>();

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
    if (INTERRUPTED.get() != null) {
      return outcome(request, timeout, what);
    }
    try {
      return request.get(timeout.plus(GRACE).toNanos(), TimeUnit.NANOSECONDS);
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
    long end = System.nanoTime() + timeout.plus(GRACE).toNanos();
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
      interruptAgain(interrupted);
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
    if (INTERRUPTED.get() != null) {
      lock.lock();
      return;
    }
    try {
      lock.lockInterruptibly();
    } catch (InterruptedException e) {
      throw interrupted(what, e);
    }
  }

  /**
   * Runs something that undoes what was begun, although the thread was interrupted, or is
   * meanwhile; that it was is known again afterwards. What it waits for must have a deadline.
   */
  public static void undisturbed(Runnable undoing) {
    boolean unused =
        uninterrupted(
            () -> {
              undoing.run();
              return true;
            });
  }

  /** The same after a failure, which stays the one that is told. */
  public static void undisturbed(Runnable undoing, Throwable failure) {
    try {
      undisturbed(undoing);
    } catch (S3VfsException e) {
      failure.addSuppressed(e);
    }
  }

  /**
   * As {@link #undisturbed(Runnable)}, for something whose outcome must be known: no wait of this
   * class that it takes on this thread is ended by an interrupt.
   */
  public static <T extends @Nullable Object> T uninterrupted(Supplier<T> work) {
    AtomicBoolean outer = INTERRUPTED.get();
    AtomicBoolean interrupted = new AtomicBoolean(Thread.interrupted());
    INTERRUPTED.set(interrupted);
    try {
      return work.get();
    } finally {
      if (outer == null) {
        INTERRUPTED.remove();
      } else {
        INTERRUPTED.set(outer);
      }
      interruptAgain(interrupted.get());
    }
  }

  /** Notes an interrupt that has not ended a wait. */
  private static void interruptAgain(boolean interrupted) {
    if (!interrupted) {
      return;
    }
    AtomicBoolean noted = INTERRUPTED.get();
    if (noted == null) {
      Thread.currentThread().interrupt();
    } else {
      noted.set(true);
    }
  }

  /**
   * Before something that is not ended by an interrupt any more.
   *
   * @throws S3VfsException {@code INTERRUPTED} if there was one
   */
  public static void refuseInterrupted(String what) {
    if (Thread.currentThread().isInterrupted()) {
      throw new S3VfsException(ErrorKind.INTERRUPTED, what + ": interrupted before it was sent");
    }
  }

  private static void acquire(Semaphore free, int permits, Duration timeout, String what) {
    boolean interrupted = false;
    long end = System.nanoTime() + timeout.toNanos();
    try {
      while (true) {
        try {
          if (!free.tryAcquire(permits, end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
            throw late(what, timeout, null);
          }
          return;
        } catch (InterruptedException e) {
          if (INTERRUPTED.get() == null) {
            throw interrupted(what, e);
          }
          interrupted = true;
        }
      }
    } finally {
      interruptAgain(interrupted);
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
