package io.github.s3vfs.model;

import io.github.s3vfs.model.Bounds.Limit;
import java.util.List;

/**
 * Who deletes the database: its memory and what it may do. The head goes first, by one DELETE; then
 * the segments.
 *
 * @param phase how far it is
 * @param runs that it has begun
 * @param names what the LIST has shown
 */
record Deleter(Phase phase, int runs, List<Segment> names) implements Actor {
  enum Phase {
    IDLE,
    LISTED,
    HEAD_DELETED
  }

  Deleter() {
    this(Phase.IDLE, 0, List.of());
  }

  void fingerprint(Fingerprint print) {
    print.add(phase).add(runs).add(names.size());
    for (Segment name : names) {
      print.segment(name);
    }
  }

  @Override
  public void steps(State from, Sink sink) {
    from.deleter.next(from, sink);
  }

  private void next(State from, Sink sink) {
    State to = from.copy();
    switch (phase) {
      case IDLE -> {
        if (runs < from.bounds.get(Limit.DELETIONS) && from.head.exists()) {
          to.deleter = new Deleter(Phase.LISTED, runs + 1, namesOf(from));
          sink.step("deleter", "lists the segments", to);
        }
      }
      case LISTED -> {
        deleteHead(to);
        to.deleter = new Deleter(Phase.HEAD_DELETED, runs, names);
        sink.step("deleter", "deletes the head", to);
      }
      case HEAD_DELETED -> {
        boolean first = from.rules.has(Rule.DELETER_LISTS_FIRST);
        List<Segment> doomed = first ? names : namesOf(from);
        to.deleteSegments(doomed::contains);
        to.deleter = new Deleter(Phase.IDLE, runs, List.of());
        sink.step("deleter", "deletes the segments", to);
      }
    }
  }

  private static List<Segment> namesOf(State state) {
    return state.segments.stream().map(StoredSegment::name).toList();
  }

  /** What was promised about a database ends with it, except that lost commits were never there. */
  private static void deleteHead(State to) {
    for (Version version : to.head.history()) {
      to.buried = Nonces.with(to.buried, version.put());
    }
    to.head = Head.NONE;
    to.acknowledged = 0;
    for (int i = 0; i < to.writers(); i++) {
      to.setCurrent(i, 0, Version.EMPTY);
    }
  }
}
