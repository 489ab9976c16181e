package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.S3Location;
import io.github.s3vfs.internal.layout.MemoryPageCache;
import io.github.s3vfs.internal.store.Meter;
import io.github.s3vfs.internal.store.ObjectStore;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/** Volumes in surroundings that somebody else makes up, and what heads say; for other packages. */
public final class SimulatedVolumes {
  /** The object that is the head of a database. */
  public static final String HEAD = HeadObject.SUFFIX;

  private SimulatedVolumes() {}

  /** What a volume has around it. */
  public interface Machine {
    /** A monotonic clock. */
    long nanoTime();

    /** 64 random bits. */
    long random();

    /** Runs what decodes a frame. */
    void decode(Runnable task);

    /** A reentrant lock. */
    Lock lock();

    /** A future that can be waited for. */
    CompletableFuture<Object> future();

    /** Runs a task again and again, on another thread. */
    Future<?> every(Duration delay, Runnable task);
  }

  /**
   * What a head says.
   *
   * @param nonce of the write of the head
   * @param commit the nonce of the version
   * @param time of the version
   * @param claim its nonce, or null
   */
  public record HeadFacts(
      String uuid,
      long version,
      long writes,
      String nonce,
      String commit,
      Instant time,
      long epoch,
      long floor,
      @Nullable String claim) {}

  /** A volume without anything cached. */
  public static SnapshotVolume open(
      S3Location location,
      ObjectStore store,
      long cacheBytes,
      SnapshotSettings settings,
      Machine machine) {
    return new SnapshotVolume(
        location,
        store,
        new FrameCache(cacheBytes, new Meter()),
        new MemoryPageCache(cacheBytes),
        settings,
        () -> false,
        new Surroundings(
            machine::nanoTime,
            () -> machine.nanoTime() / 1_000_000,
            () -> new Nonce(machine.random(), machine.random()),
            machine::decode,
            machine::future,
            machine::lock,
            machine::every));
  }

  /** What a head says. */
  public static HeadFacts facts(byte[] object) {
    Head head = Head.decode(object, "the head");
    VersionRecord record = head.record();
    Head.Claim claim = head.claim();
    return new HeadFacts(
        record.uuid().toString(),
        record.version(),
        head.writes(),
        head.nonce().toString(),
        record.nonce().toString(),
        record.time(),
        head.epoch(),
        head.floor(),
        claim == null ? null : claim.nonce().toString());
  }
}
