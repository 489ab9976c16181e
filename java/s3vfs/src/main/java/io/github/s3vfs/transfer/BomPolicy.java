package io.github.s3vfs.transfer;

/**
 * What becomes of a byte order mark at the beginning of a source, which would be in the middle of
 * the result otherwise.
 */
public enum BomPolicy {
  /** It is moved to the beginning of the result. */
  MOVE,
  /** It is left out. */
  DROP,
  /** It is left out, and the result begins with one whether the source had one or not. */
  ADD,
  /** It is not looked for: the source is no text. */
  IGNORE
}
