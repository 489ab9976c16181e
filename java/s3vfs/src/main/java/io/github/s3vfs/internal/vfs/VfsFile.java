package io.github.s3vfs.internal.vfs;

import io.github.s3vfs.internal.layout.CachedPages;
import io.github.s3vfs.internal.layout.LockLevel;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A file that SQLite has open; the methods are those of sqlite3_io_methods
 * (https://sqlite.org/c3ref/io_methods.html). They fail with {@link
 * io.github.s3vfs.S3VfsException}. Not thread-safe: SQLite uses a file from one thread at a time.
 */
public interface VfsFile {

  /**
   * Reads at a position.
   *
   * @return bytes read; fewer than dst has room for only at the end of the file
   */
  int read(ByteBuffer dst, long position);

  /** Writes all of src at a position. */
  void write(ByteBuffer src, long position);

  /** Sets the length. */
  void truncate(long size);

  /** The barrier that SQLite asks for by xSync. */
  void sync();

  /** The length in bytes. */
  long size();

  /**
   * Raises the lock.
   *
   * @return whether it was granted; false is SQLITE_BUSY
   */
  default boolean lock(LockLevel level) {
    return true;
  }

  /** SHARED is held already: the native side has taken it where {@link #view} is still fresh. */
  default void adoptShared() {}

  /** The pages that the native side may read by itself; null if there are none. */
  default @Nullable CachedPages pages() {
    return null;
  }

  /** How old the view of a new read transaction may be. */
  default Duration maxStaleness() {
    return Duration.ZERO;
  }

  /** The view of {@link #pages} that is read since SHARED was granted; 0 if it is none. */
  default int view() {
    return 0;
  }

  /** The page size of the view. */
  default int pageSize() {
    return 0;
  }

  /** Lowers the lock to NONE or SHARED. */
  default void unlock(LockLevel level) {}

  /** Whether any connection holds RESERVED or more. */
  default boolean checkReservedLock() {
    return false;
  }

  /** SQLITE_FCNTL_SYNC: the barrier before the commit point, sent whatever "synchronous" is. */
  default void syncControl() {}

  /** SQLITE_FCNTL_COMMIT_PHASETWO: the commit point has passed. */
  default void committedControl() {}

  /**
   * SQLITE_FCNTL_PRAGMA.
   *
   * @return the pragma's result, or null to let SQLite process it
   */
  default @Nullable String pragma(String name, @Nullable String argument) {
    return null;
  }

  /** Closes the file; it is closed whatever happens. */
  void close();
}
