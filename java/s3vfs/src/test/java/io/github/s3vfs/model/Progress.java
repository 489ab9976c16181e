package io.github.s3vfs.model;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Predicate;

/**
 * What one writer reaches from a state if nobody else does anything and nothing fails. What is in
 * flight stays there.
 */
final class Progress {
  /** More than a writer that is alone ever needs. */
  private static final int STATES = 200;

  private Progress() {}

  /** Checks a state; it is not changed but for what is found. */
  static void check(State state) {
    for (int i = 0; i < state.writers(); i++) {
      int index = i;
      if (!reaches(quiet(state), i, s -> isIdle(s.writer(index)))) {
        state.breaks(Invariant.PROGRESS, "writer " + i + " cannot come to an end");
      }
    }
    checkNewWriter(state, false);
    checkNewWriter(state, true);
  }

  private static void checkNewWriter(State state, boolean optimistic) {
    State from = quiet(state);
    int index = from.addWriter(optimistic);
    if (!reaches(from, index, s -> s.acknowledged != state.acknowledged)) {
      String kind = optimistic ? "optimistic" : "claiming";
      state.breaks(Invariant.PROGRESS, "a new " + kind + " writer cannot commit");
    }
  }

  private static boolean isIdle(Writer writer) {
    return writer.phase == Writer.Phase.IDLE || writer.phase == Writer.Phase.ABSENT;
  }

  private static State quiet(State state) {
    State quiet = state.copy();
    quiet.faultsLeft = 0;
    quiet.crashesLeft = 0;
    return quiet;
  }

  private static boolean reaches(State from, int index, Predicate<State> goal) {
    if (goal.test(from)) {
      return true;
    }
    boolean[] reached = {false};
    FingerprintSet visited = new FingerprintSet(64);
    Fingerprint print = new Fingerprint();
    Queue<State> queue = new ArrayDeque<>();
    queue.add(from);
    Actor writer = new WriterSteps(index);
    for (int i = 0; i < STATES && !queue.isEmpty() && !reached[0]; i++) {
      writer.steps(
          queue.remove(),
          (who, what, fate, to) -> {
            Invariants.check(to);
            reached[0] |= goal.test(to) && to.violation.isEmpty();
            if (visited.add(to.fingerprint(print))) {
              queue.add(to);
            }
          });
    }
    return reached[0];
  }
}
