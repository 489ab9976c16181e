package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * Reads the primitives of the format; docs/FORMAT.md, "Encodings". Whatever the bytes are, it fails
 * with {@code CORRUPT} and nothing else, and allocates no more than a small multiple of their
 * number.
 */
final class Decoder {
  private final ByteBuffer in;
  private final String what;

  /**
   * @param what names the object in messages
   */
  Decoder(byte[] bytes, String what) {
    this(ByteBuffer.wrap(bytes), what);
  }

  Decoder(ByteBuffer in, String what) {
    this.in = in;
    this.what = what;
  }

  /** A failure to understand the bytes. */
  S3VfsException corrupt(String why) {
    return new S3VfsException(ErrorKind.CORRUPT, what + " is damaged: " + why);
  }

  /** Fails unless something holds. */
  void check(boolean holds, String why) {
    if (!holds) {
      throw corrupt(why);
    }
  }

  private S3VfsException cutOff() {
    return corrupt("it ends too early");
  }

  int u8() {
    try {
      return Byte.toUnsignedInt(in.get());
    } catch (BufferUnderflowException e) {
      throw cutOff();
    }
  }

  int u32() {
    try {
      return in.getInt();
    } catch (BufferUnderflowException e) {
      throw cutOff();
    }
  }

  long u64() {
    try {
      return in.getLong();
    } catch (BufferUnderflowException e) {
      throw cutOff();
    }
  }

  long varint() {
    long value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      int b = u8();
      value |= (b & 0x7fL) << shift;
      if (b < 0x80) {
        return value;
      }
    }
    throw corrupt("a number is too long");
  }

  /** A varint that must not be greater than something. */
  long varint(long most, String name) {
    long value = varint();
    check(value <= most, name + " is " + value + ", more than " + most);
    return value;
  }

  /** A number of things that take at least one byte each. */
  int count(String name) {
    return (int) varint(in.remaining(), "the number of " + name);
  }

  Nonce nonce() {
    return new Nonce(u64(), u64());
  }

  byte[] bytes(int length) {
    check(length >= 0 && length <= in.remaining(), "it ends too early");
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }

  /** Bytes with their length in front. */
  byte[] block(String name) {
    return bytes((int) varint(in.remaining(), "the length of " + name));
  }

  /** A decoder of bytes with their length in front. */
  Decoder within(String name) {
    return new Decoder(block(name), what);
  }

  SegmentName segment() {
    return new SegmentName(
        varint(), nonce(), (int) varint(SegmentName.MAX_PARTS - 1L, "the part of a segment"));
  }

  SegmentName[] segments() {
    SegmentName[] names = new SegmentName[count("segments")];
    for (int i = 0; i < names.length; i++) {
      names[i] = segment();
    }
    return names;
  }

  /** A frame in one of the segments of a table. */
  FrameRef frame(SegmentName[] segments) {
    long number = varint();
    check(number < segments.length, "there is no segment " + number);
    return frame(segments[(int) number]);
  }

  /** A frame in a segment. */
  FrameRef frame(SegmentName segment) {
    FrameRef frame = new FrameRef(segment, varint(), length());
    check(
        frame.offset() >= Frames.MAGIC.length
            && frame.offset() <= Long.MAX_VALUE - Frames.MAX_LENGTH
            && frame.length() >= Frames.HEADER,
        "the place of a frame");
    return frame;
  }

  /** Length of a frame. */
  int length() {
    return (int) varint(Frames.MAX_LENGTH, "the length of a frame");
  }

  /** The bytes that are left. */
  ByteBuffer rest() {
    return in.slice();
  }

  /** Fails if bytes are left. */
  void end() {
    check(!in.hasRemaining(), in.remaining() + " bytes too many");
  }

  /**
   * Reads sections and passes over those that are not known.
   *
   * @param known tags of those that are
   * @return their contents by the tag
   */
  Map<Long, Decoder> sections(long... known) {
    int count = count("sections");
    Map<Long, Decoder> found = new HashMap<>();
    for (int i = 0; i < count; i++) {
      long tag = varint();
      Decoder content = within("a section");
      if (LongStream.of(known).anyMatch(each -> each == tag)) {
        found.put(tag, content);
      } else if (tag % 2 == 1) {
        throw new S3VfsException(
            ErrorKind.UNSUPPORTED,
            what + " needs a later version of this library: section " + tag + " is not known");
      }
    }
    return found;
  }
}
