package io.github.s3vfs.model;

import io.github.s3vfs.model.Bounds.Limit;
import java.util.List;

/** The memory of a collector. A step changes a copy. */
final class Collector implements Cloneable {
  enum Phase {
    IDLE,
    LISTED,
    RAISING,
    /** Has no answer to the raise of the floor, or was refused. */
    RAISE_SENT,
    RAISED,
    DELETING
  }

  Phase phase = Phase.IDLE;
  int runs;
  Head head = Head.NONE;
  Head sent = Head.NONE;

  /** How many versions it retains, the newest ones. */
  int retains;

  /** What the LIST has shown; later, what is to be deleted. */
  List<Segment> names = List.of();

  Collector copy() {
    try {
      return (Collector) clone();
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }

  void fingerprint(Fingerprint print) {
    print.add(phase).add(runs).head(head).head(sent).add(retains).add(names.size());
    for (Segment name : names) {
      print.segment(name);
    }
  }

  /** What a collector may do. */
  static final class Steps implements Actor {
    private final int index;
    private final String who;

    Steps(int index) {
      this.index = index;
      this.who = "collector " + index;
    }

    @Override
    public void steps(State from, Sink sink) {
      Collector c = from.collector(index);
      switch (c.phase) {
        case IDLE -> {
          if (c.runs < from.bounds.get(Limit.COLLECTIONS)) {
            list(from, sink);
          }
        }
        case LISTED -> {
          for (int i = 1; i <= Math.max(1, from.bounds.get(Limit.RETAINED)); i++) {
            read(from, sink, i);
          }
        }
        case RAISING -> raise(from, sink);
        case RAISE_SENT -> {
          raiseAgain(from, sink);
          settle(from, sink);
        }
        case RAISED -> choose(from, sink);
        case DELETING -> delete(from, sink);
      }
    }

    private void list(State from, Sink sink) {
      State to = from.copy();
      Collector c = to.changeCollector(index);
      c.runs++;
      c.phase = Phase.LISTED;
      c.names = namesOf(to);
      sink.step(who, "lists the segments", to);
    }

    private static List<Segment> namesOf(State state) {
      return state.segments.stream().map(StoredSegment::name).toList();
    }

    private void read(State from, Sink sink, int retains) {
      State to = from.copy();
      Collector c = to.changeCollector(index);
      if (!to.head.exists()) {
        c.forget();
      } else {
        c.head = to.head;
        c.phase = Phase.RAISING;
        c.retains = Math.max(1, Math.min(retains, to.head.version()));
      }
      sink.step(who, "reads the head, to retain " + c.retains, to);
    }

    /** The oldest version that is retained from now on. */
    private static int oldest(State state, Collector c) {
      int oldest = Math.max(1, c.head.version() - c.retains + 1);
      boolean forward = state.rules.has(Rule.OLDEST_GOES_FORWARD);
      return forward ? Math.max(c.head.oldest(), oldest) : oldest;
    }

    private void raise(State from, Sink sink) {
      for (Put.Fate fate : Put.Fate.values()) {
        State to = from.copy();
        Collector c = to.changeCollector(index);
        boolean fresh = to.rules.has(Rule.FRESH_NONCES);
        int nonce = fresh ? to.freshNonce() : 0;
        boolean raises = to.rules.has(Rule.RAISES_FLOOR);
        c.sent = raises ? c.head.withFloorRaised(nonce) : c.head.withNonce(nonce);
        int oldest = oldest(to, c);
        c.sent = to.rules.has(Rule.OLDEST_IN_HEAD) ? c.sent.withOldest(oldest) : c.sent;
        c.sent = to.rules.has(Rule.COUNTS_WRITES) ? c.sent.counted() : c.sent;
        send(to, c, fate, sink);
      }
    }

    private void raiseAgain(State from, Sink sink) {
      for (Put.Fate fate : Put.Fate.values()) {
        State to = from.copy();
        send(to, to.changeCollector(index), fate, sink);
      }
    }

    private void send(State to, Collector c, Put.Fate fate, Sink sink) {
      Put put = new Put.OfHead(Put.Purpose.FLOOR, c.head, c.sent);
      if (Network.isPossible(to, put, fate)) {
        Put.Answer answer = Network.send(to, put, fate);
        boolean hopes = answer == Put.Answer.NONE && !to.rules.has(Rule.SETTLES_FLOOR);
        if (answer == Put.Answer.OK || hopes) {
          c.raised(c.sent.withOldest(oldest(to, c)));
        } else {
          c.phase = Phase.RAISE_SENT;
        }
        sink.step(who, "raises the floor", fate, to);
      }
    }

    private void settle(State from, Sink sink) {
      State to = from.copy();
      Collector c = to.changeCollector(index);
      Head head = to.head;
      if (!head.exists() || head.uuid() != c.head.uuid()) {
        c.forget();
      } else if (head.floor() >= c.sent.floor()) {
        c.raised(head);
      } else if (!head.equals(c.head)) {
        c.head = head;
        c.sent = Head.NONE;
        c.phase = Phase.RAISING;
      }
      sink.step(who, "settles the floor", to);
    }

    /** Chooses what is to be deleted, by the head whose floor it knows to be raised. */
    private void choose(State from, Sink sink) {
      State to = from.copy();
      Collector c = to.changeCollector(index);
      Head head = c.head;
      List<Segment> names = to.rules.has(Rule.COLLECTOR_LISTS_FIRST) ? c.names : namesOf(to);
      c.names = names.stream().filter(s -> isGarbage(to.rules, head, s)).toList();
      c.head = Head.NONE;
      c.phase = Phase.DELETING;
      if (c.names.isEmpty()) {
        c.forget();
      }
      sink.step(who, "chooses what to delete", to);
    }

    private static boolean isGarbage(Rules rules, Head head, Segment segment) {
      if (head.version() == 0) {
        return false;
      }
      int oldest = head.retained();
      Version kept = rules.has(Rule.KEEPS_RETAINED) ? head.history().get(oldest) : head.record();
      return segment.epoch() < bound(rules, head, oldest) && !kept.refersTo(segment);
    }

    /** The epoch from which on segments may belong to versions behind the oldest one. */
    private static int bound(Rules rules, Head head, int oldest) {
      if (!rules.has(Rule.KEEPS_WHAT_IS_NEWER)) {
        return head.floor();
      }
      if (oldest + 1 == head.version()) {
        return head.floor() + (rules.has(Rule.RAISES_FLOOR) ? 0 : 1);
      }
      Version next = head.history().get(oldest + 1);
      return rules.has(Rule.BOUND_BY_COMMIT) ? next.commit().epoch() : next.place().epoch();
    }

    private void delete(State from, Sink sink) {
      State to = from.copy();
      Collector c = to.changeCollector(index);
      List<Segment> names = c.names;
      to.deleteSegments(names::contains);
      c.forget();
      sink.step(who, "deletes " + names.size() + " segments", to);
    }
  }

  private void raised(Head raised) {
    head = raised;
    sent = Head.NONE;
    phase = Phase.RAISED;
  }

  private void forget() {
    phase = Phase.IDLE;
    head = Head.NONE;
    sent = Head.NONE;
    retains = 0;
    names = List.of();
  }
}
