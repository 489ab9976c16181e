package io.github.s3vfs.simulation;

/** What becomes of a request. */
enum Fate {
  /** It takes effect and is answered. */
  ANSWERED,
  /** It takes effect, and is answered after others. */
  SLOW,
  /** It fails and has no effect. */
  REFUSED,
  /** It takes effect, and fails. */
  LOST,
  /** It fails, and takes effect later. */
  LATER,
  /** It takes effect, and is never answered. */
  SILENT,
  /** It takes effect long after whoever waits has given up. */
  STUCK,
  /** It has no effect and no answer. */
  VANISHED,
  /** The client has sent it twice: the answer is the second one's. */
  TWICE,
  /** The client has sent it twice: the second one is answered, and the first one comes later. */
  OVERTAKEN,
  /** The answer's body is cut off. */
  TRUNCATED
}
