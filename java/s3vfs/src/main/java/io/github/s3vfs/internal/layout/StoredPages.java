package io.github.s3vfs.internal.layout;

import org.jspecify.annotations.Nullable;

/** The pages of one version, for those who know the format of SQLite's file. Thread-safe. */
public interface StoredPages {

  /** Which database it is: another text for one that was deleted and made again. */
  String database();

  /** The size of a page in bytes. */
  int pageSize();

  /** How many pages the file has. */
  long pageCount();

  /**
   * A page.
   *
   * @param number from 1
   */
  byte[] page(long number);

  /** Starts to fetch pages that will be read. */
  void prefetch(long[] numbers);

  /**
   * The pages that may not be as in an earlier version of the same database, ascending: those that
   * are stored elsewhere. Reads those parts of the two page maps that are not the same.
   *
   * @param earlier of the same kind
   * @return null if there are more than {@code most}, or if it is another database
   */
  long @Nullable [] changedSince(StoredPages earlier, int most);
}
