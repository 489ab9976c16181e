package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.store.BackgroundThread;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compacts and collects in the background when enough was committed since. Whoever commits does so;
 * what is due is in the head, so that processes share the work. Thread-safe.
 */
final class BackgroundUpkeep {
  private static final Logger LOG = LoggerFactory.getLogger(BackgroundUpkeep.class);
  private static final ScheduledExecutorService THREAD = BackgroundThread.named("s3vfs-upkeep");

  /** A collection lists all segments, and reads the map of a version. */
  private static final int VERSIONS_TO_COLLECT = 64;

  /** Or when so many bytes were stored, or a quarter of the database if that is more. */
  private static final long BYTES_TO_COLLECT = 1 << 20;

  /** A compaction reads the map, too, and stores about as much as so many commits have. */
  private static final int VERSIONS_TO_COMPACT = 256;

  /** How many bytes of pages one compaction stores anew. */
  private static final long COMPACTED_BYTES = 64 << 20;

  /** Then it is overdue, and is not put off any more because somebody writes. */
  private static final int RETENTIONS_UNTIL_OVERDUE = 3;

  /** How long it waits before it tries again what it has put off. */
  private static final long PUT_OFF_NANOS = Duration.ofSeconds(1).toNanos();

  /** How long it waits after a failure. */
  private static final long PAUSE_NANOS = Duration.ofMinutes(1).toNanos();

  private final SnapshotVolume volume;
  private final AtomicBoolean isUnderWay = new AtomicBoolean();
  private volatile boolean enabled;
  private volatile long notBefore;

  BackgroundUpkeep(SnapshotVolume volume) {
    this.volume = volume;
    this.enabled = volume.settings().upkeep();
    this.notBefore = volume.nanoTime();
  }

  /** A commit of this process was published. */
  void committed(Head head) {
    if (enabled
        && (isToCompact(head) || isToCollect(head))
        && volume.nanoTime() - notBefore >= 0
        && isUnderWay.compareAndSet(false, true)) {
      THREAD.execute(() -> run(head));
    }
  }

  private static boolean isToCompact(Head head) {
    return head.record().version() - head.upkeep().compacted() >= VERSIONS_TO_COMPACT;
  }

  private boolean isToCollect(Head head) {
    Upkeep upkeep = head.upkeep();
    long most = Math.max(BYTES_TO_COLLECT, head.record().length() / 4);
    boolean much =
        head.record().version() - upkeep.collected() >= VERSIONS_TO_COLLECT
            || upkeep.stored() >= most;
    return much && isOver(upkeep, 1);
  }

  /** Whether so many retentions have passed since the last collection. */
  private boolean isOver(Upkeep upkeep, int retentions) {
    Duration retention = volume.settings().retention().multipliedBy(retentions);
    return !volume.now().isBefore(upkeep.collectedAt().plus(retention));
  }

  private void run(Head head) {
    try {
      if (isToCompact(head)) {
        long pages = volume.compact(COMPACTED_BYTES);
        LOG.debug("{}: {} pages compacted", volume.location(), pages);
      }
      if (isToCollect(head)) {
        Collection.Result result = volume.collect(isOver(head.upkeep(), RETENTIONS_UNTIL_OVERDUE));
        LOG.debug("{}: collected {}", volume.location(), result);
        notBefore = volume.nanoTime() + (result == null ? PUT_OFF_NANOS : 0);
      }
    } catch (S3VfsException e) {
      notBefore = volume.nanoTime() + PAUSE_NANOS;
      if (e.kind() == ErrorKind.ACCESS_DENIED) {
        enabled = false;
        LOG.info("{}: left to others: {}", volume.location(), e.getMessage());
      } else if (e.kind() != ErrorKind.CLOSED) {
        LOG.warn("{}: not compacted or collected: {}", volume.location(), e.getMessage());
      }
    } catch (RuntimeException | Error e) {
      notBefore = volume.nanoTime() + PAUSE_NANOS;
      LOG.error("{}: not compacted or collected", volume.location(), e);
    } finally {
      isUnderWay.set(false);
    }
  }
}
