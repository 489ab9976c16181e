package io.github.s3vfs.model;

import java.util.List;

/** The memory of a writer. A step changes a copy. */
final class Writer implements Cloneable {
  /** Where it is in its transaction. */
  enum Phase {
    /** Has no transaction. */
    IDLE,
    /** Has seen somebody else's claim. */
    WAITING,
    /** Has seen a head that it may claim. */
    CLAIMING,
    /** Has no answer to its claim, or was refused. */
    CLAIM_SENT,
    /** May write: has its claim, or is optimistic. */
    HOLDING,
    /** Has no answer to the renewal of its claim, or was refused. */
    RENEWAL_SENT,
    /** Has no answer to its commit or its fence, or was refused. */
    PUBLISH_SENT,
    /** Has no answer to the release of its claim, or was refused. */
    RELEASE_SENT,
    /** Does not exist before it is cloned. */
    ABSENT
  }

  private static final int[] NOTHING = {};

  Phase phase = Phase.IDLE;

  /** Whether it makes no claim if it finds none. */
  boolean optimistic;

  /** Transactions that it may begin yet. */
  int attempts;

  /** The number of the transaction. */
  int transaction;

  /** The head whose ETag is the condition of the next PUT. */
  Head head = Head.NONE;

  /** What was PUT last without being acknowledged. */
  Head sent = Head.NONE;

  /** The UUID and the versions that its reads come from. */
  int uuid;

  List<Version> base = List.of();

  /** The nonces of its claim, and of the one that is to replace it; 0 for none. */
  int claim;

  int renewal;
  int renewalsLeft;

  /** The nonce of somebody else's claim that it saw last. */
  int seenClaim;

  /** The segment that has its page, by whose name the commit is known; NONE before it is chosen. */
  Segment segment = Segment.NONE;

  /** Whether the segment of its page is known to be stored. */
  boolean pageStored;

  /** Whether all its segments are known to be stored: that of its record, too. */
  boolean stored;

  /** The record that it has made, and the versions that it was made upon. */
  Version record = Version.EMPTY;

  List<Version> basis = List.of();

  /** The nonce that was drawn for the first name of the segment; 0 once it is used. */
  int commit;

  /** Whether its content is final, so that a clone commits the same. */
  boolean composed;

  /** Whether it has sent a fence. */
  boolean fenced;

  /** The PUTs by which it has tried to publish. */
  int[] published = NOTHING;

  /** Nonces that its process will draw next. */
  int[] ahead = NOTHING;

  Writer copy() {
    try {
      return (Writer) clone();
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }

  /** Forgets the transaction. */
  void forget() {
    phase = Phase.IDLE;
    transaction = 0;
    head = Head.NONE;
    sent = Head.NONE;
    uuid = 0;
    base = List.of();
    claim = 0;
    renewal = 0;
    renewalsLeft = 0;
    seenClaim = 0;
    segment = Segment.NONE;
    pageStored = false;
    stored = false;
    record = Version.EMPTY;
    basis = List.of();
    commit = 0;
    composed = false;
    fenced = false;
    published = NOTHING;
  }

  /** Whether the head is a version of the same database as the one that its reads come from. */
  boolean isBase(Head other) {
    return other.uuid() == uuid && other.version() == base.size();
  }

  /** Whether the head has its claim, in the form before or after the renewal. */
  boolean isMine(Head other) {
    return other.isClaimed() && (other.claim() == claim || other.claim() == renewal);
  }

  void fingerprint(Fingerprint print) {
    print.add(phase).flag(optimistic).add(attempts).add(ahead.length);
    for (int nonce : ahead) {
      print.nonce(nonce);
    }
    if (phase == Phase.IDLE || phase == Phase.ABSENT) {
      return;
    }
    print.add(transaction).head(head).head(sent).nonce(uuid).add(base.size());
    Version read = Version.lastOf(base);
    print.nonce(read.put()).segment(read.place());
    print.nonce(claim).nonce(renewal).add(renewalsLeft).nonce(seenClaim);
    print.segment(segment).flag(pageStored).flag(stored);
    print.segment(record.place()).segment(record.even()).segment(record.odd());
    print.segment(Version.lastOf(basis).place());
    print.nonce(commit).flag(composed).flag(fenced).add(published.length);
    for (int nonce : published) {
      print.nonce(nonce);
    }
  }
}
