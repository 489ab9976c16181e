package io.github.s3vfs.transfer;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Local SQLite files, of which nothing is in other files. */
final class LocalDatabaseFile {
  private static final int BUFFER = 1 << 16;

  /**
   * What a journal that is to be played back begins with (fileformat2.html#the_rollback_journal).
   */
  private static final long JOURNAL_MAGIC = 0xd9d505f920a163d7L;

  private LocalDatabaseFile() {}

  /**
   * Opens one.
   *
   * @throws S3VfsException {@code INVALID} if a write-ahead log or a hot journal belongs to it
   * @throws IOException if it, or what is beside it, cannot be read
   */
  static InputStream open(Path file) throws IOException {
    InputStream in = Files.newInputStream(file);
    try {
      Path real = file.toRealPath(); // SQLite follows links, too
      refuseLog(file, beside(real, "-wal"));
      refuseJournal(file, beside(real, "-journal"));
      return new BufferedInputStream(in, BUFFER);
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  private static Path beside(Path file, String suffix) {
    return file.resolveSibling(file.getFileName() + suffix);
  }

  private static void refuseLog(Path file, Path log) throws IOException {
    try {
      if (Files.size(log) == 0) {
        return;
      }
    } catch (NoSuchFileException e) {
      return;
    }
    throw new S3VfsException(
        ErrorKind.INVALID,
        file
            + " has a write-ahead log ("
            + log
            + ") whose commits are not in it: run PRAGMA wal_checkpoint(TRUNCATE), or close the"
            + " connections to it, first");
  }

  private static void refuseJournal(Path file, Path journal) throws IOException {
    byte[] start;
    try (InputStream in = Files.newInputStream(journal)) {
      start = in.readNBytes(Long.BYTES);
    } catch (NoSuchFileException e) {
      return;
    }
    if (start.length == Long.BYTES && ByteBuffer.wrap(start).getLong() == JOURNAL_MAGIC) {
      throw new S3VfsException(
          ErrorKind.INVALID,
          file
              + " has a journal ("
              + journal
              + ") of a transaction that has not ended: end it, or open the file once with SQLite,"
              + " which rolls it back, first");
    }
  }
}
