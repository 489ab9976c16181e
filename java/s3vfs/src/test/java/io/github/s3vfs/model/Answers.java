package io.github.s3vfs.model;

import io.github.s3vfs.model.Bounds.Limit;
import io.github.s3vfs.model.Put.Answer;
import io.github.s3vfs.model.Writer.Phase;
import java.util.List;

/** What a writer does with answers: the decisions of "How the head changes". */
final class Answers {
  private final State state;
  private final int index;
  private final Writer w;

  /** For a writer that this step may change. */
  Answers(State state, int index) {
    this.state = state;
    this.index = index;
    this.w = state.writer(index);
  }

  private boolean has(Rule rule) {
    return state.rules.has(rule);
  }

  /** Reads the head, which all reads of the transaction come from. */
  void begin() {
    Writer fresh = state.changeWriter(index);
    fresh.transaction = transaction(state, index);
    fresh.renewalsLeft = state.bounds.get(Limit.RENEWALS);
    boolean late = has(Rule.NONCE_AFTER_CONTENT) && !state.bounds.has(Limit.EARLY_NONCES);
    fresh.commit = late ? 0 : draw(state, fresh);
    fresh.uuid = state.head.uuid();
    fresh.base = state.head.history();
    state.useAtLeast(index, state.head.version(), state.head.record());
    new Answers(state, index).arrive(state.head);
  }

  /** The number of the transaction that a writer has or begins. */
  static int transaction(State state, int index) {
    int attempts = state.bounds.get(Limit.ATTEMPTS);
    int number = index * attempts + attempts - state.writer(index).attempts;
    return state.bounds.has(Limit.ONE_PAGE) ? 2 * number : number;
  }

  static int draw(State state, Writer writer) {
    if (writer.ahead.length == 0) {
      return state.freshNonce();
    }
    int nonce = writer.ahead[0];
    writer.ahead = java.util.Arrays.copyOfRange(writer.ahead, 1, writer.ahead.length);
    return nonce;
  }

  /** Goes on from a head that was read before anything is claimed. */
  void arrive(Head head) {
    boolean replaces =
        has(Rule.DEAD_CLAIMS_ARE_REPLACED) && (has(Rule.OPTIMISTIC_REPLACE_TOO) || !w.optimistic);
    if (!w.isBase(head) && has(Rule.SAME_BASE)) {
      w.forget(); // SQLITE_BUSY_SNAPSHOT: begins again
    } else if (!head.isClaimed() || (w.optimistic && !has(Rule.OPTIMISTIC_HONOUR_CLAIMS))) {
      boolean creates = !head.exists() && has(Rule.CREATES_BY_CLAIM);
      w.head = head;
      w.seenClaim = 0;
      w.phase = w.optimistic && !creates ? Phase.HOLDING : Phase.CLAIMING;
    } else if (replaces && (w.seenClaim == head.claim() || !has(Rule.OBSERVES_TERM))) {
      w.head = head;
      w.seenClaim = 0;
      w.phase = Phase.CLAIMING;
    } else {
      w.seenClaim = head.claim();
      w.phase = Phase.WAITING;
    }
  }

  void claimed(Put put, Answer answer) {
    if (answer == Answer.OK) {
      hold(w.sent);
    } else {
      w.phase = Phase.CLAIM_SENT;
    }
  }

  void settleClaim(Head head) {
    if (head.isClaimed() && head.claim() == w.claim && isStillBase(head)) {
      hold(head);
    } else if (!head.equals(w.head)) {
      w.claim = 0;
      w.head = Head.NONE;
      w.sent = Head.NONE;
      arrive(head);
    } else if (!head.exists() && has(Rule.CREATES_ONCE)) {
      w.phase = Phase.CLAIMING;
    }
  }

  /** Whether its claim is on what it has read. Who creates a database has read nothing. */
  private boolean isStillBase(Head head) {
    return w.isBase(head) || (w.uuid == 0 && head.version() == 0);
  }

  /** Goes on with a head that has its claim, or, if it is optimistic, none. */
  private void hold(Head head) {
    if (head.isClaimed() && head.claim() == w.renewal) {
      w.claim = w.renewal;
    }
    w.renewal = 0;
    w.head = head;
    w.uuid = head.uuid();
    w.sent = Head.NONE;
    w.phase = Phase.HOLDING;
    if (w.stored && isBelowFloor()) {
      nameSegment();
      compose();
      w.pageStored = !has(Rule.STORES_AGAIN);
      w.stored = !has(Rule.STORES_AGAIN);
    } else if (w.stored && !basis().equals(w.basis)) {
      w.stored = false;
    }
  }

  /** The versions that a record is to be made upon: those of the head that it holds. */
  private List<Version> basis() {
    boolean anew = has(Rule.RECORDS_MADE_ANEW) && w.head.version() == w.base.size();
    return anew ? w.head.history() : w.base;
  }

