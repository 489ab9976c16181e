package io.github.s3vfs.csv;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * Decompresses the members of a gzip file (RFC 1952), each of which must be whole. Behind the last
 * one there may be zeros, as gzip(1) has it, and nothing else. Closing it frees memory, and does
 * not close the source. Not thread-safe.
 */
final class GzipInput extends InputStream {
  private static final int ID1 = 0x1f;
  private static final int ID2 = 0x8b;
  private static final int DEFLATE = 8;
  private static final int FHCRC = 2;
  private static final int FEXTRA = 4;
  private static final int FNAME = 8;
  private static final int FCOMMENT = 16;
  private static final int RESERVED = 0xe0;

  private final SourceInput source;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 header = new CRC32();
  private final CRC32 content = new CRC32();
  private boolean ended;

  /**
   * @param source of which nothing was read
   * @throws CsvException if it does not begin with a header
   */
  GzipInput(SourceInput source) throws IOException {
    this.source = source;
    readHeader(source.read());
  }

  /** Whether a source is one. */
  static boolean isNext(SourceInput source) throws IOException {
    return source.startsWith(ID1, ID2);
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
    while (!ended) {
      int count = inflate(target, offset, length);
      if (count > 0) {
        content.update(target, offset, count);
        return count;
      }
      if (inflater.finished()) {
        readTrailer();
        ended = !readNextHeader();
      } else if (source.available() == 0) {
        throw damaged(new EOFException("within a member"));
      }
    }
    return -1;
  }

  private int inflate(byte[] target, int offset, int length) throws IOException {
    try {
      return source.inflate(inflater, target, offset, length);
    } catch (DataFormatException e) {
      ZipException as = new ZipException(e.getMessage());
      as.initCause(e);
      throw damaged(as);
    }
  }

  /** Section 2.3.1. */
  private void readTrailer() throws IOException {
    require(littleEndian(4) == content.getValue(), "the checksum is another one");
    require(littleEndian(4) == (inflater.getBytesWritten() & 0xffff_ffffL), "another length");
  }

  /** False if there is no further member. */
  private boolean readNextHeader() throws IOException {
    int first = source.read();
    if (first > 0) {
      inflater.reset();
      content.reset();
      readHeader(first);
      return true;
    }
    for (int padding = first; padding >= 0; padding = source.read()) {
      require(padding == 0, "no header behind a member");
    }
    return false;
  }

  /** Section 2.3; what is reserved must be refused. */
  private void readHeader(int first) throws IOException {
    header.reset();
    header.update(first);
    boolean begins = first == ID1 && headerByte() == ID2 && headerByte() == DEFLATE;
    require(begins, "no header");
    int flags = headerByte();
    require((flags & RESERVED) == 0, "a header with reserved flags");
    skip(6); // time, system
    if ((flags & FEXTRA) != 0) {
      int low = headerByte();
      skip(low | (headerByte() << 8));
    }
    if ((flags & FNAME) != 0) {
      skipText();
    }
    if ((flags & FCOMMENT) != 0) {
      skipText();
    }
    if ((flags & FHCRC) != 0) {
      long expected = header.getValue() & 0xffff;
      require(littleEndian(2) == expected, "the checksum of the header is another one");
    }
  }

  private void skip(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      headerByte();
    }
  }

  private void skipText() throws IOException {
    while (headerByte() != 0) {
      // it goes on
    }
  }

  private int headerByte() throws IOException {
    int next = next();
    header.update(next);
    return next;
  }

  private long littleEndian(int bytes) throws IOException {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value |= (long) next() << (8 * i);
    }
    return value;
  }

  private int next() throws IOException {
    int next = source.read();
    if (next < 0) {
      throw damaged(new EOFException("within a header or trailer"));
    }
    return next;
  }

  private static void require(boolean holds, String problem) throws CsvException {
    if (!holds) {
      throw damaged(new ZipException(problem));
    }
  }

  private static CsvException damaged(IOException e) {
    return new CsvException("the compressed source is cut off or damaged", 0, null, e);
  }

  @Override
  public void close() {
    ended = true;
    inflater.end();
  }
}
