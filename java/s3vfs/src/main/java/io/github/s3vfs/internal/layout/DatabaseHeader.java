package io.github.s3vfs.internal.layout;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The fields of the 100-byte header of a SQLite database file that storage needs
 * (https://sqlite.org/fileformat2.html#the_database_header).
 *
 * @param pageSize in bytes, a power of two from 512 to 65536
 * @param writeVersion offset 18: 1 for a rollback journal, 2 for WAL
 * @param readVersion offset 19, likewise
 * @param changeCounter offset 24
 * @param pageCount offset 28, the size of the database in pages as its last writer knew it
 * @param versionValidFor offset 92: the change counter at which pageCount was right
 */
public record DatabaseHeader(
    int pageSize,
    int writeVersion,
    int readVersion,
    int changeCounter,
    long pageCount,
    int versionValidFor) {

  /** Length of the header in bytes. */
  public static final int LENGTH = 100;

  /** Offset of the file format write version; the read version is the byte behind it. */
  public static final int VERSIONS_OFFSET = 18;

  /** Offset of the 16 bytes by which SQLite's pager tells whether its cache is still good. */
  public static final int CHANGE_COUNTER_OFFSET = 24;

  /** The byte that SQLite locks and whose page it never writes. */
  public static final long LOCK_BYTE = 1L << 30;

  private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

  /** Whether these bytes begin as a SQLite database does. */
  public static boolean isDatabase(byte[] bytes) {
    return bytes.length >= LENGTH && Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
  }

  /**
   * Reads a header.
   *
   * @param bytes at least the first 100 bytes of the file
   * @param what names the object in the message
   * @throws S3VfsException {@code CORRUPT} if it is not one
   */
  public static DatabaseHeader parse(byte[] bytes, String what) {
    if (!isDatabase(bytes)) {
      throw new S3VfsException(
          ErrorKind.CORRUPT,
          what
              + " is not the beginning of a SQLite database ("
              + (bytes.length < LENGTH ? "only " + bytes.length + " bytes" : "wrong magic")
              + ")");
    }
    ByteBuffer header = ByteBuffer.wrap(bytes);
    int stored = Short.toUnsignedInt(header.getShort(16));
    int pageSize = stored == 1 ? 65536 : stored;
    if (pageSize < 512 || Integer.bitCount(pageSize) != 1) {
      throw new S3VfsException(
          ErrorKind.CORRUPT, what + " has a SQLite header with the impossible page size " + stored);
    }
    return new DatabaseHeader(
        pageSize,
        header.get(18),
        header.get(19),
        header.getInt(24),
        Integer.toUnsignedLong(header.getInt(28)),
        header.getInt(92));
  }

  /** Whether pageCount can be trusted (older writers did not keep it). */
  public boolean sizeIsValid() {
    return pageCount > 0 && changeCounter == versionValidFor;
  }

  /** Length of the file in bytes, if {@link #sizeIsValid}. */
  public long fileLength() {
    return pageCount * pageSize;
  }

  /** Whether the header asks for WAL. */
  public boolean isWal() {
    return writeVersion == 2 || readVersion == 2;
  }

  /**
   * Whether a byte range lies within the page that holds {@link #LOCK_BYTE}, which SQLite never
   * writes.
   *
   * @param offset first byte
   * @param end behind the last byte
   */
  public boolean inLockPage(long offset, long end) {
    long start = LOCK_BYTE / pageSize * pageSize;
    return offset >= start && end <= start + pageSize;
  }
}
