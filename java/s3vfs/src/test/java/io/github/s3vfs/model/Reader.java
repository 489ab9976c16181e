package io.github.s3vfs.model;

import io.github.s3vfs.model.Bounds.Limit;

/**
 * A thread that reads, in the process of the first writer: its memory and what it may do. The two
 * share the newest version that their process has used.
 *
 * @param phase of its read transaction
 * @param runs read transactions that it has begun
 * @param before the version that its process used when the read transaction began
 * @param version in the answer to its GET of the head, while that is on its way; then the one that
 *     it reads
 * @param record of that version: the one that it goes by, or, while it looks for a newer one, that
 *     one
 * @param missed the record by which it has missed a segment, while it looks for a newer one
 */
record Reader(Phase phase, int runs, int before, int version, Version record, Version missed)
    implements Actor {
  enum Phase {
    IDLE,
    ASKED,
    READING,
    /** Has missed a segment. */
    MISSED,
    /** Knows by the head where the newest record of its version is. */
    LOOKING
  }

  Reader() {
    this(Phase.IDLE, 0, 0, 0, Version.EMPTY, Version.EMPTY);
  }

  /** In a new process. */
  Reader restarted() {
    return new Reader(Phase.IDLE, runs, 0, 0, Version.EMPTY, Version.EMPTY);
  }

  private Reader in(Phase newPhase, Version newRecord, Version newMissed) {
    return new Reader(newPhase, runs, before, version, newRecord, newMissed);
  }

  void fingerprint(Fingerprint print) {
    print.add(phase).add(runs).add(before).add(version);
    if (phase != Phase.IDLE) {
      record.fingerprint(print);
      missed.fingerprint(print);
    }
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
          int now = to.head.version();
          Version newest = to.head.record();
          to.reader = new Reader(Phase.ASKED, runs + 1, to.current(0), now, newest, Version.EMPTY);
          sink.step("reader", "asks for the head: version " + now, to);
        }
      }
      case ASKED -> {
        pin(to);
        sink.step("reader", "gets the answer and reads version " + to.reader.version, to);
      }
      case READING -> {
        boolean found = version == 0 || record.hasPages(to);
        to.reader = found ? restarted() : in(Phase.MISSED, Version.EMPTY, record);
        sink.step("reader", found ? "reads pages" : "misses a page", to);
      }
      case MISSED -> {
        readHead(to);
        sink.step("reader", "reads the head for a newer record", to);
      }
      case LOOKING -> {
        readRecord(to);
        sink.step("reader", "reads the newer record", to);
      }
    }
  }

  private void pin(State to) {
    int current = to.current(0);
    boolean older = version < current && to.rules.has(Rule.FORWARD_ONLY);
    int pin = older ? current : version;
    Version pinned = older ? to.currentRecord(0) : record;
    Invariants.checkPin(to, pin, current, before);
    to.setCurrent(0, pin, pinned);
    to.reader = new Reader(Phase.READING, runs, 0, pin, pinned, Version.EMPTY);
  }

  /** A version that is not retained any more may be gone: that is an error that says so. */
  private void readHead(State to) {
    if (version <= to.head.retained()) {
      to.reader = restarted();
      return;
    }
    Version newest = to.head.history().get(version - 1);
    if (newest.place().equals(missed.place())
        || !to.rules.has(Rule.READER_LOOKS_FOR_NEWER_RECORD)) {
      to.breaks(Invariant.READABLE, "a reader misses pages of version " + version);
    }
    boolean inHead = version == to.head.version();
    to.reader = in(inHead ? Phase.READING : Phase.LOOKING, newest, inHead ? Version.EMPTY : missed);
  }

  private void readRecord(State to) {
    if (record.hasRecord(to)) {
      to.reader = in(Phase.READING, record, Version.EMPTY);
    } else {
      if (!to.rules.has(Rule.READER_LOOKS_AGAIN)) {
        to.breaks(Invariant.READABLE, "a reader misses the record of version " + version);
      }
      to.reader = in(Phase.MISSED, Version.EMPTY, missed);
    }
  }
}
