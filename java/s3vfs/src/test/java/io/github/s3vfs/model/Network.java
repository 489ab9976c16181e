package io.github.s3vfs.model;

import io.github.s3vfs.model.Bounds.Limit;
import io.github.s3vfs.model.Put.Answer;
import io.github.s3vfs.model.Put.Fate;
import java.util.ArrayList;
import java.util.List;

/** Requests on their way to the store, and what they do there. */
final class Network implements Actor {
  /** Whether a PUT may meet this fate now. */
  static boolean isPossible(State from, Put put, Fate fate) {
    return switch (fate) {
      case ARRIVES -> true;
      case LOST -> from.faultsLeft > 0;
      case REPEATED -> from.faultsLeft > 0 && holds(from, put);
    };
  }

  /** Sends a PUT in this state. */
  static Answer send(State state, Put put, Fate fate) {
    if (fate == Fate.ARRIVES) {
      return arrive(state, put) ? Answer.OK : Answer.REFUSED;
    }
    state.faultsLeft--;
    if (fate == Fate.REPEATED) {
      arrive(state, put);
      return Answer.REFUSED;
    }
    if (!state.inFlight.contains(put)) {
      List<Put> more = new ArrayList<>(state.inFlight);
      more.add(put);
      state.inFlight = more;
      forgetHopeless(state);
    }
    return Answer.NONE;
  }

  /** What is in flight takes effect. */
  @Override
  public void steps(State from, Sink sink) {
    for (int i = 0; i < from.inFlight.size(); i++) {
      Put put = from.inFlight.get(i);
      if (holds(from, put)) {
        State to = from.copy();
        List<Put> others = new ArrayList<>(from.inFlight);
        others.remove(i);
        to.inFlight = others;
        arrive(to, put);
        sink.step("store", "the PUT that had no answer takes effect: " + put, to);
      }
    }
  }

  /** Whether the condition of a PUT holds. */
  private static boolean holds(State state, Put put) {
    if (put instanceof Put.OfHead p) {
      boolean free =
          p.purpose() == Put.Purpose.COMMIT && !state.rules.has(Rule.CONDITIONAL_PUBLISH);
      return free || p.expected().equals(state.head);
    }
    return !state.rules.has(Rule.SEGMENTS_NEVER_OVERWRITTEN)
        || state.pagesOf(((Put.OfSegment) put).segment().name()) < 0;
  }

  private static boolean arrive(State state, Put put) {
    if (!holds(state, put)) {
      return false;
    }
    if (put instanceof Put.OfHead p) {
      Invariants.checkHead(state, p);
      Head before = state.head;
      if (p.purpose() == Put.Purpose.CLAIM && before.isClaimed()) {
        state.broken = Nonces.with(state.broken, before.claim());
      }
      state.head = p.head();
      forgetHopeless(state);
    } else {
      state.store(((Put.OfSegment) put).segment());
    }
    return true;
  }

  /**
   * Drops PUTs of the head whose condition does not hold: if no head comes back, it never will.
   * That no head comes back is what the nonces are for; where that is in question nothing is
   * dropped.
   */
  private static void forgetHopeless(State state) {
    if (state.inFlight.isEmpty()
        || !state.rules.has(Rule.FRESH_NONCES)
        || state.bounds.has(Limit.DELETIONS)
        || state.bounds.has(Limit.DRAWN_AHEAD)) {
      return;
    }
    List<Put> left = new ArrayList<>(state.inFlight);
    if (left.removeIf(p -> p instanceof Put.OfHead && !holds(state, p))) {
      state.inFlight = left;
    }
  }
}
