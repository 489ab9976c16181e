package io.github.s3vfs.internal.store;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads of this library's own. Each is a daemon that exists while it has something to do or to
 * wait for, and some seconds longer: a thread that runs keeps its class loader, and nobody tells
 * when that is to go.
 */
public final class BackgroundThread {
  private static final long IDLE_SECONDS = 5;

  private BackgroundThread() {}

  /** One thread, for tasks at a later time. Thread-safe. */
  public static ScheduledExecutorService named(String name) {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(1, task -> thread(task, name));
    executor.setRemoveOnCancelPolicy(true);
    executor.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }

  /**
   * As many threads as there are processors, for tasks that compute. Thread-safe. Not the common
   * pool, which an application may keep busy with what waits.
   */
  public static Executor several(String name) {
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            Runtime.getRuntime().availableProcessors(),
            Runtime.getRuntime().availableProcessors(),
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> thread(task, name));
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }

  private static Thread thread(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    // Not that of whoever comes first, which may be an application that ends.
    thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
    return thread;
  }
}
