package io.github.s3vfs.internal.vfs;

import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The last exception that the calling thread got in an upcall. SQLite hands its callers a result
 * code only; whoever calls SQLite can find here what was behind it, on the same thread.
 *
 * <p>The exceptions are held by this class, and by no thread: a thread of a pool outlives the class
 * loader, and would keep it.
 */
public final class LastFailure {
  /** Whether this thread has one: cheaper to ask than the map. Never holds anything of ours. */
  private static final ThreadLocal<@Nullable Boolean> ANY = new ThreadLocal<>();

  private static final Map<Thread, Throwable> LAST =
      Collections.synchronizedMap(new WeakHashMap<>());

  private LastFailure() {}

  /** Takes note of a failure. */
  public static void record(Throwable failure) {
    LAST.put(Thread.currentThread(), failure);
    ANY.set(true);
  }

  /** Forgets it; to be called before SQLite is. */
  public static void clear() {
    take();
  }

  /** The last failure since {@link #clear}, which is forgotten, or null. */
  public static @Nullable Throwable take() {
    if (ANY.get() == null) {
      return null;
    }
    ANY.remove();
    return LAST.remove(Thread.currentThread());
  }
}
