package io.github.s3vfs.internal.store.crt;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Requests that follow one another, each made from what the one before left to do.
 *
 * @param <S> what is left to do
 * @param <R> the result of all
 */
@SuppressWarnings("FutureReturnValueIgnored") // callbacks: failures reach the result
final class Steps<S, R> {
  private final Function<S, CompletableFuture<Outcome<S, R>>> step;
  private final CompletableFuture<R> result = new CompletableFuture<>();

  /**
   * What a step came to.
   *
   * @param left what the next one has to do; null when this was the last
   * @param result of all, when this was the last; null as the result of a deletion
   */
  record Outcome<S, R>(@Nullable S left, @Nullable R result) {}

  private Steps(Function<S, CompletableFuture<Outcome<S, R>>> step) {
    this.step = step;
  }

  static <S, R> Outcome<S, R> last(@Nullable R result) {
    return new Outcome<>(null, result);
  }

  static <S, R> Outcome<S, R> left(S left) {
    return new Outcome<>(left, null);
  }

  /**
   * Runs steps until one leaves nothing to do, or fails. Cancelling the future returned cancels the
   * step under way, and no other follows.
   *
   * @param first what is to do
   * @param step sends one request
   */
  static <S, R> CompletableFuture<R> run(
      S first, Function<S, CompletableFuture<Outcome<S, R>>> step) {
    Steps<S, R> steps = new Steps<>(step);
    steps.next(first);
    return steps.result;
  }

  private void next(S todo) {
    CompletableFuture<Outcome<S, R>> request;
    try {
      request = step.apply(todo);
    } catch (RuntimeException e) {
      result.completeExceptionally(new S3VfsException(ErrorKind.INTERNAL, e.toString(), e));
      return;
    }
    result.whenComplete(
        (value, error) -> {
          if (result.isCancelled()) {
            request.cancel(true);
          }
        });
    request.whenComplete(
        (outcome, error) -> {
          if (error != null) {
            result.completeExceptionally(error);
          } else if (outcome.left() == null) {
            result.complete(outcome.result());
          } else if (!result.isDone()) {
            next(outcome.left());
          }
        });
  }
}
