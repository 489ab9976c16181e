package io.github.s3vfs.model;

import java.util.List;

/** Looks for states and steps that break an {@link Invariant}. */
final class Invariants {
  private Invariants() {}

  /** Checks what can be seen in a state. */
  static void check(State state) {
    Head head = state.head;
    List<Version> history = head.history();
    int content = Version.lastOf(history).content();
    if ((state.acknowledged & ~content) != 0) {
      state.breaks(Invariant.DURABLE, "a successful COMMIT is not in the database");
    }
    for (int put : state.lost) {
      if (head.hasPublished(put) || Nonces.contains(state.buried, put)) {
        state.breaks(Invariant.LOST_FOR_GOOD, "a COMMIT reported as lost has taken effect");
      }
    }
    for (int i = head.retained(); i < history.size(); i++) {
      String which = " of version " + (i + 1) + " of " + history.size();
      if (!history.get(i).hasPages(state)) {
        state.breaks(Invariant.READABLE, "pages" + which + " are not there");
      }
      if (!history.get(i).hasRecord(state)) {
        state.breaks(Invariant.READABLE, "the record" + which + " is not there");
      }
    }
  }

  /** Checks a PUT of the head that is about to take effect. */
  static void checkHead(State state, Put.OfHead put) {
    Head old = state.head;
    Head head = put.head();
    if (old.exists() && (old.uuid() != head.uuid() || !continues(old.history(), head.history()))) {
      state.breaks(Invariant.LINEAR, "the " + put + " does not continue " + old.version());
    }
    if (head.floor() < old.floor() && old.uuid() == head.uuid()) {
      state.breaks(Invariant.READABLE, "the " + put + " takes the floor back");
    }
    boolean back = false;
    for (int i = 0; i < state.writers(); i++) {
      back |= head.equals(state.writer(i).head);
    }
    for (int i = 0; i < state.bounds.compactors(); i++) {
      back |= head.equals(state.compactor(i).head);
    }
    for (Put other : state.inFlight) {
      back |= other instanceof Put.OfHead p && p.expected().equals(head);
    }
    if (back) {
      state.breaks(Invariant.NO_HEAD_COMES_BACK, "the " + put + " is a head that was replaced");
    }
  }

  /** Whether a history has the same commits as another one, or one more. */
  private static boolean continues(List<Version> before, List<Version> after) {
    int n = before.size();
    if (after.size() < n || after.size() > n + 1) {
      return false;
    }
    for (int i = 0; i < n; i++) {
      if (!after.get(i).isSameAs(before.get(i))) {
        return false;
      }
    }
    if (after.size() == n) {
      return true;
    }
    int content = Version.lastOf(before).content();
    Version last = after.get(n);
    return (last.content() & content) == content
        && Integer.bitCount(last.content()) == Integer.bitCount(content) + 1
        && before.stream().noneMatch(v -> v.commit().equals(last.commit()));
  }

  /** Checks that a writer may be told that its commit is lost. */
  static void checkLost(State state, Writer writer) {
    boolean alone =
        !state.bounds.has(Bounds.Limit.CLONES) && !state.bounds.has(Bounds.Limit.DELETIONS);
    if (alone
        && writer.claim != 0
        && !writer.fenced
        && !Nonces.contains(state.broken, writer.claim)
        && !Nonces.contains(state.broken, writer.renewal)) {
      state.breaks(Invariant.CLAIM_PROTECTS, "a COMMIT is lost, and nobody replaced its claim");
    }
  }

  /** Checks the version that a thread is about to read. */
  static void checkPin(State state, int version, int current, int before) {
    if (version < current) {
      state.breaks(
          Invariant.FORWARD, "a process goes back from version " + current + " to " + version);
    }
    if (version < before) {
      state.breaks(Invariant.FORWARD, "a reader misses what its process has used before");
    }
  }
}