  /**
   * Makes its record, unless it has one. The page stays where it is if it is stored: then the
   * record goes into a segment of its own.
   */
  void compose() {
    List<Version> basis = basis();
    if (!basis.equals(w.basis) || !w.record.commit().equals(w.segment)) {
      Segment place = w.pageStored ? w.record.place().nextPart() : w.segment;
      w.basis = basis;
      w.record = Version.lastOf(basis).after(w.transaction, w.segment, place);
    }
  }

  /** Whether the segment has to be named anew before a commit on this head may refer to it. */
  boolean isBelowFloor() {
    return w.segment.epoch() < w.head.floor() && has(Rule.HONOURS_FLOOR);
  }

  /** Chooses a name that was never used. */
  void nameSegment() {
    w.segment = new Segment(w.head.epoch(), w.commit == 0 ? draw(state, w) : w.commit);
    w.commit = 0;
    w.pageStored = false;
  }

  void segmentStored(Put put, Answer answer) {
    switch (answer) {
      case OK -> stored();
      case REFUSED -> {
        // The one of that name may be its own, or a clone's with another content.
        if (has(Rule.NAMES_ANEW_IF_EXISTS)) {
          nameSegment();
        } else {
          stored();
        }
      }
      case NONE -> {
        if (!has(Rule.SEGMENTS_FIRST)) {
          stored();
        }
      }
    }
  }

  private void stored() {
    w.pageStored = true;
    w.stored = true;
  }

  void renewed(Put put, Answer answer) {
    if (answer == Answer.OK) {
      hold(w.sent);
    } else if (answer == Answer.NONE && !has(Rule.SETTLES_RENEWALS)) {
      hold(w.head);
    } else {
      w.phase = Phase.RENEWAL_SENT;
    }
  }

  void settleRenewal(Head head) {
    if (head.equals(w.head)) {
      return; // the same PUT again
    }
    if (w.isBase(head)
        && w.isMine(head)
        && (has(Rule.GOES_ON_IF_STILL_CLAIMED) || head.equals(w.sent))) {
      hold(head);
    } else {
      lose();
    }
  }

  void published(Put put, Answer answer) {
    if (answer == Answer.OK) {
      succeed();
    } else {
      w.phase = Phase.PUBLISH_SENT;
    }
  }

  void settleCommit(Head head) {
    if (head.equals(w.head)) {
      if (!has(Rule.FENCE)) {
        lose();
      }
      return; // the same PUT again, or the fence
    }
    boolean same = head.exists() && head.uuid() == w.sent.uuid();
    if (!same && has(Rule.UUID_DECIDES)) {
      end(); // the outcome is unknown, for good
    } else if (head.version() > w.base.size()) {
      lookFor(head);
    } else if (mayGoOn(head)) {
      hold(head);
    } else {
      lose();
    }
  }

  /** Looks for its commit in the past of a head. The newest record is in the head. */
  private void lookFor(Head head) {
    int mine = has(Rule.LOOKS_INTO_PAST) ? w.base.size() : head.version() - 1;
    Version found = head.history().get(mine);
    if (mine < head.version() - 1 && !found.hasRecord(state)) {
      if (has(Rule.RECORDS_MAY_BE_GONE)) {
        end(); // the outcome is unknown, for good
      } else {
        lose();
      }
    } else if (isMine(found)) {
      succeed();
    } else {
      lose();
    }
  }

  /** Whether a record is one of its commit. */
  private boolean isMine(Version found) {
    if (!has(Rule.SETTLES_BY_RECORD)) {
      return found.place().equals(w.record.place());
    }
    boolean sameEpoch = found.commit().epoch() == w.segment.epoch() || !has(Rule.SETTLES_BY_EPOCH);
    return sameEpoch && found.commit().nonce() == w.segment.nonce();
  }

  /** Whether a commit that was not published can be made from this head as well. */
  private boolean mayGoOn(Head head) {
    if (!has(Rule.GOES_ON_IF_STILL_CLAIMED) || !w.isBase(head)) {
      return false;
    }
    return w.claim == 0 ? !head.isClaimed() : w.isMine(head);
  }

  void fenced(Put put, Answer answer) {
    w.fenced = true;
    if (answer == Answer.OK) {
      lose();
    }
  }

  void released(Put put, Answer answer) {
    if (answer == Answer.OK) {
      end();
    } else {
      w.phase = Phase.RELEASE_SENT;
    }
  }

  void settleRelease(Head head) {
    if (w.isMine(head)) {
      w.head = head;
    } else {
      end();
    }
  }

  /** COMMIT returns. */
  private void succeed() {
    state.acknowledged |= 1 << w.transaction;
    state.useAtLeast(index, w.base.size() + 1, w.record);
    end();
  }

  /** SQLITE_BUSY_SNAPSHOT. */
  private void lose() {
    Invariants.checkLost(state, w);
    state.lost = Nonces.with(state.lost, w.published);
    end();
  }

  /** The transaction is over. */
  void end() {
    w.attempts--;
    w.forget();
  }
}
