package io.github.s3vfs.changelog;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * A file that is written at its end: records of rows that came and that went, and marks. What is
 * behind the last mark is not known to be whole. A record is a letter (p, d or m), the length of
 * its content (4 bytes, little-endian), two words of a key, and the content. A mark's content ends
 * with the CRC-32C of all records since the mark before, and that of the content up to there. After
 * a failure the same call may be made again. Not thread-safe.
 */
final class StateLog implements Closeable {
  static final int HEADER = 1 + 4 + 16;
  static final char PUT = 'p';
  static final char DELETE = 'd';
  static final char MARK = 'm';

  /** The first word of a mark's key. The second one is where the mark is. */
  static final long MARKED = 0x4b52414d46563353L;

  /** Behind a mark's content. */
  static final int CHECKSUMS = 8;

  private static final int BUFFER = 1 << 20;
  private static final int FIRST_READ = 512;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  /** No channel: an interrupt would close that. */
  private final RandomAccessFile file;

  private final byte[] buffer = new byte[BUFFER];
  private final CRC32C checksum = new CRC32C();
  private int buffered;
  private long written;
  private boolean isForced = true;

  /**
   * Opens a file, to be written from a position on.
   *
   * @param length what is behind it is cut off
   */
  StateLog(Path path, long length) throws IOException {
    file = new RandomAccessFile(path.toFile(), "rw");
    try {
      if (file.length() > length) {
        file.setLength(length);
      }
    } catch (IOException e) {
      try (file) {
        throw e;
      }
    }
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
    if (HEADER + length > BUFFER - buffered) {
      flush();
    }
    long place = end();
    if (HEADER + length > BUFFER) {
      byte[] header = new byte[HEADER];
      putHeader(header, 0, kind, length, high, low);
      write(header, HEADER, place);
      write(content, length, place + HEADER);
      checksum.update(header);
      checksum.update(content, 0, length);
      written += HEADER + length;
      return place;
    }
    putHeader(buffer, buffered, kind, length, high, low);
    System.arraycopy(content, 0, buffer, buffered + HEADER, length);
    buffered += HEADER + length;
    return place;
  }

  private static void putHeader(byte[] bytes, int at, char kind, int length, long high, long low) {
    bytes[at] = (byte) kind;
    putInt(bytes, at + 1, length);
    putLong(bytes, at + 5, high);
    putLong(bytes, at + 13, low);
  }

  private void write(byte[] bytes, int length, long place) throws IOException {
    isForced = false;
    file.seek(place);
    file.write(bytes, 0, length);
  }

  private void flush() throws IOException {
    write(buffer, buffered, written);
    checksum.update(buffer, 0, buffered);
    written += buffered;
    buffered = 0;
  }

  private void force() throws IOException {
    if (!isForced) {
      file.getFD().sync();
      isForced = true;
    }
  }

  /** Adds a mark, and waits until everything is on disk; the mark is there after all else is. */
  void mark(byte[] content) throws IOException {
    if (buffered > 0) {
      flush();
    }
    force();
    byte[] mark = new byte[HEADER + content.length + CHECKSUMS];
    putHeader(mark, 0, MARK, content.length + CHECKSUMS, MARKED, written);
    System.arraycopy(content, 0, mark, HEADER, content.length);
    int end = HEADER + content.length;
    putInt(mark, end, (int) checksum.getValue());
    putInt(mark, end + 4, checksumOf(mark, HEADER, end + 4 - HEADER));
    write(mark, mark.length, written);
    force();
    written += mark.length;
    checksum.reset();
  }

  static int checksumOf(byte[] bytes, int from, int length) {
    CRC32C of = new CRC32C();
    of.update(bytes, from, length);
    return (int) of.getValue();
  }

  /** The header of a record that is in the file. */
  byte[] header(long place) throws IOException {
    byte[] header = new byte[HEADER];
    fill(header, 0, HEADER, place);
    return header;
  }

  /** The content of a record. */
  byte[] read(long place) throws IOException {
    if (place >= written) {
      flush();
    }
    byte[] start = new byte[(int) Math.min(FIRST_READ, written - place)];
    fill(start, 0, start.length, place);
    byte[] content = new byte[intAt(start, 1)];
    int known = Math.min(content.length, start.length - HEADER);
    System.arraycopy(start, HEADER, content, 0, known);
    fill(content, known, content.length - known, place + HEADER + known);
    return content;
  }

  private void fill(byte[] into, int from, int length, long place) throws IOException {
    if (length > 0) {
      file.seek(place);
      file.readFully(into, from, length);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
