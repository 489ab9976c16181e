package io.github.s3vfs.internal.store.crt;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.store.BackgroundThread;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/**
 * Sends requests and turns their outcome into ours. The CRT client has no time limit for a whole
 * request, so each gets one here.
 */
@SuppressWarnings("FutureReturnValueIgnored") // callbacks: failures reach the result
final class Calls {
  /** Not CompletableFuture's own one, which keeps the class loader of its first user for good. */
  private static final ScheduledExecutorService TIMER = BackgroundThread.named("s3vfs-timer");

  private final S3AsyncClient client;
  private final Duration deadline;
  private final ClientGate gate;

  /**
   * @param client that they go to
   * @param deadline of each request, with all retries
   * @param gate of the client
   */
  Calls(S3AsyncClient client, Duration deadline, ClientGate gate) {
    this.client = client;
    this.deadline = deadline;
    this.gate = gate;
  }

  /**
   * Sends a request. The future returned fails with {@link S3VfsException} only; when it is
   * cancelled or its deadline passes, the request is cancelled.
   *
   * @param name names the request in messages
   * @param send starts it; may throw
   * @param answer makes the result; may throw
   * @param failure makes the result of a failure (without wrappers), or throws it translated
   */
  <A, R> CompletableFuture<R> send(
      RequestName name,
      Supplier<CompletableFuture<A>> send,
      Function<A, R> answer,
      Function<Throwable, R> failure) {
    CompletableFuture<R> result = new CompletableFuture<>();
    CompletableFuture<A> request;
    // The SDK fails in an interrupted thread. To notice that is for whoever waits for the result,
    // and others may wait for it too.
    boolean interrupted = Thread.interrupted();
    try {
      request = gate.send(send);
      // The thread may have been interrupted since.
      Throwable failed = request.handle((value, error) -> error).getNow(null);
      interrupted |= failed != null && Failures.isInterrupt(failed);
    } catch (RuntimeException e) {
      interrupted |= Failures.isInterrupt(e);
      complete(result, () -> failure.apply(Failures.unwrap(e)), name);
      return result;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    request.whenComplete(
        (value, error) -> {
          if (error == null || Failures.status(Failures.unwrap(error)) > 0) {
            gate.answered(client);
          }
          complete(
              result,
              () -> error == null ? answer.apply(value) : failure.apply(Failures.unwrap(error)),
              name);
        });
    result.whenComplete(
        (value, error) -> {
          if (result.isCancelled()) {
            request.cancel(true);
          }
        });
    if (!result.isDone()) {
      // Not on the timer's only thread: cancelling may wait for the native side.
      ScheduledFuture<?> timer =
          TIMER.schedule(
              () -> ForkJoinPool.commonPool().execute(() -> giveUp(name, request, result)),
              deadline.toNanos(),
              TimeUnit.NANOSECONDS);
      result.whenComplete((value, error) -> timer.cancel(false));
    }
    return result;
  }

  /** Sends a request whose failures have no special meaning. */
  <A, R> CompletableFuture<R> send(
      RequestName name, Supplier<CompletableFuture<A>> send, Function<A, R> answer) {
    return send(
        name,
        send,
        answer,
        error -> {
          throw Failures.translate(error, name);
        });
  }

  private void giveUp(RequestName name, CompletableFuture<?> request, CompletableFuture<?> result) {
    String text = name + ": no answer within " + deadline.toMillis() + " ms";
    if (!gate.hasAnswered(client) && Failures.mayBeTls(client)) {
      // The runtime takes ten seconds and more for a handshake that fails, and repeats it.
      text += "; nothing was answered so far: " + Failures.TRUST;
    }
    result.completeExceptionally(new S3VfsException(ErrorKind.UNAVAILABLE, text));
    request.cancel(true);
  }

  private static <R> void complete(
      CompletableFuture<R> result, Supplier<R> outcome, RequestName name) {
    if (result.isDone()) {
      return;
    }
    try {
      result.complete(outcome.get());
    } catch (RuntimeException e) {
      result.completeExceptionally(Failures.translate(Failures.unwrap(e), name));
    }
  }
}
