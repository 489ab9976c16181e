package io.github.s3vfs.internal.layout;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One connection's view of a volume. The caller has done the locking within the process: at most
 * one session is between {@link #beginWrite} and {@link #endWrite}, and none is between {@link
 * #beginRead} and {@link #endRead} while another one writes or syncs.
 *
 * <p>All methods fail with {@link io.github.s3vfs.S3VfsException} and nothing else. Not
 * thread-safe.
 */
public interface Session extends AutoCloseable {

  /**
   * The SHARED lock was granted within this process: takes note of what other processes have
   * changed.
   *
   * @return false while another process is committing, or has died at it and must be waited for;
   *     then nothing has begun
   */
  boolean beginRead();

  /** Back to no lock. */
  void endRead();

  /**
   * The RESERVED lock was granted within this process, or EXCLUSIVE without it.
   *
   * @param recovering whether it is EXCLUSIVE without RESERVED: SQLite is going to play a journal
   *     back
   * @return false while another process writes; then nothing has begun
   * @throws io.github.s3vfs.S3VfsException {@code CONFLICT} if another process has written since
   *     {@link #beginRead}
   */
  boolean beginWrite(boolean recovering);

  /**
   * Below RESERVED again. What was written and not synced is forgotten, and so is everything when a
   * write or sync failed; in that case the journal in the store, if any, brings the database back.
   */
  void endWrite();

  /** Whether a writer of another process has the database, as far as can be known. */
  boolean reservedElsewhere();

  /**
   * Reads bytes of the database file: this session's own unsynced ones where it wrote, else the
   * stored ones.
   *
   * @param dst filled from its position up to its limit, or to the file's end
   * @param position in bytes, 0 or more
   * @return how many bytes were read; fewer than asked for only at the end of the file
   */
  int read(ByteBuffer dst, long position);

  /**
   * Sets how much is fetched ahead of a reader.
   *
   * @param most bytes, 0 or more; 0 fetches nothing ahead
   * @return how many it is, which is less if the cache is small
   */
  long limitReadAhead(long most);

  /** Writes all of src at a position; kept in memory until {@link #sync} as far as it fits. */
  void write(ByteBuffer src, long position);

  /** Sets the file's length; bytes behind the old end read as zeros. */
  void truncate(long size);

  /** The file's length in bytes, own unsynced writes included. */
  long size();

  /** Stores everything written so far: the barrier before SQLite's commit point. */
  void sync();

  /** SQLite's commit point has passed (SQLITE_FCNTL_COMMIT_PHASETWO). */
  void committed();

  /**
   * A number that changes whenever the stored content was changed by anyone but this session, as
   * far as this process knows.
   */
  long generation();

  /** The pages that the native side may read by itself; null if there are none. */
  @Nullable CachedPages pages();

  /**
   * The view of {@link #pages} that this session has read since {@link #beginRead}, of {@link
   * #size} bytes; 0 if it is none.
   */
  int view();

  /** The page size of that view in bytes. */
  int pageSize();

  /** The number of the version that is read since {@link #beginRead}; 0 if there are none. */
  default long version() {
    return 0;
  }

  /** The next read transaction asks the store, whatever staleness is allowed. */
  void refresh();

  /** Ends the session; whatever is unsynced is forgotten. */
  @Override
  void close();
}
