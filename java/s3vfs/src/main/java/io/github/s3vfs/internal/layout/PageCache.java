package io.github.s3vfs.internal.layout;

/**
 * Pages in memory, of all databases of one VFS, bounded in bytes. Thread-safe.
 *
 * <p>The native one (native/page_cache.c) answers SQLite's reads by itself. Tests have one that
 * does not.
 */
public interface PageCache extends AutoCloseable {

  /**
   * The pages of one database.
   *
   * @param journals whether other processes may leave a journal beside the database
   */
  CachedPages pages(boolean journals);

  /** The most bytes that it takes. */
  long capacity();

  /** Bytes in use. */
  long size();

  /** Reads that SQLite was answered without a call into Java. */
  long hits();

  /** Pages that are there. */
  long count();

  /** Pages that were fetched ahead: those that were not there then. */
  long prefetched();

  /** Of those that were fetched ahead, pages that were read. */
  long prefetchedUsed();

  /** Of those that were fetched ahead, pages that were given up unread, or did not fit. */
  long prefetchedWasted();

  /** Gives the memory back; from now on nothing is kept, and nothing is found. */
  @Override
  void close();
}
