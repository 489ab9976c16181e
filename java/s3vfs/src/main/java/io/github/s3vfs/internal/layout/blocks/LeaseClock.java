package io.github.s3vfs.internal.layout.blocks;

import io.github.s3vfs.internal.store.BackgroundThread;
import java.util.concurrent.ScheduledExecutorService;

/** The thread that renews the leases of this process. */
final class LeaseClock {
  static final ScheduledExecutorService THREAD = BackgroundThread.named("s3vfs-lease");

  private LeaseClock() {}
}
