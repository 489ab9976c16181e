package io.github.s3vfs.internal.layout;

import org.jspecify.annotations.Nullable;

/**
 * How much the call of SQLite that this thread is in wants to read, where that is known and nothing
 * says that more will be wanted: so much is fetched ahead and no more. Belongs to one thread.
 */
public final class Wanted {
  /** Holds nothing of ours for longer than a call lasts. */
  private static final ThreadLocal<@Nullable Wanted> OF_THREAD = new ThreadLocal<>();

  private final long bytes;
  private final long patience;
  private long end = -1;

  private Wanted(long bytes, long patience) {
    this.bytes = bytes;
    this.patience = patience;
  }

  /**
   * To be called before SQLite is, and {@link #end} afterwards.
   *
   * @param bytes how many are wanted
   * @param patience if a reader comes so many bytes behind their end, it is on its way to them yet,
   *     and nothing is known
   */
  public static void begin(long bytes, long patience) {
    OF_THREAD.set(new Wanted(bytes, patience));
  }

  /** The call has ended. */
  public static void end() {
    OF_THREAD.remove();
  }

  /**
   * Where the bytes end that are wanted.
   *
   * @param position of a read that goes on where another one was; the first one counts
   * @param length of the file
   * @return the length, if nothing is known
   */
  public static long end(long position, long length) {
    Wanted wanted = OF_THREAD.get();
    if (wanted == null) {
      return length;
    }
    if (wanted.end < 0) {
      wanted.end = position + wanted.bytes;
    }
    if (position >= wanted.end + wanted.patience) {
      wanted.end = Long.MAX_VALUE / 2;
    }
    return Math.min(length, wanted.end);
  }
}
