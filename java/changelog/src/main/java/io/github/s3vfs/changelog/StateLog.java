package io.github.s3vfs.changelog;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * A file that is written at its end: records of rows that came and that went, and marks. What is
 * behind the last mark was not saved. A record is a letter (p, d or m), the length of its content
 * (4 bytes, little-endian), two words of a key, and the content. A mark's content ends with the
 * CRC-32C of all records since the one before and of itself. Not thread-safe.
 */
final class StateLog implements Closeable {
  static final int HEADER = 1 + 4 + 16;
  static final char PUT = 'p';
  static final char DELETE = 'd';
  static final char MARK = 'm';

  /** The first word of a mark's key. The second one is where the mark is. */
  static final long MARKED = 0x4b52414d46563353L;

  private static final int BUFFER = 1 << 20;
  private static final int FIRST_READ = 512;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private final FileChannel channel;
  private final byte[] buffer = new byte[BUFFER];
  private final CRC32C checksum = new CRC32C();
  private int buffered;
  private long written;

  /**
   * Opens a file, to be written from a position on.
   *
   * @param length what is behind it is cut off
   */
  StateLog(Path file, long length, OpenOption... options) throws IOException {
    channel = FileChannel.open(file, options);
    channel.truncate(length);
    written = length;
  }

  static long longAt(byte[] bytes, int at) {
    return (long) LONGS.get(bytes, at);
  }

  static int intAt(byte[] bytes, int at) {
    return (int) INTS.get(bytes, at);
  }

  static void putLong(byte[] bytes, int at, long value) {
    LONGS.set(bytes, at, value);
  }

  static void putInt(byte[] bytes, int at, int value) {
    INTS.set(bytes, at, value);
  }

  /** Where the next record will be. */
  long end() {
    return written + buffered;
  }

  /** Adds a record; answers where it is. */
  long add(char kind, long high, long low, byte[] content, int length) throws IOException {
    if (BUFFER - buffered < HEADER) {
      flush();
    }
    long place = end();
    buffer[buffered] = (byte) kind;
    putInt(buffer, buffered + 1, length);
    putLong(buffer, buffered + 5, high);
    putLong(buffer, buffered + 13, low);
    buffered += HEADER;
    put(content, length);
    return place;
  }

  private void put(byte[] content, int length) throws IOException {
    if (length > BUFFER - buffered) {
      flush();
    }
    if (length > BUFFER) {
      checksum.update(content, 0, length);
      write(ByteBuffer.wrap(content, 0, length));
      return;
    }
    System.arraycopy(content, 0, buffer, buffered, length);
    buffered += length;
  }

  private void write(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      written += channel.write(bytes, written);
    }
  }

  private void flush() throws IOException {
    checksum.update(buffer, 0, buffered);
    write(ByteBuffer.wrap(buffer, 0, buffered));
    buffered = 0;
  }

  /** Adds a mark, and waits until everything is on disk; the mark is there after all else is. */
  void mark(byte[] content, int length) throws IOException {
    byte[] checked = new byte[length + 4];
    System.arraycopy(content, 0, checked, 0, length);
    flush();
    channel.force(false);
    checksum.update(content, 0, length);
    putInt(checked, length, (int) checksum.getValue());
    long unused = add(MARK, MARKED, end(), checked, checked.length);
    flush();
    channel.force(false);
    checksum.reset();
  }

  /** The content of a record. */
  byte[] read(long place) throws IOException {
    if (place >= written) {
      flush();
    }
    byte[] start = new byte[(int) Math.min(FIRST_READ, written - place)];
    fill(ByteBuffer.wrap(start), place);
    byte[] content = new byte[intAt(start, 1)];
    int known = Math.min(content.length, start.length - HEADER);
    System.arraycopy(start, HEADER, content, 0, known);
    fill(ByteBuffer.wrap(content, known, content.length - known), place + HEADER + known);
    return content;
  }

  private void fill(ByteBuffer into, long place) throws IOException {
    long at = place;
    while (into.hasRemaining()) {
      int count = channel.read(into, at);
      if (count < 0) {
        throw new EOFException("a record ends behind the file");
      }
      at += count;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
