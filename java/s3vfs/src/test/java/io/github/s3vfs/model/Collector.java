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
    print.add(phase).add(runs).head(head).head(sent).add(names.size());
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
        case LISTED -> read(from, sink);
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

    private void read(State from, Sink sink) {
      State to = from.copy();
      Collector c = to.changeCollector(index);
      if (!to.head.exists()) {
        c.forget();
      } else if (to.rules.has(Rule.RAISES_FLOOR)) {
        c.head = to.head;
        c.phase = Phase.RAISING;
      } else {
        c.head = to.head.withFloorRaised(0);
        c.phase = Phase.RAISED;
      }
      sink.step(who, "reads the head", to);
    }

    private void raise(State from, Sink sink) {
      for (Put.Fate fate : Put.Fate.values()) {
        State to = from.copy();
        Collector c = to.changeCollector(index);
        boolean fresh = to.rules.has(Rule.FRESH_NONCES);
        c.sent = c.head.withFloorRaised(fresh ? to.freshNonce() : 0);
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
          c.raised(c.sent);
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
      boolean retains = to.rules.has(Rule.KEEPS_RETAINED);
      int kept = retains ? to.retained(head) : Math.max(0, head.version() - 1);
      List<Segment> names = to.rules.has(Rule.COLLECTOR_LISTS_FIRST) ? c.names : namesOf(to);
      c.names =
          names.stream().filter(s -> s.epoch() < head.floor() && !head.refersTo(s, kept)).toList();
      c.head = Head.NONE;
      c.phase = Phase.DELETING;
      if (c.names.isEmpty()) {
        c.forget();
      }
      sink.step(who, "chooses what to delete", to);
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
    names = List.of();
  }
}
