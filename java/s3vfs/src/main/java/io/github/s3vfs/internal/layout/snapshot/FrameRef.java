package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.internal.layout.CachedPages;

/**
 * Where a frame is.
 *
 * @param segment in which object
 * @param offset of its first byte
 * @param length in bytes
 */
record FrameRef(SegmentName segment, long offset, int length) {
  /** Of version 0, which is stored nowhere but in the head. */
  static final FrameRef NONE = new FrameRef(new SegmentName(0, Nonce.ZERO, 0), 0, 0);

  /** What the page cache knows the pages of this frame by. */
  CachedPages.Key key() {
    Nonce nonce = segment.nonce();
    return new CachedPages.Key(
        nonce.high(), nonce.low(), segment.epoch(), (long) segment.part() << 48 | offset);
  }

  /** Behind its last byte. */
  long end() {
    return offset + length;
  }
}
