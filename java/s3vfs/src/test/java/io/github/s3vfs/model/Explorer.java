package io.github.s3vfs.model;

import io.github.s3vfs.model.Bounds.Limit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;

/**
 * Visits all states that can be reached within some bounds, the nearest first, until one breaks an
 * invariant. So the trace that it gives is a shortest one.
 */
final class Explorer {
  /** Progress is checked in one of so many states: it takes as long as visiting some of them. */
  private static final int PROGRESS_CHECKED = 8;

  private final Rules rules;
  private final Bounds bounds;
  private final Set<Invariant> watched;
  private final List<Actor> actors;
  private final FingerprintSet visited = new FingerprintSet(1 << 13);
  private final Fingerprint print = new Fingerprint();

  /** For each state but the first: the one that it was reached from, and by which of its steps. */
  private int[] parents = new int[1 << 12];

  private int[] ordinals = new int[1 << 12];
  private int states;
  private long transitions;
  private int acknowledged;

  private Explorer(Rules rules, Bounds bounds, Set<Invariant> watched) {
    this.rules = rules;
    this.bounds = bounds;
    this.watched = watched;
    this.actors = actors(bounds);
  }

  /**
   * What was found.
   *
   * @param states that differ
   * @param transitions between them
   * @param acknowledged the transactions whose COMMIT is successful in some state, one bit for each
   * @param violation what is wrong in the last one; empty if nothing is wrong in any
   * @param trace the steps that lead there
   */
  record Result(
      int states, long transitions, int acknowledged, String violation, List<String> trace) {
    boolean isSafe() {
      return violation.isEmpty();
    }

    @Override
    public String toString() {
      return violation + "\n  " + String.join("\n  ", trace);
    }
  }

  /** Looks at all invariants in every state, and at {@link Invariant#PROGRESS} in some. */
  static Result explore(Rules rules, Bounds bounds) {
    return explore(rules, bounds, EnumSet.allOf(Invariant.class));
  }

  /**
   * Looks at some of the invariants only, to see what happens behind a state that breaks others.
   */
  static Result explore(Rules rules, Bounds bounds, Set<Invariant> watched) {
    return new Explorer(rules, bounds, watched).run();
  }

  /** All who take part. */
  static List<Actor> actors(Bounds bounds) {
    List<Actor> all = new ArrayList<>();
    int writers = bounds.writers() + bounds.get(Limit.CLONES);
    for (int i = 0; i < writers; i++) {
      all.add(new WriterSteps(i));
    }
    for (int i = 0; i < bounds.collectors(); i++) {
      all.add(new Collector.Steps(i));
    }
    for (int i = 0; i < bounds.compactors(); i++) {
      all.add(new Compactor.Steps(i));
    }
    if (bounds.has(Limit.READS)) {
      all.add(new Reader());
    }
    if (bounds.has(Limit.DELETIONS)) {
      all.add(new Deleter());
    }
    all.add(new Network());
    return all;
  }

  /** A state that was reached and whose steps were not taken yet. */
  private record Reached(int number, State state) {}

  private Result run() {
    Queue<Reached> queue = new ArrayDeque<>();
    State first = new State(rules, bounds, watched);
    visited.add(first.fingerprint(print));
    queue.add(new Reached(states++, first));
    Expansion expansion = new Expansion(queue);
    for (Reached next = queue.poll(); next != null; next = queue.poll()) {
      expansion.of(next);
      if (!expansion.violation.isEmpty()) {
        return new Result(
            states, transitions, acknowledged, expansion.violation, trace(states - 1));
      }
    }
    return new Result(states, transitions, acknowledged, "", List.of());
  }

  /** Takes the steps from one state. */
  private final class Expansion implements Actor.Sink {
    private final Queue<Reached> queue;
    private int from;
    private int ordinal;
    private String violation = "";

    Expansion(Queue<Reached> queue) {
      this.queue = queue;
    }

    void of(Reached reached) {
      from = reached.number;
      ordinal = 0;
      for (Actor actor : actors) {
        actor.steps(reached.state, this);
      }
    }

    @Override
    public void step(String who, String what, Put.Fate fate, State to) {
      int taken = ordinal++;
      transitions++;
      if (!violation.isEmpty()) {
        return;
      }
      Invariants.check(to);
      acknowledged |= to.acknowledged;
      boolean isNew = visited.add(to.fingerprint(print));
      if (isNew && states % PROGRESS_CHECKED == 0 && watched.contains(Invariant.PROGRESS)) {
        Progress.check(to);
      }
      violation = to.violation;
      if (isNew || !violation.isEmpty()) {
        remember(taken);
        queue.add(new Reached(states++, to));
      }
    }

    private void remember(int taken) {
      if (states == parents.length) {
        parents = Arrays.copyOf(parents, 2 * states);
        ordinals = Arrays.copyOf(ordinals, 2 * states);
      }
      parents[states] = from;
      ordinals[states] = taken;
    }
  }

  /** The steps to a state, found by taking them again. */
  private List<String> trace(int number) {
    ArrayDeque<Integer> path = new ArrayDeque<>();
    for (int at = number; at > 0; at = parents[at]) {
      path.push(ordinals[at]);
    }
    List<String> steps = new ArrayList<>();
    State[] state = {new State(rules, bounds, watched)};
    for (int wanted : path) {
      State from = state[0];
      int[] ordinal = {0};
      for (Actor actor : actors) {
        actor.steps(
            from,
            (who, what, fate, to) -> {
              if (ordinal[0]++ == wanted) {
                steps.add(who + " " + what + fate.text);
                state[0] = to;
              }
            });
      }
    }
    return steps;
  }
}
