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
  private static final int PAGES = 2; // S3VFS_STAT_PAGES
  private static final int PREFETCHED = 3; // S3VFS_STAT_AHEAD
  private static final int PREFETCHED_USED = 4; // S3VFS_STAT_USED
  private static final int PREFETCHED_WASTED = 5; // S3VFS_STAT_WASTED

  private final long capacity;
  private final StampedLock open = new StampedLock();
  private final Set<NativePages> pages = new HashSet<>();

  /** 0 when it was closed. */
  private long address;

  /** Figures of when it was closed, where they are not 0. */
  private long hits;

  private long prefetched;
  private long prefetchedUsed;

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
    return figure(BYTES, () -> 0);
  }

  @Override
  public long hits() {
    return figure(HITS, () -> hits);
  }

  @Override
  public long count() {
    return figure(PAGES, () -> 0);
  }

  @Override
  public long prefetched() {
    return figure(PREFETCHED, () -> prefetched);
  }

  @Override
  public long prefetchedUsed() {
    return figure(PREFETCHED_USED, () -> prefetchedUsed);
  }

  @Override
  public long prefetchedWasted() {
    return figure(PREFETCHED_WASTED, () -> prefetched - prefetchedUsed);
  }

  private long figure(int which, LongSupplier whenClosed) {
    return whileOpen(
        () ->
            address == 0 ? whenClosed.getAsLong() : S3VfsLibrary.s3vfs_cache_stat(address, which));
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
        prefetched = S3VfsLibrary.s3vfs_cache_stat(address, PREFETCHED);
        prefetchedUsed = S3VfsLibrary.s3vfs_cache_stat(address, PREFETCHED_USED);
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
