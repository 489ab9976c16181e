package io.github.s3vfs.internal.layout.snapshot;

import java.time.Instant;

/**
 * What the head says of the upkeep of a database (docs/FORMAT.md, "Head"). Immutable.
 *
 * @param oldest the oldest version that is kept; 0 if none was ever collected
 * @param collected the newest version at the last collection
 * @param collectedAt the time of the last collection, or else of the first commit, by the store's
 *     clock
 * @param stored bytes of the segments of the commits since
 * @param compacted the version that was last compacted, or looked at for that
 */
record Upkeep(long oldest, long collected, Instant collectedAt, long stored, long compacted) {
  /** Of a database without a version. */
  static final Upkeep NONE = new Upkeep(0, 0, Instant.EPOCH, 0, 0);

  Upkeep committed(VersionRecord record, long bytes) {
    return new Upkeep(
        oldest,
        collected,
        record.version() == 1 ? record.time() : collectedAt,
        stored + bytes,
        compacted);
  }

  Upkeep collected(long newOldest, long version, Instant now) {
    return new Upkeep(newOldest, version, now, 0, compacted);
  }

  Upkeep compacted(long version, long bytes) {
    return new Upkeep(oldest, collected, collectedAt, stored + bytes, version);
  }

  void writeTo(Encoder encoder) {
    encoder
        .varint(oldest)
        .varint(collected)
        .varint(collectedAt.toEpochMilli())
        .varint(stored)
        .varint(compacted);
  }

  static Upkeep decode(Decoder decoder) {
    return new Upkeep(
        decoder.varint(),
        decoder.varint(),
        Instant.ofEpochMilli(decoder.varint()),
        decoder.varint(),
        decoder.varint());
  }
}
