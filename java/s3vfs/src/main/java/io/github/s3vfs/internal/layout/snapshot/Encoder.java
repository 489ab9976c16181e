package io.github.s3vfs.internal.layout.snapshot;

import java.io.ByteArrayOutputStream;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes the primitives of the format; docs/FORMAT.md, "Encodings". */
final class Encoder {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream(256);

  Encoder u8(int value) {
    out.write(value);
    return this;
  }

  Encoder u32(int value) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      out.write(value >>> shift);
    }
    return this;
  }

  Encoder u64(long value) {
    return u32((int) (value >>> 32)).u32((int) value);
  }

  Encoder varint(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("varint of " + value);
    }
    long rest = value;
    while (rest >= 0x80) {
      out.write((int) (rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out.write((int) rest);
    return this;
  }

  Encoder nonce(Nonce nonce) {
    return u64(nonce.high()).u64(nonce.low());
  }

  Encoder bytes(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  /** Bytes with their length in front. */
  Encoder block(byte[] bytes) {
    return varint(bytes.length).bytes(bytes);
  }

  Encoder segment(SegmentName name) {
    return varint(name.epoch()).nonce(name.nonce()).varint(name.part());
  }

  int size() {
    return out.size();
  }

  byte[] toBytes() {
    return out.toByteArray();
  }

  /** The table of segments in front of a structure that names them by number. */
  static final class Segments {
    private final Map<SegmentName, Integer> numbers = new LinkedHashMap<>();

    /** The number of a segment, which is in the table from now on. */
    int number(SegmentName name) {
      return numbers.computeIfAbsent(name, n -> numbers.size());
    }

    void writeTo(Encoder encoder) {
      encoder.varint(numbers.size());
      numbers.keySet().forEach(encoder::segment);
    }
  }
}
