package io.github.s3vfs.internal.vfs;

import org.jspecify.annotations.Nullable;

/**
 * The last exception that the calling thread got in an upcall. SQLite hands its callers a result
 * code only; whoever calls SQLite can find here what was behind it, on the same thread.
 */
public final class LastFailure {
  private static final ThreadLocal<@Nullable Throwable> LAST = new ThreadLocal<>();

  private LastFailure() {}

  /** Takes note of a failure. */
  public static void record(Throwable failure) {
    LAST.set(failure);
  }

  /** Forgets it; to be called before SQLite is. */
  public static void clear() {
    LAST.remove();
  }

  /** The last failure since {@link #clear}, which is forgotten, or null. */
  public static @Nullable Throwable take() {
    Throwable last = LAST.get();
    LAST.remove();
    return last;
  }
}
