package io.github.s3vfs.internal.jna;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.CachedPages;
import io.github.s3vfs.internal.layout.PageCache;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.StampedLock;
import java.util.function.LongSupplier;

/**
 * The page cache of the native library. Thread-safe.
 *
 * <p>Whoever calls the library about the cache holds {@link #open} for reading, so that nothing is
 * given back meanwhile: requests that are under way when a VFS is closed still bring pages.
 */
final class NativePageCache implements PageCache {
  private static final int BYTES = 0; // S3VFS_STAT_BYTES
  private static final int HITS = 1; // S3VFS_STAT_HITS

  private final long capacity;
  private final StampedLock open = new StampedLock();
  private final Set<NativePages> pages = new HashSet<>();

  /** 0 when it was closed. */
  private long address;

  /** Hits until it was closed. */
  private long hits;

  /**
   * @param capacity in bytes; 0 caches nothing
   */
  NativePageCache(long capacity) {
    this.capacity = capacity;
    this.address = S3VfsLibrary.s3vfs_cache_new(capacity);
    if (address == 0) {
      throw new S3VfsException(ErrorKind.INTERNAL, "no memory for the page cache");
    }
  }

  @Override
  public CachedPages pages(boolean journals) {
    long stamp = open.writeLock();
    try {
      long volume = address == 0 ? 0 : S3VfsLibrary.s3vfs_volume_new(address, journals ? 1 : 0);
      NativePages made = new NativePages(this, volume);
      pages.add(made);
      return made;
    } finally {
      open.unlockWrite(stamp);
    }
  }

  @Override
  public long capacity() {
    return capacity;
  }

  @Override
  public long size() {
    return whileOpen(() -> address == 0 ? 0 : S3VfsLibrary.s3vfs_cache_stat(address, BYTES));
  }

  @Override
  public long hits() {
    return whileOpen(() -> address == 0 ? hits : S3VfsLibrary.s3vfs_cache_stat(address, HITS));
  }

  /** Runs something that calls the library, while nothing is given back to it. */
  long whileOpen(LongSupplier call) {
    long stamp = open.readLock();
    try {
      return call.getAsLong();
    } finally {
      open.unlockRead(stamp);
    }
  }

  /** Gives back what one database has. */
  void close(NativePages one) {
    long stamp = open.writeLock();
    try {
      if (pages.remove(one)) {
        one.release();
      }
    } finally {
      open.unlockWrite(stamp);
    }
  }

  @Override
  public void close() {
    long stamp = open.writeLock();
    try {
      if (address != 0) {
        hits = S3VfsLibrary.s3vfs_cache_stat(address, HITS);
        pages.forEach(NativePages::release);
        pages.clear();
        S3VfsLibrary.s3vfs_cache_free(address);
        address = 0;
      }
    } finally {
      open.unlockWrite(stamp);
    }
  }
}
