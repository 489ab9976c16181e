package io.github.s3vfs.internal.vfs;

import io.github.s3vfs.S3VfsStats;
import io.github.s3vfs.internal.store.Recording;
import java.util.concurrent.atomic.AtomicReference;
import jdk.jfr.FlightRecorder;

/**
 * Tells the JDK's Flight Recorder of the caches of all registered VFSes, from time to time.
 * Thread-safe.
 */
final class CacheWatch implements Runnable {
  private static final AtomicReference<CacheWatch> WATCH = new AtomicReference<>();

  private CacheWatch() {}

  /**
   * Begins, if the recorder has been started. Called often: the recorder could say when it starts,
   * but to ask it for that takes longer than a request.
   */
  static void begin() {
    if (WATCH.getPlain() == null && Recording.begun()) {
      CacheWatch mine = new CacheWatch();
      if (WATCH.compareAndSet(null, mine)) {
        FlightRecorder.addPeriodicEvent(PageCacheEvent.class, mine);
      }
    }
  }

  /** Ends; the recorder does not keep this class loader alive. */
  static void end() {
    CacheWatch mine = WATCH.getAndSet(null);
    if (mine != null) {
      boolean unused = FlightRecorder.removePeriodicEvent(mine);
    }
  }

  @Override
  public void run() {
    VfsRegistry.all().forEach(CacheWatch::tell);
  }

  /** Tells of one VFS, if anyone wants to know. */
  static void tell(Vfs vfs) {
    PageCacheEvent event = Recording.begun() ? new PageCacheEvent() : null;
    if (event != null && event.isEnabled()) {
      S3VfsStats stats = vfs.stats();
      event.vfs = vfs.config().name();
      event.pages = vfs.pagesInMemory();
      event.bytes = stats.cacheBytes();
      event.hits = stats.cacheHits();
      event.misses = stats.cacheMisses();
      event.prefetched = stats.prefetched();
      event.prefetchedUsed = stats.prefetchedUsed();
      event.prefetchedWasted = stats.prefetchedWasted();
      event.commit();
    }
  }
}
