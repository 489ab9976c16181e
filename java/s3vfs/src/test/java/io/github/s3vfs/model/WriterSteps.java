package io.github.s3vfs.model;

import io.github.s3vfs.model.Bounds.Limit;
import io.github.s3vfs.model.Put.Answer;
import io.github.s3vfs.model.Put.Fate;
import io.github.s3vfs.model.Put.Purpose;
import java.util.function.BiFunction;

/**
 * What a writer may do: the requests that it sends. What it does with answers is {@link Answers}.
 */
final class WriterSteps implements Actor {
  private static final Fate[] FATES = Fate.values();

  private final int index;
  private final String who;

  WriterSteps(int index) {
    this.index = index;
    this.who = "writer " + index;
  }

  /** What the sender of a PUT does with its answer. */
  private interface Then {
    void accept(Answers answers, Put put, Answer answer);
  }

  @Override
  public void steps(State from, Sink sink) {
    Writer w = from.writer(index);
    switch (w.phase) {
      case IDLE -> begin(from, sink);
      case WAITING -> read(from, sink, "looks at the claim again", Answers::arrive);
      case CLAIMING -> claim(from, sink);
      case CLAIM_SENT -> claimAgain(from, sink);
      case HOLDING -> {
        if (w.stored) {
          publish(from, sink);
        } else {
          storeSegment(from, sink);
        }
        renewOrRelease(from, sink);
      }
      case RENEWAL_SENT -> {
        sendAgain(from, sink, Purpose.RENEWAL, Answers::renewed);
        read(from, sink, "settles its renewal", Answers::settleRenewal);
      }
      case PUBLISH_SENT -> {
        sendAgain(from, sink, Purpose.COMMIT, Answers::published);
        fence(from, sink);
        read(from, sink, "settles its commit", Answers::settleCommit);
      }
      case RELEASE_SENT -> {
        release(from, sink);
        read(from, sink, "settles its release", Answers::settleRelease);
      }
      case ABSENT -> {}
    }
    if (w.phase != Writer.Phase.IDLE && w.phase != Writer.Phase.ABSENT) {
      crash(from, sink);
      cloneProcess(from, sink);
    }
  }

  private void begin(State from, Sink sink) {
    if (from.writer(index).attempts > 0) {
      State to = from.copy();
      new Answers(to, index).begin();
      sink.step(who, "begins a write transaction", to);
    }
  }

  private void claim(State from, Sink sink) {
    put(
        from,
        sink,
        "claims",
        (to, w) -> {
          boolean create = !w.head.exists();
          w.claim = claimNonce(to, w);
          int uuid = create ? to.freshNonce() : w.head.uuid();
          w.sent = counted(to, w.head.withClaim(uuid, w.claim, headNonce(to, w)));
          return new Put.OfHead(Purpose.CLAIM, w.head, w.sent);
        },
        Answers::claimed);
  }

  private void claimAgain(State from, Sink sink) {
    if (from.writer(index).head.exists() || !from.rules.has(Rule.CREATES_ONCE)) {
      sendAgain(from, sink, Purpose.CLAIM, Answers::claimed);
    }
    read(from, sink, "settles its claim", Answers::settleClaim);
  }

  private void storeSegment(State from, Sink sink) {
    put(
        from,
        sink,
        "stores its segment",
        (to, w) -> {
          Answers answers = new Answers(to, index);
          if (!w.segment.exists() || answers.isBelowFloor()) {
            answers.nameSegment();
          }
          w.composed = true;
          answers.compose();
          int page = Version.page(Version.lastOf(w.base).content(), w.transaction);
          return new Put.OfSegment(new StoredSegment(w.pageStored ? 0 : page, w.record));
        },
        Answers::segmentStored);
  }

  private void renewOrRelease(State from, Sink sink) {
    Writer now = from.writer(index);
    if (now.claim == 0) {
      return;
    }
    if (now.renewalsLeft > 0) {
      put(
          from,
          sink,
          "renews its claim",
          (to, w) -> {
            w.renewalsLeft--;
            w.renewal = claimNonce(to, w);
            w.sent = counted(to, w.head.withClaim(w.uuid, w.renewal, headNonce(to, w)));
            return new Put.OfHead(Purpose.RENEWAL, w.head, w.sent);
          },
          Answers::renewed);
    }
    if (from.bounds.has(Limit.ROLLBACKS)) {
      release(from, sink);
    }
  }

