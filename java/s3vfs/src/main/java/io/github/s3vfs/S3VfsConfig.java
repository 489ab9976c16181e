package io.github.s3vfs;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a VFS; docs/CONFIGURATION.md lists them with their URL parameters. Immutable.
 *
 * @param name of the VFS, as in {@code ?vfs=name}: 1 to 64 letters, digits, '.', '_', '-'
 * @param bucket that all its databases are in, so that file names are keys; null if file names are
 *     {@code /bucket/key}
 * @param client how S3 is reached
 * @param requests what goes out with every request
 * @param layout how new databases are stored; null for {@code snapshot}, or {@code blocks} if there
 *     is a blockSize. One that exists keeps its own
 * @param blockSize bytes per block of databases in the layout {@code blocks}, 1 to 64 MiB; null for
 *     4096, and for an existing database the block size it has
 * @param optimistic whether a write transaction in the layout {@code snapshot} begins without a
 *     claim, so that it may lose at COMMIT
 * @param maxStaleness how old the view of a new read transaction may be; zero asks S3 every time
 * @param cacheSizeBytes how many bytes of pages are kept in native memory, for all databases of the
 *     VFS; on the heap are at most as many, and no more than {@link #heapCacheBytes}, of blocks and
 *     of page maps
 * @param writeBufferBytes how many bytes of changes a transaction keeps in memory before it stores
 *     some early
 * @param parallelism the most requests that one operation has under way at once, 1 to 256
 * @param leaseTerm how long a writing process may be silent before another one takes over; at least
 *     twice the request time-out
 * @param retention how long a version of the layout {@code snapshot} can be read after it was
 *     replaced; more than twice maxStaleness, at most 10 years. null for 15 minutes, or three times
 *     maxStaleness if that is more
 * @param upkeep whether this process compacts and collects databases of the layout {@code snapshot}
 *     by itself, in the background, when it has committed to them
 * @param cacheDir a directory on this host that keeps what was read of databases of the layout
 *     {@code snapshot}, also when the process ends; null for none
 * @param cacheDirBytes how many bytes are kept there, 1 MiB or more
 */
public record S3VfsConfig(
    String name,
    @Nullable String bucket,
    S3ClientConfig client,
    S3RequestConfig requests,
    @Nullable Layout layout,
    @Nullable Integer blockSize,
    boolean optimistic,
    Duration maxStaleness,
    long cacheSizeBytes,
    long writeBufferBytes,
    int parallelism,
    Duration leaseTerm,
    @Nullable Duration retention,
    boolean upkeep,
    @Nullable Path cacheDir,
    long cacheDirBytes) {

  /** Bytes per block when nothing else is said. */
  public static final int DEFAULT_BLOCK_SIZE = 4096;

  /** The largest block size in bytes. */
  public static final int MAX_BLOCK_SIZE = 64 << 20;

  /** The default of what is kept on the heap in bytes; less where that is small. */
  private static final long MEMORY = 64L << 20;

  /** The default of what is kept of pages in native memory; less where the heap is small. */
  private static final long NATIVE_MEMORY = 256L << 20;

  private static final long DEFAULT_CACHE_DIR_BYTES = 1L << 30;
  private static final long LEAST_CACHE_DIR_BYTES = 1L << 20;
  private static final Duration DEFAULT_RETENTION = Duration.ofMinutes(15);
  private static final Duration MAX_RETENTION = Duration.ofDays(3653);
  private static final Duration MAX_LEASE_TERM = Duration.ofDays(1);
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  /**
   * Checks the bounds.
   *
   * @throws S3VfsException {@code INVALID}, naming the setting
   */
  public S3VfsConfig {
    Objects.requireNonNull(name, "name");
    check(NAME.matcher(name).matches(), "name", name, "1 to 64 letters, digits, '.', '_', '-'");
    check(
        blockSize == null || (blockSize >= 1 && blockSize <= MAX_BLOCK_SIZE),
        "block_size",
        blockSize,
        "1 to " + MAX_BLOCK_SIZE + " bytes");
    check(!maxStaleness.isNegative(), "max_staleness_ms", maxStaleness, "0 or more");
    check(cacheSizeBytes >= 0, "cacheSizeBytes", cacheSizeBytes, "0 or more");
    check(writeBufferBytes >= 0, "writeBufferBytes", writeBufferBytes, "0 or more");
    check(parallelism >= 1 && parallelism <= 256, "parallelism", parallelism, "1 to 256");
    Duration requestTimeout = client.requestTimeout();
    check(
        leaseTerm.compareTo(requestTimeout.multipliedBy(2)) >= 0
            && leaseTerm.compareTo(MAX_LEASE_TERM) <= 0,
        "leaseTerm",
        leaseTerm,
        "at least twice the requestTimeout (" + requestTimeout + "), at most " + MAX_LEASE_TERM);
    check(
        retention == null
            || (retention.compareTo(maxStaleness.multipliedBy(2)) > 0
                && retention.compareTo(MAX_RETENTION) <= 0),
        "retention",
        retention,
        "more than twice max_staleness_ms (" + maxStaleness + "), at most " + MAX_RETENTION);
    check(
        cacheDirBytes >= LEAST_CACHE_DIR_BYTES,
        "cacheDirBytes",
        cacheDirBytes,
        LEAST_CACHE_DIR_BYTES + " or more");
  }

  /** How a database is stored that does not exist yet: who names a block size means blocks. */
  public Layout layoutOrDefault() {
    return layout != null ? layout : blockSize != null ? Layout.BLOCKS : Layout.SNAPSHOT;
  }

  /** How long a version can be read after it was replaced, in the layout {@code snapshot}. */
  public Duration retentionOrDefault() {
    Duration least = maxStaleness.multipliedBy(3);
    return retention != null
        ? retention
        : least.compareTo(DEFAULT_RETENTION) > 0 ? least : DEFAULT_RETENTION;
  }

  /** How much of each kind the caches keep on the heap, in bytes. */
  public long heapCacheBytes() {
    return Math.min(cacheSizeBytes, memory());
  }

  private static long memory() {
    return Math.min(MEMORY, Runtime.getRuntime().maxMemory() / 8);
  }

  static void check(boolean holds, String setting, @Nullable Object value, String expected) {
    if (!holds) {
      throw new S3VfsException(
          ErrorKind.INVALID, setting + "=" + value + " is not possible: expected " + expected);
    }
  }

  /** The defaults, for a VFS of that name. */
  public static S3VfsConfig named(String name) {
    return new S3VfsConfig(
        name,
        null,
        S3ClientConfig.DEFAULT,
        S3RequestConfig.DEFAULT,
        null,
        null,
        false,
        Duration.ZERO,
        Math.min(NATIVE_MEMORY, Runtime.getRuntime().maxMemory() / 4),
        memory(),
        32,
        Duration.ofSeconds(60),
        null,
        true,
        null,
        DEFAULT_CACHE_DIR_BYTES);
  }
}
