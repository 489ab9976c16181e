package io.github.s3vfs.model;

import io.github.s3vfs.model.Bounds.Limit;
import io.github.s3vfs.model.Put.Answer;
import io.github.s3vfs.model.Put.Fate;

/** A compactor: its memory, and what it does with answers. A step changes a copy. */
final class Compactor implements Cloneable {
  enum Phase {
    IDLE,
    /** Has read a head, and has not stored all that a compaction of it needs. */
    READ,
    /** Has stored its segments. */
    STORED,
    /** Has no answer to its PUT of the head, or was refused. */
    SENT
  }

  /** Pages of a version. */
  enum Pages {
    BOTH(true, true),
    EVEN(true, false),
    ODD(false, true);

    final boolean even;
    final boolean odd;

    Pages(boolean even, boolean odd) {
      this.even = even;
      this.odd = odd;
    }
  }

  Phase phase = Phase.IDLE;
  int runs;

  /** The head whose ETag is the condition of its PUT. */
  Head head = Head.NONE;

  Head sent = Head.NONE;

  /** The record that it has found the pages by. */
  Version old = Version.EMPTY;

  /** Which pages it moves. */
  private Pages pages = Pages.BOTH;

  /** The segment of its pages; NONE before a name is chosen. */
  Segment segment = Segment.NONE;

  private boolean pagesStored;

  /** The record that it has made. */
  Version record = Version.EMPTY;

  /** Where the record is that its own one was made from. */
  private Segment madeFrom = Segment.NONE;

