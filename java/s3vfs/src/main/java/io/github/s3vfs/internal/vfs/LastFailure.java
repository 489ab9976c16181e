package io.github.s3vfs.internal.vfs;

import java.sql.SQLException;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteException;

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

  /**
   * Takes the last failure into an exception of sqlite-jdbc, which knows SQLite's result code only.
   *
   * @return the same exception with the failure as its cause and in its message, if there was one
   */
  public static SQLException explain(SQLException e) {
    Throwable failure = take();
    if (failure == null || e.getCause() != null) {
      return e;
    }
    // A virtual table's failure has its message already.
    boolean told = String.valueOf(e.getMessage()).contains(String.valueOf(failure.getMessage()));
    String message = told ? e.getMessage() : e.getMessage() + ": " + failure.getMessage();
    SQLException result =
        e instanceof SQLiteException s
            ? new SQLiteException(message, s.getResultCode())
            : new SQLException(message, e.getSQLState(), e.getErrorCode());
    result.initCause(failure);
    result.setStackTrace(e.getStackTrace());
    if (e.getNextException() != null) {
      result.setNextException(e.getNextException());
    }
    return result;
  }
}
