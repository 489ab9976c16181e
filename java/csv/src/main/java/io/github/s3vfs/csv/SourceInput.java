package io.github.s3vfs.csv;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Reads a source through a buffer, and counts what was read from it. Its beginning can be looked
 * at; at the end, and only there, nothing is available. Closing it does not close the source. Not
 * thread-safe.
 */
final class SourceInput extends InputStream {
  private static final int BUFFER = 32 << 10;

  private final InputStream source;
  private final byte[] buffer = new byte[BUFFER];
  private int position;
  private int end;
  private long bytes;

  SourceInput(InputStream source) {
    this.source = source;
  }

  /**
   * The text of the source, decompressed where it is compressed. Closing it does not close the
   * source.
   *
   * @throws CsvException if it is not compressed, although it is said to be; or is damaged
   */
  InputStream text(Compression compression) throws IOException {
    boolean compressed = GzipInput.isNext(this);
    if (compression == Compression.GZIP && !compressed) {
      throw new CsvException("the source is not compressed by gzip");
    }
    return compressed && compression != Compression.NONE ? new GzipInput(this) : this;
  }

  /**
   * Decompresses what comes next.
   *
   * @return how many bytes were made of it; 0 if more is needed, or there is no more
   */
  int inflate(Inflater inflater, byte[] target, int offset, int length)
      throws IOException, DataFormatException {
    int count = available();
    inflater.setInput(buffer, position, count);
    int made = inflater.inflate(target, offset, length);
    position = end - inflater.getRemaining();
    return made;
  }

  /** Whether the source goes on so. */
  boolean startsWith(int... expected) throws IOException {
    while (end - position < expected.length && fill()) {
      // until there is enough
    }
    if (end - position < expected.length) {
      return false;
    }
    for (int i = 0; i < expected.length; i++) {
      if (Byte.toUnsignedInt(buffer[position + i]) != expected[i]) {
        return false;
      }
    }
    return true;
  }

  /** Reads more into the buffer, which has room for it; false at the end. */
  private boolean fill() throws IOException {
    if (position == end) {
      position = 0;
      end = 0;
    }
    int count = source.read(buffer, end, buffer.length - end);
    if (count > 0) {
      end += count;
      bytes += count;
    }
    return count >= 0;
  }

  @Override
  public int read() throws IOException {
    return available() == 0 ? -1 : Byte.toUnsignedInt(buffer[position++]);
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    int count = Math.min(length, available());
    if (count == 0) {
      return -1;
    }
    System.arraycopy(buffer, position, target, offset, count);
    position += count;
    return count;
  }

  @Override
  public int available() throws IOException {
    while (position == end && fill()) {
      // until there is something
    }
    return end - position;
  }

  long bytes() {
    return bytes;
  }
}
