package io.github.s3vfs.internal.layout.snapshot;

/**
 * Which objects have the frames of a database, and what these are sealed with; it never changes.
 * The frames of a copy are those of the database that was copied, in objects of other names
 * (docs/FORMAT.md, "Copies"). Immutable.
 *
 * @param uuid in the checksums of all frames, also of those that are added
 * @param copied the epoch of the objects that were copied; segments of lower epochs are in those; 0
 *     if the database is no copy
 * @param nonce of the copy
 */
record Origin(Nonce uuid, long copied, Nonce nonce) {

  /** Of a database that is no copy. */
  static Origin own(Nonce uuid) {
    return new Origin(uuid, 0, Nonce.ZERO);
  }

  boolean isCopy() {
    return copied > 0;
  }

  /** The name of the object that has a segment. */
  SegmentName object(SegmentName segment) {
    return segment.epoch() >= copied
        ? segment
        : new SegmentName(copied, segment.nonce().xor(nonce), segment.part());
  }

  void writeTo(Encoder encoder) {
    encoder.nonce(uuid).varint(copied).nonce(nonce);
  }

  static Origin decode(Decoder decoder) {
    Origin origin = new Origin(decoder.nonce(), decoder.varint(), decoder.nonce());
    decoder.check(origin.isCopy(), "a copy of the epoch 0");
    return origin;
  }
}