  private void release(State from, Sink sink) {
    put(
        from,
        sink,
        "releases its claim",
        (to, w) ->
            new Put.OfHead(
                Purpose.RELEASE, w.head, counted(to, w.head.withoutClaim(headNonce(to, w)))),
        Answers::released);
  }

  private void publish(State from, Sink sink) {
    put(
        from,
        sink,
        "publishes",
        (to, w) -> {
          int id = to.freshNonce();
          w.published = Nonces.with(w.published, id);
          Version version = w.record.publishedBy(id);
          int uuid = w.head.exists() ? w.uuid : to.freshNonce();
          w.sent = counted(to, w.head.withVersion(uuid, w.basis, version, headNonce(to, w)));
          return new Put.OfHead(Purpose.COMMIT, w.head, w.sent);
        },
        Answers::published);
  }

  private void fence(State from, Sink sink) {
    put(
        from,
        sink,
        "gives up and fences",
        (to, w) -> {
          int uuid = w.head.exists() ? w.uuid : to.freshNonce();
          Head fence = counted(to, w.head.withClaim(uuid, 0, headNonce(to, w)));
          return new Put.OfHead(Purpose.FENCE, w.head, fence);
        },
        Answers::fenced);
  }

  /** Sends the same bytes under the same condition. */
  private void sendAgain(State from, Sink sink, Purpose purpose, Then then) {
    put(
        from,
        sink,
        "sends the same PUT again",
        (to, w) -> new Put.OfHead(purpose, w.head, w.sent),
        then);
  }

  /** Sends a PUT with each fate that it can have. */
  private void put(
      State from, Sink sink, String what, BiFunction<State, Writer, Put> request, Then then) {
    for (Fate fate : FATES) {
      State to = from.copy();
      Put put = request.apply(to, to.changeWriter(index));
      if (Network.isPossible(to, put, fate)) {
        Answer answer = Network.send(to, put, fate);
        then.accept(new Answers(to, index), put, answer);
        sink.step(who, what, fate, to);
      }
    }
  }

  /** Reads the head and goes on with that. */
  private void read(State from, Sink sink, String what, Use then) {
    State to = from.copy();
    to.changeWriter(index);
    then.accept(new Answers(to, index), to.head);
    sink.step(who, what, to);
  }

  /** What a writer does with a head that it has read. */
  private interface Use {
    void accept(Answers answers, Head head);
  }

  private void crash(State from, Sink sink) {
    if (from.crashesLeft > 0) {
      State to = from.copy();
      to.crashesLeft--;
      to.changeWriter(index);
      new Answers(to, index).end();
      to.setCurrent(index, 0, Version.EMPTY);
      if (index == 0) {
        to.reader = to.reader.restarted();
      }
      sink.step(who, "crashes", to);
    }
  }

  private void cloneProcess(State from, Sink sink) {
    int last = from.writers() - 1;
    if (index == 0 && from.writer(last).phase == Writer.Phase.ABSENT) {
      State to = from.copy();
      Writer twin = to.writer(0).copy();
      if (!twin.composed) {
        twin.transaction = Answers.transaction(to, last);
      }
      if (to.rules.has(Rule.CLONES_DRAW_OTHER_NONCES)) {
        twin.ahead = new int[0];
      }
      to.setWriter(last, twin);
      to.setCurrent(last, to.current(0), to.currentRecord(0));
      sink.step(who, "is cloned", to);
    }
  }

  /** The nonce of the next write of the head. */
  private static int headNonce(State state, Writer writer) {
    return state.rules.has(Rule.FRESH_NONCES) ? Answers.draw(state, writer) : 0;
  }

  private static Head counted(State state, Head head) {
    return state.rules.has(Rule.COUNTS_WRITES) ? head.counted() : head;
  }

  private int claimNonce(State state, Writer writer) {
    return state.rules.has(Rule.FRESH_NONCES) ? Answers.draw(state, writer) : 1 + index;
  }
}
