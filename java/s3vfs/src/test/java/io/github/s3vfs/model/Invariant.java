package io.github.s3vfs.model;

/** What must hold in every state. */
enum Invariant {
  /** A COMMIT that was successful is in the database for ever. */
  DURABLE,

  /** What a COMMIT that was reported as lost has sent takes no effect, neither before nor later. */
  LOST_FOR_GOOD,

  /** Every version is the one before and one transaction more, and no commit is there twice. */
  LINEAR,

  /** Every retained version can be read, and is what was committed. */
  READABLE,

  /** No process goes back to an older version, and it reads what it wrote. */
  FORWARD,

  /** No head that was replaced comes back. */
  NO_HEAD_COMES_BACK,

  /** Without faults, a writer that is alone comes to an end, and a new one can commit. */
  PROGRESS,

  /** The commit of a writer that claims is lost only if its claim was replaced or it gave up. */
  CLAIM_PROTECTS
}
