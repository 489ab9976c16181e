package io.github.s3vfs.select.internal.io;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * The bytes of Zstandard on their way to the decompressor, which does not tell an end within a
 * frame from one behind it: here that is an EOFException. What is looked at are the lengths of
 * frames and blocks (RFC 8878, section 3.1). Not thread-safe.
 */
final class ZstdFrames extends FilterInputStream {
  private static final long MAGIC = 0xFD2F_B528L;
  private static final long SKIPPABLE = 0x184D_2A50L;
  private static final int RUN_LENGTH = 1;

  /** The next number that is read, and its bytes. */
  private enum Part {
    MAGIC(4),
    SKIPPABLE_LENGTH(4),
    DESCRIPTOR(1),
    BLOCK(3);

    private final int bytes;

    Part(int bytes) {
      this.bytes = bytes;
    }
  }

  private Part part = Part.MAGIC;
  private long number;
  private int read;

  /** How many bytes are passed by before the next number. */
  private long passed;

  private boolean checksum;

  ZstdFrames(InputStream in) {
    super(in);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int count = super.read(target, offset, length);
    if (count > 0) {
      follow(target, offset, offset + count);
    } else if (count < 0 && !(part == Part.MAGIC && read == 0 && passed == 0)) {
      throw new EOFException("Zstandard ends within a frame");
    }
    return count;
  }

  private void follow(byte[] b, int start, int end) throws IOException {
    int at = start;
    while (at < end) {
      if (passed > 0) {
        int skipped = (int) Math.min(passed, end - at);
        at += skipped;
        passed -= skipped;
        continue;
      }
      number |= (b[at++] & 0xFFL) << (8 * read);
      if (++read == part.bytes) {
        long value = number;
        number = 0;
        read = 0;
        take(value);
      }
    }
  }

  private void take(long value) throws IOException {
    switch (part) {
      case MAGIC -> {
        if (value == MAGIC) {
          part = Part.DESCRIPTOR;
        } else if ((value & ~0xFL) == SKIPPABLE) {
          part = Part.SKIPPABLE_LENGTH;
        } else {
          throw new IOException("not a frame of Zstandard");
        }
      }
      case SKIPPABLE_LENGTH -> {
        passed = value;
        part = Part.MAGIC;
      }
      case DESCRIPTOR -> {
        passed = headerBytes((int) value);
        checksum = (value & 4) != 0;
        part = Part.BLOCK;
      }
      case BLOCK -> {
        boolean runLength = (value >> 1 & 3) == RUN_LENGTH;
        passed = runLength ? 1 : value >> 3;
        if ((value & 1) != 0) {
          passed += checksum ? 4 : 0;
          part = Part.MAGIC;
        }
      }
    }
  }

  /** How many bytes of the header come behind its descriptor. */
  private static int headerBytes(int descriptor) {
    boolean single = (descriptor & 0x20) != 0;
    int window = single ? 0 : 1;
    int dictionary = (1 << (descriptor & 3)) >> 1;
    int content = 1 << (descriptor >> 6);
    return window + (dictionary + (content == 1 && !single ? 0 : content));
  }

  /** Nothing is skipped unseen. */
  @Override
  public long skip(long count) throws IOException {
    byte[] skipped = new byte[(int) Math.max(0, Math.min(count, 1 << 13))];
    return Math.max(0, read(skipped, 0, skipped.length));
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
