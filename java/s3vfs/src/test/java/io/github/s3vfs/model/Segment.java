package io.github.s3vfs.model;

/**
 * The name of a segment. A version of the model has one segment, and its nonce is the commit's.
 *
 * @param epoch the epoch in the name; -1 in {@link #NONE}
 * @param nonce the nonce in the name
 */
record Segment(int epoch, int nonce) {
  /** Instead of a segment, where there is none. */
  static final Segment NONE = new Segment(-1, 0);

  boolean exists() {
    return epoch >= 0;
  }
}
