package io.github.s3vfs.select.internal.io;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * What GZIP (RFC 1952) was made of, of all members one after the other. Zeros behind the last one
 * are padding, as gzip(1) has it; anything else there is an error, and so is an end within a
 * member: an EOFException. Not thread-safe.
 */
final class GzipStream extends InputStream {
  private static final int DEFLATED = 8;
  private static final int HEADER_CRC = 2;
  private static final int EXTRA = 4;
  private static final int NAME = 8;
  private static final int COMMENT = 16;
  private static final int RESERVED = 0xE0;

  private final InputStream in;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 crc = new CRC32();
  private final byte[] buffer;

  /** What of the buffer was not taken; while a member is inflated, the inflater knows. */
  private int position;

  private int limit;
  private boolean ended;

  /** Reads the header of the first member. */
  GzipStream(InputStream in, int bufferBytes) throws IOException {
    this.in = in;
    this.buffer = new byte[bufferBytes];
    if (next() != 0x1F) {
      throw new IOException("not in the format of GZIP");
    }
    header();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    try {
      while (!ended) {
        int count = inflater.inflate(target, offset, length);
        if (count > 0) {
          crc.update(target, offset, count);
          return count;
        } else if (inflater.finished()) {
          position = limit - inflater.getRemaining();
          trailer();
          ended = !hasMember();
        } else if (inflater.needsDictionary()) {
          throw new IOException("GZIP with a dictionary");
        } else {
          fill();
          inflater.setInput(buffer, 0, limit);
        }
      }
      return -1;
    } catch (DataFormatException e) {
      throw new IOException("GZIP is damaged: " + e.getMessage(), e);
    }
  }

  /** Fills the buffer anew. */
  private void fill() throws IOException {
    position = 0;
    limit = 0;
    int count = in.read(buffer, 0, buffer.length);
    if (count < 0) {
      throw new EOFException("GZIP ends within a member");
    }
    limit = count;
  }

  private int next() throws IOException {
    while (position == limit) {
      fill();
    }
    return buffer[position++] & 0xFF;
  }

  /** A byte of a header. */
  private int headerByte() throws IOException {
    int value = next();
    crc.update(value);
    return value;
  }

  /** A number of so many bytes, the lowest first. */
  private long number(int bytes) throws IOException {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value |= (long) headerByte() << (8 * i);
    }
    return value;
  }

  /** Reads a header whose first byte was read. */
  private void header() throws IOException {
    crc.reset();
    crc.update(0x1F);
    if (headerByte() != 0x8B || headerByte() != DEFLATED) {
      throw new IOException("not in the format of GZIP");
    }
    int flags = headerByte();
    if ((flags & RESERVED) != 0) {
      throw new IOException("GZIP with flags that are not known");
    }
    skip(6); // time, level, system
    if ((flags & EXTRA) != 0) {
      skip((int) number(2));
    }
    if ((flags & NAME) != 0) {
      skipText();
    }
    if ((flags & COMMENT) != 0) {
      skipText();
    }
    if ((flags & HEADER_CRC) != 0) {
      long sum = crc.getValue() & 0xFFFF;
      if (number(2) != sum) {
        throw new IOException("the header of GZIP is damaged");
      }
    }
    crc.reset();
    inflater.reset();
    inflater.setInput(buffer, position, limit - position);
  }

  private void skip(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      var unused = headerByte();
    }
  }

  private void skipText() throws IOException {
    int last = headerByte();
    while (last != 0) {
      last = headerByte();
    }
  }

  private void trailer() throws IOException {
    long sum = crc.getValue();
    if (number(4) != sum || number(4) != (inflater.getBytesWritten() & 0xFFFF_FFFFL)) {
      throw new IOException("GZIP is damaged: its checksum is another one");
    }
  }

  /** Reads the header of the next member; false if there is none. */
  private boolean hasMember() throws IOException {
    boolean padded = false;
    while (true) {
      if (position == limit) {
        int count = in.read(buffer, 0, buffer.length);
        if (count < 0) {
          return false;
        }
        position = 0;
        limit = count;
        continue;
      }
      int first = buffer[position++] & 0xFF;
      if (first == 0x1F && !padded) {
        header();
        return true;
      } else if (first != 0) {
        throw new IOException("bytes that are no GZIP behind the last member");
      }
      padded = true;
    }
  }

  @Override
  public void close() throws IOException {
    ended = true;
    inflater.end();
    in.close();
  }
}
