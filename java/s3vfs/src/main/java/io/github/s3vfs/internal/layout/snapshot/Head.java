package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The newest version, and who may write (docs/FORMAT.md, "Head"). Immutable.
 *
 * @param writes how often the head was written, so that none comes back even if nonces did
 * @param nonce of this write of the head
 * @param epoch that new segments are named by
 * @param floor below it a new version may refer to nothing new
 * @param upkeep what was collected and compacted
 * @param claim the writer's, or null
 * @param place of the record
 * @param record the newest version
 */
record Head(
    long writes,
    Nonce nonce,
    long epoch,
    long floor,
    Upkeep upkeep,
    @Nullable Claim claim,
    FrameRef place,
    VersionRecord record) {

  /** Most bytes of a head. */
  static final int MAX_BYTES = 64 << 10;

  private static final byte[] MAGIC = "S3VFHEA1".getBytes(StandardCharsets.US_ASCII);

  /** How many bytes of an object tell whether it is a head. */
  static final int MAGIC_LENGTH = MAGIC.length;

  /** Whether an object that begins so is a head. */
  static boolean isBeginning(byte[] bytes) {
    return Arrays.equals(bytes, MAGIC);
  }

  /**
   * The right to commit.
   *
   * @param nonce fresh whenever it is made or renewed
   * @param term how long its holder may be silent
   * @param holder for people
   */
  record Claim(Nonce nonce, Duration term, String holder) {}

  /** Of a database that is not there yet. */
  static Head initial(Nonce uuid, Nonce fresh) {
    return new Head(1, fresh, 1, 0, Upkeep.NONE, null, FrameRef.NONE, VersionRecord.initial(uuid));
  }

  /** The same, as a new write of the head, with a claim or without. */
  Head withClaim(@Nullable Claim newClaim, Nonce fresh) {
    return new Head(writes + 1, fresh, epoch, floor, upkeep, newClaim, place, record);
  }

  /**
   * The next version, without a claim.
   *
   * @param bytes of its segments
   */
  Head next(FrameRef newPlace, VersionRecord newRecord, long bytes, Nonce fresh) {
    Upkeep now = upkeep.committed(newRecord, bytes);
    // A copy's epoch is above those of what it was copied from.
    long later = Math.max(epoch, newRecord.epoch());
    return new Head(writes + 1, fresh, later, floor, now, null, newPlace, newRecord);
  }

  /**
   * The same version, stored otherwise.
   *
   * @param bytes of the segments for it
   */
  Head compacted(FrameRef newPlace, VersionRecord newRecord, long bytes, Nonce fresh) {
    Upkeep now = upkeep.compacted(newRecord.version(), bytes);
    return new Head(writes + 1, fresh, epoch, floor, now, claim, newPlace, newRecord);
  }

  /**
   * The same version; segments of this epoch and before are collected if they are of no use.
   *
   * @param oldest the oldest version that is kept
   */
  Head collected(long oldest, Instant now, Nonce fresh) {
    return new Head(
        writes + 1,
        fresh,
        epoch + 1,
        epoch + 1,
        upkeep.collected(oldest, record.version(), now),
        claim,
        place,
        record);
  }

  /**
   * The object.
   *
   * @throws S3VfsException {@code INTERNAL} if it is too long
   */
  byte[] encode() {
    Encoder rest = new Encoder().varint(writes).nonce(nonce).varint(epoch).varint(floor);
    upkeep.writeTo(rest);
    rest.u8(claim == null ? 0 : 1);
    if (claim != null) {
      rest.nonce(claim.nonce()).varint(claim.term().toMillis());
      rest.block(claim.holder().getBytes(StandardCharsets.UTF_8));
    }
    byte[] content =
        rest.segment(place.segment())
            .varint(place.offset())
            .varint(place.length())
            .block(record.encode())
            .varint(0)
            .toBytes();
    byte[] bytes =
        new Encoder()
            .bytes(MAGIC)
            .u32(Frames.crc(content, 0, content.length))
            .bytes(content)
            .toBytes();
    if (bytes.length > MAX_BYTES) {
      throw new S3VfsException(
          ErrorKind.INTERNAL, "a head of " + bytes.length + " bytes, more than " + MAX_BYTES);
    }
    return bytes;
  }

  /**
   * Reads the object.
   *
   * @param what names it in messages
   * @throws S3VfsException {@code CORRUPT}, or {@code UNSUPPORTED} for a later format
   */
  static Head decode(byte[] bytes, String what) {
    Decoder start = new Decoder(bytes, what);
    start.check(
        bytes.length > MAGIC.length && Arrays.equals(start.bytes(MAGIC.length), MAGIC),
        "it does not begin as a head does");
    int checksum = start.u32();
    int from = MAGIC.length + 4;
    start.check(checksum == Frames.crc(bytes, from, bytes.length - from), "wrong checksum");
    Decoder decoder = new Decoder(start.rest(), what);
    long writes = decoder.varint();
    Nonce nonce = decoder.nonce();
    long epoch = decoder.varint();
    long floor = decoder.varint();
    Upkeep upkeep = Upkeep.decode(decoder);
    Claim claim = null;
    if (decoder.u8() != 0) {
      claim =
          new Claim(
              decoder.nonce(),
              Duration.ofMillis(decoder.varint(Integer.MAX_VALUE, "the term")),
              new String(decoder.block("the holder"), StandardCharsets.UTF_8));
    }
    FrameRef place = new FrameRef(decoder.segment(), decoder.varint(), decoder.length());
    Decoder record = decoder.within("the record");
    VersionRecord version = VersionRecord.decode(record);
    record.end();
    var unused = decoder.sections();
    decoder.end();
    return new Head(writes, nonce, epoch, floor, upkeep, claim, place, version);
  }
}
