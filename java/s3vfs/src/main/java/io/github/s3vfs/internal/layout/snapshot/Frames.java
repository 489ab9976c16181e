package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/** The frames that segments are made of; docs/FORMAT.md, "Segment". */
final class Frames {
  /** What segments begin with. */
  static final byte[] MAGIC = "S3VFSEG1".getBytes(StandardCharsets.US_ASCII);

  /** Most bytes of a frame. */
  static final int MAX_LENGTH = 64 << 20;

  static final int PAGE_GROUP = 1;
  static final int MAP_LEAF = 2;
  static final int MAP_INDEX = 3;
  static final int RECORD = 4;

  /** Checksum and kind. */
  static final int HEADER = 5;

  private static final int PLACE = 2 * Nonce.LENGTH + 4 + 8;

  private Frames() {}

  /** The bytes of a frame. */
  static byte[] seal(Nonce uuid, SegmentName segment, long offset, int kind, byte[] body) {
    ByteBuffer frame = ByteBuffer.allocate(HEADER + body.length);
    frame.position(4).put((byte) kind).put(body);
    return frame.putInt(0, checksum(uuid, segment, offset, frame.position(4))).array();
  }

  /**
   * The body of a frame.
   *
   * @param frame its bytes
   * @param ref where they came from
   * @param what names the object in messages
   * @throws S3VfsException {@code CORRUPT}
   */
  static ByteBuffer open(Nonce uuid, FrameRef ref, int kind, ByteBuffer frame, String what) {
    ByteBuffer bytes = frame.slice();
    boolean whole =
        bytes.limit() == ref.length()
            && bytes.limit() >= HEADER
            && bytes.getInt(0) == checksum(uuid, ref.segment(), ref.offset(), bytes.position(4));
    if (!whole || bytes.get(4) != kind) {
      throw new S3VfsException(
          ErrorKind.CORRUPT,
          what
              + " is damaged: "
              + (whole
                  ? "the frame is of kind " + bytes.get(4) + ", not " + kind
                  : "wrong checksum")
              + " at offset "
              + ref.offset()
              + ", "
              + ref.length()
              + " bytes");
    }
    return bytes.position(HEADER).slice();
  }

  private static int checksum(Nonce uuid, SegmentName segment, long offset, ByteBuffer rest) {
    ByteBuffer place =
        ByteBuffer.allocate(PLACE)
            .putLong(uuid.high())
            .putLong(uuid.low())
            .putLong(segment.nonce().high())
            .putLong(segment.nonce().low())
            .putInt(segment.part())
            .putLong(offset);
    CRC32C crc = new CRC32C();
    crc.update(place.flip());
    crc.update(rest.duplicate());
    return (int) crc.getValue();
  }

  /** The checksum of a part of an array. */
  static int crc(byte[] bytes, int offset, int length) {
    return crc(ByteBuffer.wrap(bytes, offset, length));
  }

  /** The checksum of what is left in a buffer, which is read to its end. */
  static int crc(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }
}