  Compactor copy() {
    try {
      return (Compactor) clone();
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }

  void fingerprint(Fingerprint print) {
    print.add(phase).add(runs);
    if (phase != Phase.IDLE) {
      print.head(head).head(sent).add(pages).segment(segment).flag(pagesStored);
      print.segment(madeFrom);
      old.fingerprint(print);
      record.fingerprint(print);
    }
  }

  /** Reads the head whose newest version it compacts. */
  void begin(Head newest, Pages which) {
    runs++;
    phase = Phase.READ;
    head = newest;
    old = newest.record();
    pages = which;
  }

  /** Makes a record of the version in the head that it knows, and says what is to be stored. */
  StoredSegment compose(Rules rules) {
    Version now = head.record();
    if (!now.place().equals(madeFrom)) {
      Segment place = pagesStored ? record.place().nextPart() : segment;
      Segment commit = rules.has(Rule.COMPACTION_KEEPS_COMMIT) ? now.commit() : segment;
      Segment even = movesEven(now, rules) ? segment : now.even();
      Segment odd = movesOdd(now, rules) ? segment : now.odd();
      record = now.compacted(commit, place, even, odd);
      madeFrom = now.place();
    }
    return new StoredSegment(pagesStored ? 0 : old.pages(pages.even, pages.odd), record);
  }

  private boolean movesEven(Version now, Rules rules) {
    boolean unchanged = now.even().equals(old.even());
    return pages.even
        && old.even().exists()
        && (unchanged || !rules.has(Rule.COMPACTS_WHAT_IS_UNCHANGED));
  }

  private boolean movesOdd(Version now, Rules rules) {
    boolean unchanged = now.odd().equals(old.odd());
    return pages.odd
        && old.odd().exists()
        && (unchanged || !rules.has(Rule.COMPACTS_WHAT_IS_UNCHANGED));
  }

  void stored(Answer answer, Rules rules) {
    boolean hopes = answer == Answer.NONE && !rules.has(Rule.SEGMENTS_FIRST);
    if (answer == Answer.OK || hopes) {
      pagesStored = true;
      phase = Phase.STORED;
    } else if (answer == Answer.REFUSED) {
      segment = Segment.NONE;
      pagesStored = false;
      madeFrom = Segment.NONE;
    }
  }

  /** Goes on with another head, or gives up if nothing of its compaction is of use there. */
  void settle(State state) {
    Head now = state.head;
    Rules rules = state.rules;
    boolean same = now.exists() && now.uuid() == head.uuid();
    boolean below = segment.epoch() < now.floor() && rules.has(Rule.COMPACTION_HONOURS_FLOOR);
    boolean moves = movesEven(now.record(), rules) || movesOdd(now.record(), rules);
    if (now.equals(sent)) {
      forget(); // it took effect
    } else if (!same || below || !moves) {
      if (!rules.has(Rule.COMPACTION_LEAVES_ITS_SEGMENTS)) {
        Segment own = segment;
        state.deleteSegments(s -> s.epoch() == own.epoch() && s.nonce() == own.nonce());
      }
      forget();
    } else {
      head = now;
      sent = Head.NONE;
      phase = now.record().place().equals(madeFrom) ? Phase.STORED : Phase.READ;
    }
  }

  void forget() {
    phase = Phase.IDLE;
    head = Head.NONE;
    sent = Head.NONE;
    old = Version.EMPTY;
    pages = Pages.BOTH;
    segment = Segment.NONE;
    pagesStored = false;
    record = Version.EMPTY;
    madeFrom = Segment.NONE;
  }

  /** What a compactor may do. */
  static final class Steps implements Actor {
    private final int index;
    private final String who;

    Steps(int index) {
      this.index = index;
      this.who = "compactor " + index;
    }

    @Override
    public void steps(State from, Sink sink) {
      switch (from.compactor(index).phase) {
        case IDLE -> {
          int partial = from.bounds.get(Limit.PARTIAL_COMPACTIONS);
          read(from, sink, Pages.BOTH);
          if (partial > 0) {
            read(from, sink, Pages.EVEN);
          }
          if (partial > 1) {
            read(from, sink, Pages.ODD);
          }
        }
        case READ -> store(from, sink);
        case STORED -> publish(from, sink);
        case SENT -> {
          publishAgain(from, sink);
          settle(from, sink);
          giveUp(from, sink);
        }
      }
    }

    private void read(State from, Sink sink, Pages pages) {
      boolean may = from.compactor(index).runs < from.bounds.get(Limit.COMPACTIONS);
      if (may && from.head.version() > 0) {
        State to = from.copy();
        to.changeCompactor(index).begin(to.head, pages);
        sink.step(who, "reads the head, to move pages: " + pages, to);
      }
    }

    /** Reads the pages when it chooses a name; if there was no answer it sends the same again. */
    private void store(State from, Sink sink) {
      for (Fate fate : Fate.values()) {
        State to = from.copy();
        Compactor c = to.changeCompactor(index);
        if (!c.segment.exists() && !c.old.hasPages(to)) {
          c.forget();
          sink.step(who, "misses a page and gives up", to);
          return;
        }
        if (!c.segment.exists()) {
          c.segment = new Segment(c.head.epoch(), to.freshNonce());
        }
        Put put = new Put.OfSegment(c.compose(to.rules));
        if (Network.isPossible(to, put, fate)) {
          c.stored(Network.send(to, put, fate), to.rules);
          sink.step(who, "stores a segment", fate, to);
        }
      }
    }

    private void publish(State from, Sink sink) {
      for (Fate fate : Fate.values()) {
        State to = from.copy();
        Compactor c = to.changeCompactor(index);
        int nonce = to.rules.has(Rule.FRESH_NONCES) ? to.freshNonce() : 0;
        Head sent = c.head.withRecord(c.record, nonce);
        boolean keepsClaim = to.rules.has(Rule.COMPACTION_KEEPS_CLAIM);
        sent = keepsClaim ? sent : sent.withoutClaim(nonce);
        c.sent = to.rules.has(Rule.COUNTS_WRITES) ? sent.counted() : sent;
        send(to, c, fate, sink);
      }
    }

    private void publishAgain(State from, Sink sink) {
      for (Fate fate : Fate.values()) {
        State to = from.copy();
        send(to, to.changeCompactor(index), fate, sink);
      }
    }

    private void send(State to, Compactor c, Fate fate, Sink sink) {
      Put put = new Put.OfHead(Put.Purpose.COMPACTION, c.head, c.sent);
      if (Network.isPossible(to, put, fate)) {
        if (Network.send(to, put, fate) == Answer.OK) {
          c.forget();
        } else {
          c.phase = Phase.SENT;
        }
        sink.step(who, "publishes its record", fate, to);
      }
    }

    private void settle(State from, Sink sink) {
      if (!from.head.equals(from.compactor(index).head)) {
        State to = from.copy();
        to.changeCompactor(index).settle(to);
        sink.step(who, "settles its compaction", to);
      }
    }

    /** Crashes, or cares no more. What is in flight may take effect yet. */
    private void giveUp(State from, Sink sink) {
      State to = from.copy();
      to.changeCompactor(index).forget();
      sink.step(who, "gives up", to);
    }
  }
}
