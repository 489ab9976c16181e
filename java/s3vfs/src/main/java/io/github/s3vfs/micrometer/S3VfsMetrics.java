package io.github.s3vfs.micrometer;

import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.S3VfsStats;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of {@link S3Vfs#stats} as Micrometer's meters, all with the tag {@code vfs}, the name
 * of the VFS:
 *
 * <ul>
 *   <li>{@code s3vfs.requests}, by {@code operation}: get, put, delete, list
 *   <li>{@code s3vfs.requests.duration}: number of requests that are over, and their time
 *   <li>{@code s3vfs.requests.active}: requests under way, a gauge
 *   <li>{@code s3vfs.requests.failed}, {@code s3vfs.requests.conflicts}, {@code
 *       s3vfs.requests.resent}
 *   <li>{@code s3vfs.bytes}, by {@code direction}: received, sent
 *   <li>{@code s3vfs.cache.gets}, by {@code result}: hit, miss
 *   <li>{@code s3vfs.cache.size} and {@code s3vfs.cache.max} in bytes, gauges
 *   <li>{@code s3vfs.prefetched}, {@code s3vfs.prefetched.used}, {@code s3vfs.prefetched.wasted}:
 *       pages
 *   <li>{@code s3vfs.disk.gets}, by {@code result}: hit, miss
 *   <li>{@code s3vfs.disk.size} in bytes, a gauge
 *   <li>{@code s3vfs.commits}, {@code s3vfs.refusals}, {@code s3vfs.upcalls}
 * </ul>
 *
 * <p>Where no kind is said they are counters. They are read when the registry asks, and cost
 * nothing in between. The registry does not keep the VFS alive.
 *
 * <p>Thread-safe.
 */
public final class S3VfsMetrics implements MeterBinder, AutoCloseable {
  private final S3Vfs vfs;
  private final Tags tags;
  private final Queue<Runnable> removals = new ConcurrentLinkedQueue<>();

  /**
   * The metrics of a VFS.
   *
   * @param vfs is not closed here
   */
  public S3VfsMetrics(S3Vfs vfs) {
    this(vfs, Tags.empty());
  }

  /**
   * The metrics of a VFS.
   *
   * @param vfs is not closed here
   * @param tags that all its meters have, besides {@code vfs}
   */
  public S3VfsMetrics(S3Vfs vfs, Iterable<Tag> tags) {
    this.vfs = vfs;
    this.tags = Tags.of(tags).and("vfs", vfs.name());
  }

  /** Registers the meters; once for each registry. */
  @Override
  public void bindTo(MeterRegistry registry) {
    String requests = "s3vfs.requests";
    String sent = "Requests to S3";
    count(registry, requests, tags.and("operation", "get"), sent, S3VfsStats::gets);
    count(registry, requests, tags.and("operation", "put"), sent, S3VfsStats::puts);
    count(registry, requests, tags.and("operation", "delete"), sent, S3VfsStats::deletes);
    count(registry, requests, tags.and("operation", "list"), sent, S3VfsStats::lists);
    added(
        registry,
        FunctionTimer.builder(
                requests + ".duration",
                vfs,
                of -> ended(of.stats()),
                of -> of.stats().requestTime().toNanos(),
                TimeUnit.NANOSECONDS)
            .tags(tags)
            .description("Requests to S3 that are over")
            .register(registry));
    gauge(registry, requests + ".active", null, "Requests under way", of -> of.stats().inFlight());
    count(registry, requests + ".failed", tags, "Without success", S3VfsStats::failures);
    count(registry, requests + ".conflicts", tags, "Condition lost", S3VfsStats::conflicts);
    count(registry, requests + ".resent", tags, "PUTs sent again", S3VfsStats::resent);

    bytes(registry, "received", "Bytes of objects that were read", S3VfsStats::bytesReceived);
    bytes(registry, "sent", "Bytes of objects that were stored", S3VfsStats::bytesSent);

    String gets = "s3vfs.cache.gets";
    String wanted = "Blocks that readers wanted";
    count(registry, gets, tags.and("result", "hit"), wanted, S3VfsStats::cacheHits);
    count(registry, gets, tags.and("result", "miss"), wanted, S3VfsStats::cacheMisses);
    gauge(
        registry,
        "s3vfs.cache.size",
        BaseUnits.BYTES,
        "Blocks in memory",
        of -> of.stats().cacheBytes());
    gauge(
        registry,
        "s3vfs.cache.max",
        BaseUnits.BYTES,
        "Most that is kept in memory",
        of -> of.config().cacheSizeBytes());

    String ahead = "s3vfs.prefetched";
    count(registry, ahead, tags, "Pages fetched ahead", S3VfsStats::prefetched);
    count(registry, ahead + ".used", tags, "Of these, read", S3VfsStats::prefetchedUsed);
    count(registry, ahead + ".wasted", tags, "Given up unread", S3VfsStats::prefetchedWasted);

    String reads = "s3vfs.disk.gets";
    String missed = "Frames that were not in memory";
    count(registry, reads, tags.and("result", "hit"), missed, S3VfsStats::diskHits);
    count(registry, reads, tags.and("result", "miss"), missed, S3VfsStats::diskMisses);
    gauge(
        registry,
        "s3vfs.disk.size",
        BaseUnits.BYTES,
        "Cache on disk",
        of -> of.stats().diskBytes());

    count(registry, "s3vfs.commits", tags, "Transactions stored", S3VfsStats::commits);
    count(
        registry,
        "s3vfs.refusals",
        tags,
        "Tries to begin a write transaction while another process wrote",
        S3VfsStats::refusals);
    count(registry, "s3vfs.upcalls", tags, "Calls of SQLite", S3VfsStats::upcalls);
  }

  private static long ended(S3VfsStats stats) {
    return stats.requests() - stats.inFlight();
  }

  private void bytes(
      MeterRegistry registry, String direction, String what, ToLongFunction<S3VfsStats> value) {
    added(
        registry,
        FunctionCounter.builder("s3vfs.bytes", vfs, of -> value.applyAsLong(of.stats()))
            .tags(tags.and("direction", direction))
            .baseUnit(BaseUnits.BYTES)
            .description(what)
            .register(registry));
  }

  private void count(
      MeterRegistry registry,
      String name,
      Tags all,
      String what,
      ToLongFunction<S3VfsStats> value) {
    added(
        registry,
        FunctionCounter.builder(name, vfs, of -> value.applyAsLong(of.stats()))
            .tags(all)
            .description(what)
            .register(registry));
  }

  private void gauge(
      MeterRegistry registry,
      String name,
      @Nullable String unit,
      String what,
      ToDoubleFunction<S3Vfs> value) {
    added(
        registry,
        Gauge.builder(name, vfs, value)
            .tags(tags)
            .baseUnit(unit)
            .description(what)
            .register(registry));
  }

  private void added(MeterRegistry registry, Meter meter) {
    removals.add(() -> registry.remove(meter));
  }

  /**
   * Takes the meters out of the registries again: for a VFS that is closed, above all where another
   * one of its name follows. Closing again does nothing.
   */
  @Override
  public void close() {
    for (Runnable remove = removals.poll(); remove != null; remove = removals.poll()) {
      remove.run();
    }
  }
}
