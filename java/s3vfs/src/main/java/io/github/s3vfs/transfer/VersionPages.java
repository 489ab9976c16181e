package io.github.s3vfs.transfer;

import io.github.s3vfs.internal.layout.StoredPages;
import java.util.Optional;

/**
 * The pages of one version of a database in the layout {@code snapshot}, and which of them are not
 * as in another version: for programs that know the <a
 * href="https://www.sqlite.org/fileformat2.html">format of SQLite's file</a>. Immutable, but that
 * the version may expire: its pages cannot be read then. Thread-safe. No longer of use once the VFS
 * was closed.
 */
public final class VersionPages {
  private final long version;
  private final StoredPages pages;

  VersionPages(long version, StoredPages pages) {
    this.version = version;
    this.pages = pages;
  }

  /** The number of the version. */
  public long version() {
    return version;
  }

  /** Which database it is: another text for one that was deleted and made again. */
  public String databaseId() {
    return pages.database();
  }

  /** The size of a page in bytes. */
  public int pageSize() {
    return pages.pageSize();
  }

  /** How many pages the file has. */
  public long pageCount() {
    return pages.pageCount();
  }

  /**
   * A page.
   *
   * @param number from 1
   * @return its bytes, a new array
   * @throws IllegalArgumentException if there is no such page
   * @throws io.github.s3vfs.S3VfsException {@code EXPIRED} if the version is not kept any more; or
   *     what S3 failed with
   */
  public byte[] page(long number) {
    if (number < 1 || number > pageCount()) {
      throw new IllegalArgumentException("page " + number + " of " + pageCount());
    }
    return pages.page(number);
  }

  /**
   * Starts to fetch pages that will be read, and returns at once. What fails shows when they are
   * read.
   *
   * @param numbers from 1; those that there are not do no harm
   * @throws io.github.s3vfs.S3VfsException what S3 failed with when it was asked where they are
   */
  public void prefetch(long... numbers) {
    pages.prefetch(numbers);
  }

  /**
   * The pages that may differ from those of an earlier version, by where they are stored. The
   * number of requests does not depend on the number of commits in between, and hardly on the size
   * of the database: it is one or none where there were up to a few hundred.
   *
   * @param earlier a version of the same database
   * @param most how many pages are wanted
   * @return their numbers, ascending; all others are the same in both. Empty if there are more than
   *     {@code most}, or if it is another database
   * @throws io.github.s3vfs.S3VfsException what S3 failed with
   */
  public Optional<long[]> changedSince(VersionPages earlier, int most) {
    return Optional.ofNullable(pages.changedSince(earlier.pages, most));
  }
}
