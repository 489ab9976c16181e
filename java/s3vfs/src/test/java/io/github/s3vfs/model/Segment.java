package io.github.s3vfs.model;

/**
 * The name of a segment.
 *
 * @param epoch the epoch in the name; -1 in {@link #NONE}
 * @param nonce the nonce in the name
 * @param part the part: of a commit 0 has the page, and the others have records that were made anew
 */
record Segment(int epoch, int nonce, int part) {
  /** Instead of a segment, where there is none. */
  static final Segment NONE = new Segment(-1, 0);

  /** The first part. */
  Segment(int epoch, int nonce) {
    this(epoch, nonce, 0);
  }

  boolean exists() {
    return epoch >= 0;
  }

  Segment nextPart() {
    return new Segment(epoch, nonce, part + 1);
  }
}
