package io.github.s3vfs.scenario;

import java.util.Arrays;
import java.util.zip.CRC32C;

/** Reads the encodings of docs/FORMAT.md, layout {@code snapshot}, from the front of some bytes. */
final class DocumentedBytes {
  private final byte[] bytes;
  private final String what;
  private int position;

  /**
   * @param what is named by exceptions
   */
  DocumentedBytes(byte[] bytes, String what) {
    this.bytes = bytes;
    this.what = what;
  }

  int left() {
    return bytes.length - position;
  }

  byte[] take(long length) {
    check(length >= 0 && length <= left(), "ends within a field of " + length + " bytes");
    position += (int) length;
    return Arrays.copyOfRange(bytes, position - (int) length, position);
  }

  DocumentedBytes part(long length) {
    return new DocumentedBytes(take(length), what);
  }

  int u8() {
    return take(1)[0] & 0xff;
  }

  long u32() {
    long value = 0;
    for (byte b : take(4)) {
      value = value << 8 | (b & 0xff);
    }
    return value;
  }

  long varint() {
    long value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      int b = u8();
      value |= (long) (b & 0x7f) << shift;
      if ((b & 0x80) == 0) {
        return value;
      }
    }
    throw new IllegalStateException(what + ": a varint of more than 63 bits");
  }

  /** A varint that counts things which take at least one byte each. */
  int count() {
    long count = varint();
    check(count <= left(), "a count of " + count);
    return (int) count;
  }

  void end() {
    check(left() == 0, left() + " bytes too many");
  }

  void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(what + ": " + otherwise);
    }
  }

  static long crc(byte[]... parts) {
    CRC32C crc = new CRC32C();
    for (byte[] part : parts) {
      crc.update(part);
    }
    return crc.getValue();
  }
}
