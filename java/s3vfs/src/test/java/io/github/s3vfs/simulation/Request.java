package io.github.s3vfs.simulation;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.snapshot.SimulatedVolumes;
import io.github.s3vfs.internal.store.Condition;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A request on its way. Its fate is decided when it is chosen for the first time. */
final class Request<T> implements Choice {
  /** Longer than any wait for an answer. */
  private static final long STUCK_NANOS = 12_000_000_000L;

  private final SimulatedProcess process;
  private final String what;
  private final Answer<T> answer;
  private final Supplier<CompletableFuture<T>> effect;
  private final UnaryOperator<T> cut;
  private final Function<Request<?>, Fate> fates;
  private final ArrayDeque<Runnable> steps = new ArrayDeque<>();
  private @Nullable Fate fate;
  private @Nullable CompletableFuture<T> outcome;
  private long notBefore;

  /**
   * @param what it is, for the log
   * @param effect what it does at once
   * @param cut takes a part of the answer away
   * @param fates decides
   */
  Request(
      SimulatedProcess process,
      String what,
      Answer<T> answer,
      Supplier<CompletableFuture<T>> effect,
      UnaryOperator<T> cut,
      Function<Request<?>, Fate> fates) {
    this.process = process;
    this.what = what;
    this.answer = answer;
    this.effect = effect;
    this.cut = cut;
    this.fates = fates;
  }

  SimulatedProcess process() {
    return process;
  }

  /** Whether it changes nothing. */
  boolean isRead() {
    return what.startsWith("GET") || what.startsWith("LIST");
  }

  /**
   * Whether it makes a head where there is none. That takes effect at most once, or so the library
   * has it: see "delete" in docs/SEMANTICS.md.
   */
  boolean makesHead() {
    return what.endsWith(SimulatedVolumes.HEAD + ' ' + Condition.IF_ABSENT.kind());
  }

  /** Whether its answer has a body that can be cut off. */
  boolean hasBody() {
    return what.startsWith("GET");
  }

  @Override
  public long readyAt() {
    return notBefore;
  }

  @Override
  public boolean isOver() {
    return fate != null && steps.isEmpty();
  }

  @Override
  public @Nullable Actor happen() {
    if (fate == null) {
      Fate decided = fates.apply(this);
      fate = decided;
      decide(decided);
      process.note(what + ": " + decided);
      if (decided == Fate.STUCK) {
        notBefore = process.now() + STUCK_NANOS;
        return null;
      }
    }
    Runnable step = steps.poll();
    if (step != null) {
      step.run();
    }
    return null;
  }

  private void decide(Fate decided) {
    switch (decided) {
      case ANSWERED -> steps.add(this::effectAndAnswer);
      case SLOW -> {
        steps.add(this::takeEffect);
        steps.add(this::tell);
      }
      case REFUSED -> steps.add(this::fail);
      case LOST ->
          steps.add(
              () -> {
                takeEffect();
                fail();
              });
      case LATER -> {
        steps.add(this::fail);
        steps.add(this::takeEffect);
      }
      case SILENT, STUCK -> steps.add(this::takeEffect);
      case VANISHED -> {}
      case TWICE -> {
        steps.add(this::takeEffect);
        steps.add(this::effectAndAnswer);
      }
      case OVERTAKEN -> {
        steps.add(this::effectAndAnswer);
        steps.add(this::takeEffect);
      }
      case TRUNCATED ->
          steps.add(
              () -> {
                takeEffect();
                process.truncated();
                CompletableFuture<T> done = outcome;
                outcome = done == null || failed(done) ? done : done.thenApply(cut);
                tell();
              });
    }
  }

  private static boolean failed(CompletableFuture<?> done) {
    return done.isCompletedExceptionally();
  }

  private void takeEffect() {
    outcome = effect.get();
    process.note(what + (failed(outcome) ? " is refused by its condition" : " takes effect"));
  }

  private void effectAndAnswer() {
    takeEffect();
    tell();
  }

  private void tell() {
    CompletableFuture<T> done = outcome;
    if (!process.hasCrashed() && done != null) {
      process.note(what + " is answered");
      var unused =
          done.whenComplete(
              (value, error) -> {
                if (error != null) {
                  answer.completeExceptionally(error);
                } else {
                  answer.complete(value);
                }
              });
    }
  }

  private void fail() {
    if (!process.hasCrashed()) {
      process.fault();
      answer.completeExceptionally(
          new S3VfsException(ErrorKind.UNAVAILABLE, what + ": 503 simulated"));
    }
  }
}
