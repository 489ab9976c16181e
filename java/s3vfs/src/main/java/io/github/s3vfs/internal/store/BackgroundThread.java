package io.github.s3vfs.internal.store;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
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
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              // Not that of whoever comes first, which may be an application that ends.
              thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
              return thread;
            });
    executor.setRemoveOnCancelPolicy(true);
    executor.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }
}
