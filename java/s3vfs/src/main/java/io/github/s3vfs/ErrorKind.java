package io.github.s3vfs;

/** What went wrong, by what a caller can do about it. */
public enum ErrorKind {
  /** The bucket, the database or an object of it is not there. */
  NOT_FOUND,
  /** S3 refused the credentials, or what they may do. */
  ACCESS_DENIED,
  /** Another writer has the database; try again later. */
  BUSY,
  /** A conditional write lost: what it was based on has changed. Begin the transaction again. */
  CONFLICT,
  /** The version that is read was replaced so long ago that it is not kept any more. */
  EXPIRED,
  /** What is stored is not what was written: damage, or objects that are no SQLite database. */
  CORRUPT,
  /**
   * S3 did not answer, or answered 5xx or 429, for longer than the retries. The outcome of a write
   * that failed so is unknown.
   */
  UNAVAILABLE,
  /** A URL, parameter, key or argument that cannot be meant. */
  INVALID,
  /** A write to something that was opened for reading only. */
  READ_ONLY,
  /** The calling thread was interrupted while it waited; its interrupt status is set. */
  INTERRUPTED,
  /** Not possible on this platform, with this store or in this layout. */
  UNSUPPORTED,
  /** Used after it was closed, or closed while in use. */
  CLOSED,
  /** A defect of this library. */
  INTERNAL
}
