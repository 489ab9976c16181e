package io.github.s3vfs.transfer;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.DatabaseHeader;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Passes a SQLite database on, and fails at its beginning or its end if it is none: a wrong header,
 * or less than the header tells of. What is more than that is read, and left out, as SQLite leaves
 * it alone. A header that asks for WAL is turned into one for a rollback journal. Not thread-safe.
 */
final class CheckedDatabaseStream extends InputStream {
  private final InputStream source;
  private final byte[] start;
  private final DatabaseHeader header;
  private final long most;
  private long position;
  private boolean ended;

  /**
   * Reads the header.
   *
   * @throws S3VfsException {@code INVALID} if it is not that of a SQLite database
   */
  CheckedDatabaseStream(InputStream source) throws IOException {
    this.source = source;
    this.start = source.readNBytes(DatabaseHeader.LENGTH);
    try {
      this.header = DatabaseHeader.parse(start, "the input");
    } catch (S3VfsException e) {
      throw new S3VfsException(
          ErrorKind.INVALID, (start.length == 0 ? "the input is empty: " : "") + e.getMessage(), e);
    }
    this.most = header.sizeIsValid() ? header.fileLength() : Long.MAX_VALUE;
    if (header.isWal()) {
      Arrays.fill(
          start, DatabaseHeader.VERSIONS_OFFSET, DatabaseHeader.VERSIONS_OFFSET + 2, (byte) 1);
    }
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
    int count;
    if (position < start.length) {
      count = (int) Math.min(length, start.length - position);
      System.arraycopy(start, (int) position, target, offset, count);
    } else {
      count = position == most ? surplus() : read(target, offset, length, most - position);
    }
    if (count < 0) {
      checkLength();
      return -1;
    }
    position += count;
    return count;
  }

  private int read(byte[] target, int offset, int length, long left) throws IOException {
    return source.read(target, offset, (int) Math.min(length, left));
  }

  /** Reads what is behind the database, so that who writes to a pipe comes to an end. */
  private int surplus() throws IOException {
    byte[] some = new byte[8192];
    int count = ended ? -1 : source.read(some);
    while (count >= 0) {
      count = source.read(some);
    }
    return -1;
  }

  private void checkLength() {
    if (ended) {
      return;
    }
    ended = true;
    long expected = header.sizeIsValid() ? header.fileLength() : 0;
    if (position < expected || position % header.pageSize() != 0) {
      throw new S3VfsException(
          ErrorKind.INVALID,
          "the input ends after "
              + position
              + " bytes; its header tells of "
              + (expected > 0 ? expected + " bytes" : "pages of " + header.pageSize() + " bytes"));
    }
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
