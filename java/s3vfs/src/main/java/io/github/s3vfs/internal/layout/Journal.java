package io.github.s3vfs.internal.layout;

import java.nio.ByteBuffer;

/**
 * A rollback journal. Where it is stored, it is one file, whoever opens it, and the locks of the
 * database file guard it, as they do in SQLite: only a connection with RESERVED or more writes it.
 * Where it is not, each connection has its own.
 *
 * <p>All methods fail with {@link io.github.s3vfs.S3VfsException} and nothing else.
 */
public interface Journal {

  /**
   * Whether there is a journal that may be hot, which is all that SQLite wants to know; asks the
   * store unless that was done just now. For the writer: whether there is one at all.
   */
  boolean exists();

  /** Called when SQLite opens the journal, to write it or to look whether it is hot. */
  void open(boolean writable);

  /** As {@link Session#read}. */
  int read(ByteBuffer dst, long position);

  /** As {@link Session#write}; stored at the next database sync at the latest. */
  void write(ByteBuffer src, long position);

  /** Sets the length; 0 is a commit point and acts at once. */
  void truncate(long size);

  /** The length in bytes. */
  long size();

  /** SQLite's barrier: what was written must be stored before any later database write is. */
  void sync();

  /** Removes the journal, which is a commit point: when this returns the journal is not hot. */
  void delete();

  /** SQLite has closed it. What others may need of it stays. */
  default void close() {}
}
