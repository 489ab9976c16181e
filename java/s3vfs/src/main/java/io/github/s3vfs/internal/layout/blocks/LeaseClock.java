package io.github.s3vfs.internal.layout.blocks;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/** The thread that renews the leases of this process; it exists once a lease was first taken. */
final class LeaseClock {
  static final ScheduledExecutorService THREAD = start();

  private LeaseClock() {}

  private static ScheduledExecutorService start() {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "s3vfs-lease");
              thread.setDaemon(true);
              return thread;
            });
    executor.setRemoveOnCancelPolicy(true);
    return executor;
  }
}
