package io.github.s3vfs.internal.jna;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Interrupts threads that wait for rows when their statement is interrupted: {@code
 * Statement.cancel} and sqlite3_interrupt only set a flag, which SQLite looks at between rows. A
 * thread looks at the flags while something runs, and ends when nothing has for a while.
 * Thread-safe.
 */
final class InterruptWatch {
  private static final long PERIOD_MILLIS = 50;
  private static final int IDLE_PERIODS = 20;

  private static final Set<InterruptWatch> RUNNING = ConcurrentHashMap.newKeySet();
  private static volatile @Nullable Thread watcher;

  private final long connection;
  private final Thread thread;

  /** Both under this object's monitor. */
  private boolean done;

  private boolean interrupted;

  private InterruptWatch(long connection, Thread thread) {
    this.connection = connection;
    this.thread = thread;
  }

  /** What may take long. */
  interface Body<T> {
    T run() throws Exception;
  }

  /** That the statement was interrupted. */
  static final class StatementInterrupted extends Exception {
    private static final long serialVersionUID = 1L;

    StatementInterrupted(Exception cause) {
      super("interrupted", cause);
    }
  }

  /**
   * Runs something for a statement. When that is interrupted, so is this thread, until this
   * returns.
   *
   * @param connection SQLite's; it is open until this returns
   * @throws StatementInterrupted if that made it fail
   */
  static <T> T during(long connection, Body<T> body) throws Exception {
    InterruptWatch watch = new InterruptWatch(connection, Thread.currentThread());
    RUNNING.add(watch);
    if (watcher == null) {
      start();
    }
    try {
      return body.run();
    } catch (Exception e) {
      throw watch.end() ? new StatementInterrupted(e) : e;
    } finally {
      watch.end();
    }
  }

  /** Answers whether it interrupted; the thread is not interrupted any more by that. */
  private boolean end() {
    synchronized (this) {
      if (!done) {
        done = true;
        RUNNING.remove(this);
        if (interrupted) {
          boolean unused = Thread.interrupted();
        }
      }
      return interrupted;
    }
  }

  private static synchronized void start() {
    if (watcher == null) {
      Thread thread = new Thread(InterruptWatch::watch, "s3vfs-interrupts");
      thread.setDaemon(true);
      watcher = thread;
      thread.start();
    }
  }

  private static void watch() {
    int idle = 0;
    while (true) {
      try {
        TimeUnit.MILLISECONDS.sleep(PERIOD_MILLIS);
      } catch (InterruptedException e) {
        // Nobody does; then it looks once more.
      }
      idle = RUNNING.isEmpty() ? idle + 1 : 0;
      if (idle > IDLE_PERIODS && stop()) {
        return;
      }
      RUNNING.forEach(InterruptWatch::look);
    }
  }

  private static synchronized boolean stop() {
    watcher = null;
    if (RUNNING.isEmpty()) {
      return true;
    }
    watcher = Thread.currentThread();
    return false;
  }

  private synchronized void look() {
    if (!done && !interrupted && S3VfsLibrary.s3vfs_interrupted(connection) != 0) {
      interrupted = true;
      thread.interrupt();
    }
  }
}
