package io.github.s3vfs.model;

/** The rules of the protocol that can be left out one by one. */
enum Rule {
  /** Every write of the head carries a fresh nonce, so that no ETag comes back. */
  FRESH_NONCES,

  /**
   * Every write of the head carries the number of writes before it. The format does not have this:
   * it would do what {@link #FRESH_NONCES} does, without depending on random numbers.
   */
  COUNTS_WRITES,

  /** Claims are made, and commits published, only if the version is still the one that was read. */
  SAME_BASE,

  /** Commits are published with If-Match of the ETag of the head that they were made from. */
  CONDITIONAL_PUBLISH,

  /** A commit that is given up is fenced before it is reported as lost. */
  FENCE,

  /** A commit is looked for in the past of the head, and not only as the newest version. */
  LOOKS_INTO_PAST,

  /** A commit is recognised by its record, wherever that is, and not by the segment that has it. */
  SETTLES_BY_RECORD,

  /** A commit is recognised by the epoch in its record as well, and not only by the nonce. */
  SETTLES_BY_EPOCH,

  /** A commit whose record is not there any more is an unknown outcome, not a lost one. */
  RECORDS_MAY_BE_GONE,

  /** A record is made upon that of the head which it is published on, after a compaction anew. */
  RECORDS_MADE_ANEW,

  /**
   * A claim is replaced only after it was seen unchanged for a term. Without the rule it is
   * replaced at first sight: no commit goes wrong by that, but fewer succeed.
   */
  OBSERVES_TERM,

  /** A claim that was seen unchanged for a term may be replaced at all. */
  DEAD_CLAIMS_ARE_REPLACED,

  /** An optimistic writer that has seen a claim for a term replaces it by its own. */
  OPTIMISTIC_REPLACE_TOO,

  /** An optimistic writer commits on no head with a claim. */
  OPTIMISTIC_HONOUR_CLAIMS,

  /** A renewal without an answer is settled before anything else is done with the head. */
  SETTLES_RENEWALS,

  /** A renewal or a commit goes on with a head that still has the claim, whoever wrote it. */
  GOES_ON_IF_STILL_CLAIMED,

  /** A collector raises the floor before it deletes. */
  RAISES_FLOOR,

  /** A collector says in the head which version is the oldest one, before it deletes. */
  OLDEST_IN_HEAD,

  /** The oldest version in the head never goes back. */
  OLDEST_GOES_FORWARD,

  /** A raise of the floor without an answer is settled before anything is deleted. */
  SETTLES_FLOOR,

  /** A collector lists before it raises the floor. */
  COLLECTOR_LISTS_FIRST,

  /** A collector keeps what the oldest retained version refers to, and not what the newest does. */
  KEEPS_RETAINED,

  /** A collector deletes nothing that may belong to a version behind the oldest one. */
  KEEPS_WHAT_IS_NEWER,

  /** What that is, is told by the epoch of a commit, and not of the segment that has its record. */
  BOUND_BY_COMMIT,

  /** A compaction leaves a claim as it is. */
  COMPACTION_KEEPS_CLAIM,

  /** A compaction leaves the epoch and the nonce of the commit as they are. */
  COMPACTION_KEEPS_COMMIT,

  /** A compaction moves only pages that are, by the record of the head, where it has read them. */
  COMPACTS_WHAT_IS_UNCHANGED,

  /** A compaction that has sent its record leaves its segments, whatever it is answered. */
  COMPACTION_LEAVES_ITS_SEGMENTS,

  /** The segments of a compaction are not below the floor either. */
  COMPACTION_HONOURS_FLOOR,

  /**
   * A reader that misses a segment goes on with the newer record of its version, if there is one.
   */
  READER_LOOKS_FOR_NEWER_RECORD,

  /** A reader that misses a record on the way to an older version reads the head again. */
  READER_LOOKS_AGAIN,

  /** New segments below the floor of the head are not referred to: they are named anew. */
  HONOURS_FLOOR,

  /** Segments that are named anew are stored anew. */
  STORES_AGAIN,

  /** Segments are acknowledged before the head refers to them. */
  SEGMENTS_FIRST,

  /** Segments are stored with If-None-Match: *. */
  SEGMENTS_NEVER_OVERWRITTEN,

  /** A segment that is refused because one of that name exists is named anew. */
  NAMES_ANEW_IF_EXISTS,

  /** A process never goes back to an older version than one that it has used. */
  FORWARD_ONLY,

  /** A cloned process draws other nonces than the one that it was cloned from. */
  CLONES_DRAW_OTHER_NONCES,

  /** The nonce of a commit is drawn when its content is final: a clone with it commits the same. */
  NONCE_AFTER_CONTENT,

  /** If the head is gone or has another UUID, the outcome of a commit is unknown. */
  UUID_DECIDES,

  /** A database is created by a claim, also by an optimistic writer; no commit creates it. */
  CREATES_BY_CLAIM,

  /** The PUT that creates a head is never repeated: the next attempt has another UUID. */
  CREATES_ONCE,

  /** Who deletes a database lists its segments before the head is deleted. */
  DELETER_LISTS_FIRST
}
