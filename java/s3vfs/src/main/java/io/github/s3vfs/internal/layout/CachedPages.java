package io.github.s3vfs.internal.layout;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The pages of one database in the {@link PageCache}, and what the native side must know to serve
 * them by itself: which view of the database is what there is, and since when. Thread-safe, but for
 * {@link #view}.
 *
 * <p>A view is a state of the database file as connections of this process read it. Views are
 * numbered upwards from 1, within one database and process; 0 is none.
 */
public interface CachedPages extends AutoCloseable {

  /**
   * Names bytes of pages that never change; together with the number of a page, those of one page.
   */
  record Key(long a, long b, long c, long d) {}

  /** How pages come into the cache. */
  enum How {
    /** They were read. */
    READ,

    /** Beside one that a reader wants, or by a commit. */
    BESIDE,

    /** They were fetched before anybody wanted them. */
    AHEAD
  }

  /**
   * What the native side knows this database by, with a reference that it gives back when a file is
   * closed; 0 if there is nothing.
   */
  long hold();

  /**
   * There is a new view. What was known to be fresh is not any more. Calls come one after another.
   *
   * @param changed the numbers of the pages that are not as in the view before; null if that is not
   *     known. Pages behind the end of the file do not count
   */
  void view(int view, long @Nullable [] changed);

  /**
   * The newest view was what there is at some time. Read transactions begin without a call into
   * Java as long as that is recent enough for their connection.
   *
   * @param since by {@link System#nanoTime}
   * @param aheadMillis by how much the time of day was ahead of {@link System#nanoTime} then: a
   *     process that was suspended or restored since finds out by that
   * @param noJournal whether the database has no journal that may be hot
   */
  void fresh(int view, long since, long aheadMillis, boolean noJournal);

  /**
   * What is known may not be so any more: from now on each read transaction begins with a call into
   * Java.
   *
   * @return how many are under way that began without one
   */
  int stale();

  /**
   * Reads bytes of a page under a key, if it is there with that size. It is then known to be the
   * page of its number in a view, and so are its neighbours under the same key that are there.
   *
   * @param view 0 for none
   * @param first number of the first such neighbour
   * @param count how many pages are neighbours
   * @param start in the page
   * @param dst gets the bytes
   * @param bytes how many; 0 to take note only, and nothing counts as read
   */
  boolean read(
      int view,
      Key key,
      long first,
      int count,
      long page,
      int pageSize,
      int start,
      ByteBuffer dst,
      int bytes);

  /** Whether a page is there under a key. */
  boolean has(Key key, long page, int pageSize);

  /**
   * Looks at a page under a key, if it is there with that size. It does not count as read.
   *
   * @param dst gets all of its bytes
   */
  boolean look(Key key, long page, int pageSize, ByteBuffer dst);

  /**
   * Those of some pages that cannot be read in a view without a call into Java, in the same order.
   *
   * @param view 0 for none: then these are all
   */
  long[] unknown(int view, long[] pages);

  /**
   * Takes pages in that are not there.
   *
   * @param how they have come
   * @param view that has them; 0 if that is not known
   * @param pages their numbers
   * @param bytes has them one behind the other from {@code from} on; its position stays
   */
  void put(How how, int view, Key key, int pageSize, long[] pages, ByteBuffer bytes, int from);

  /** Nobody opens this database any more; what is there of it will be given up. */
  @Override
  void close();
}
