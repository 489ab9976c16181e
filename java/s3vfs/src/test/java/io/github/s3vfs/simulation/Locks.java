package io.github.s3vfs.simulation;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the actors of a process apart where the code that is simulated would let one wait for
 * another in a way that the scheduler cannot see: at a lock of Java's. Whoever would wait there
 * does not begin.
 *
 * <p>While the head is asked for, one at a time asks. The writer of the head is held by a
 * transaction that begins or ends, by whoever settles an outcome, by a renewal, and by a commit
 * behind its uploads.
 */
final class Locks {
  private @Nullable Actor asking;
  private @Nullable Actor changing;
  private @Nullable Actor committing;
  private boolean renewing;

  /**
   * Runs what asks for the head; waits until it can.
   *
   * @param changes whether it changes the head, too, as it is when it begins
   */
  void asking(Actor me, BooleanSupplier changes, Runnable task) {
    me.await(() -> asking == null && (!changes.getAsBoolean() || isFree()), Long.MAX_VALUE);
    asking = me;
    boolean change = changes.getAsBoolean();
    changing = change ? me : changing;
    try {
      task.run();
    } finally {
      asking = null;
      changing = change ? null : changing;
    }
  }

  /** Runs what changes the head; waits until it can. */
  void changing(Actor me, Runnable task) {
    me.await(this::isFree, Long.MAX_VALUE);
    changing = me;
    try {
      task.run();
    } finally {
      changing = null;
    }
  }

  private boolean isFree() {
    return changing == null && !renewing;
  }

  /** Runs a commit, beside which renewals go on while it uploads. */
  void committing(Actor me, Runnable task) {
    me.await(() -> !renewing, Long.MAX_VALUE);
    committing = me;
    try {
      task.run();
    } finally {
      committing = null;
    }
  }

  boolean mayRenew() {
    return !renewing && isUploading(changing) && isUploading(committing);
  }

  private static boolean isUploading(@Nullable Actor actor) {
    Answer<?> awaited = actor == null ? null : actor.awaited();
    return actor == null || (awaited != null && awaited.isUpload());
  }

  void renewing(boolean now) {
    renewing = now;
  }

  /** Whether an actor has to wait for a renewal. */
  boolean isHeld(@Nullable Actor actor) {
    return renewing && actor != null && (actor == changing || actor == committing);
  }
}
