package io.github.s3vfs.model;

import io.github.s3vfs.model.Bounds.Limit;

/**
 * A thread that reads, in the process of the first writer: its memory and what it may do. The two
 * share the newest version that their process has used.
 *
 * @param phase of its read transaction
 * @param runs read transactions that it has begun
 * @param answer the version in the answer to its GET of the head, while that is on its way
 * @param before the version that its process used when the read transaction began
 * @param pinned the version that it reads
 */
record Reader(Phase phase, int runs, int answer, int before, int pinned) implements Actor {
  enum Phase {
    IDLE,
    ASKED,
    READING
  }

  Reader() {
    this(Phase.IDLE, 0, 0, 0, 0);
  }

  /** In a new process. */
  Reader restarted() {
    return new Reader(Phase.IDLE, runs, 0, 0, 0);
  }

  void fingerprint(Fingerprint print) {
    print.add(phase).add(runs).add(answer).add(before).add(pinned);
  }

  @Override
  public void steps(State from, Sink sink) {
    from.reader.next(from, sink);
  }

  private void next(State from, Sink sink) {
    State to = from.copy();
    switch (phase) {
      case IDLE -> {
        if (runs < from.bounds.get(Limit.READS)) {
          to.reader = new Reader(Phase.ASKED, runs + 1, to.head.version(), to.current(0), 0);
          sink.step("reader", "asks for the head: version " + to.head.version(), to);
        }
      }
      case ASKED -> {
        pin(to);
        sink.step("reader", "gets the answer and reads version " + to.reader.pinned, to);
      }
      case READING -> {
        readPages(to);
        sink.step("reader", "reads pages", to);
      }
    }
  }

  private void pin(State to) {
    int current = to.current(0);
    int pin = to.rules.has(Rule.FORWARD_ONLY) ? Math.max(current, answer) : answer;
    Invariants.checkPin(to, pin, current, before);
    to.setCurrent(0, pin);
    to.reader = new Reader(Phase.READING, runs, 0, 0, pin);
  }

  /** A version that is not retained any more may be gone: that is an error that says so. */
  private void readPages(State to) {
    int at = pinned - 1;
    boolean retained = at >= to.retained(to.head);
    if (pinned > 0 && retained && !to.head.history().get(at).isReadable(to)) {
      to.breaks(Invariant.READABLE, "a reader misses pages of version " + pinned);
    }
    to.reader = restarted();
  }
}
