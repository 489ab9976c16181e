package io.github.s3vfs.internal.diskcache;

import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.store.BackgroundThread;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A cache on disk of bytes that never change. Each process writes slabs of its own and reads those
 * of all; the oldest are deleted when a new one would not fit. Nothing that happens to the files
 * makes a call fail. Thread-safe; only {@link #read} and {@link #close} wait for the disk.
 *
 * <p>All slabs together do not exceed the bound as long as one process writes. Each further one
 * that writes at the same time may exceed it by 1 MiB, or by what it writes at once, if that is
 * more.
 */
public final class DiskCache implements AutoCloseable {
  /** The smallest bound in bytes. */
  public static final long LEAST_BYTES = 1 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(DiskCache.class);
  private static final int MOST_SLAB_BYTES = 8 << 20;

  /** How much waits to be written at most; what comes then is dropped. */
  private static final long MOST_WAITING =
      Math.min(16 << 20, Runtime.getRuntime().maxMemory() / 32);

  /** How long readers wait for the slabs that there are to be found, at most. */
  private static final Duration BEGIN = Duration.ofSeconds(2);

  /** How long what other processes have written may go unnoticed, by a process that writes. */
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** How long nothing is written after a failure. */
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(60);

  private static final Duration END = Duration.ofSeconds(5);

  private final CacheDirectory directory;
  private final SlabFiles files;
  private final long slabBytes;
  private final Slabs slabs;
  private final Executor thread = BackgroundThread.named("s3vfs-disk-cache");
  private final CompletableFuture<Void> begun = new CompletableFuture<>();
  private final AtomicLong waiting = new AtomicLong();
  private volatile boolean closed;

  // Of the thread.
  private @Nullable SlabWriter writer;
  private @Nullable Path path;
  private int slab;
  private long room;
  private long lookedAt;
  private boolean paused;
  private long pausedAt;
  private boolean warned;

  private DiskCache(CacheDirectory directory, long bound, SlabFiles files) {
    this.directory = directory;
    this.files = files;
    this.slabBytes = slabBytes(bound);
    this.slabs = new Slabs(directory, bound, slabBytes / 32);
  }

  private static long slabBytes(long bound) {
    return Math.min(MOST_SLAB_BYTES, bound / 8);
  }

  /**
   * Opens a cache, and begins to look for what there is.
   *
   * @param directory is made, for its owner only, if it is not there
   * @param bound in bytes, {@link #LEAST_BYTES} or more
   * @throws S3VfsException {@code INVALID}, naming the directory, if it cannot be made, or others
   *     may write to it
   */
  public static DiskCache open(Path directory, long bound) {
    return open(directory, bound, SlabFiles::onDisk);
  }

  static DiskCache open(Path directory, long bound, SlabFiles files) {
    DiskCache cache = new DiskCache(CacheDirectory.open(directory), bound, files);
    cache.thread.execute(cache::begin);
    var unused = cache.begun.completeOnTimeout(null, BEGIN.toMillis(), TimeUnit.MILLISECONDS);
    return cache;
  }

  private void begin() {
    try {
      look(0);
    } catch (IOException | RuntimeException e) {
      failed(e);
    } finally {
      begun.complete(null);
    }
  }

  /** Whether it is known what there is, so that readers need not wait. */
  public boolean isBegun() {
    return begun.isDone();
  }

  /** Done when it is known what there is, or two seconds were not enough. Never fails. */
  public CompletableFuture<Void> begun() {
    return begun;
  }

  /** Bytes on disk, as far as this process knows. */
  public long bytes() {
    return slabs.bytes();
  }

  /** Whether some bytes seem to be there. */
  public boolean has(DiskKey key) {
    return !closed && slabs.has(key);
  }

  /**
   * Reads some bytes. They are what some process has put in under this key, unless somebody who may
   * write to the directory has made them up.
   *
   * @param length how many they are
   * @return null if they are not there, or not as they were
   */
  public byte @Nullable [] read(DiskKey key, int length) {
    return closed ? null : slabs.read(key, length);
  }

  /** Forgets some bytes, which were not what they should be. */
  public void forget(DiskKey key) {
    slabs.forget(key);
  }

  /**
   * Has some bytes written, some time, unless they are there, or too much waits already.
   *
   * @param bytes 1 or more; are copied
   */
  public void put(DiskKey key, ByteBuffer bytes) {
    int length = bytes.remaining();
    if (closed || length > slabBytes - Slab.TABLE || slabs.has(key)) {
      return;
    }
    if (waiting.addAndGet(length) > MOST_WAITING) {
      waiting.addAndGet(-length);
      return;
    }
    byte[] copy = new byte[length];
    bytes.duplicate().get(copy);
    thread.execute(
        () -> {
          try {
            write(key, copy);
          } finally {
            waiting.addAndGet(-length);
          }
        });
  }

  private void write(DiskKey key, byte[] bytes) {
    long now = System.nanoTime();
    if (slabs.has(key) || (paused && now - pausedAt < PAUSE_NANOS)) {
      return;
    }
    paused = false;
    try {
      SlabWriter to = writer(bytes.length);
      long before = to.end();
      int slot = to.append(key, bytes);
      slabs.appended(slab, slot, key, to.end() - before);
      if (now - lookedAt > LOOK_NANOS) {
        look(0);
      }
    } catch (IOException | RuntimeException e) {
      failed(e);
    }
  }

  /** What has room for a body of that length, on the disk too. */
  private SlabWriter writer(int length) throws IOException {
    SlabWriter open = writer;
    if (open != null && !(open.takes(length) && path != null && Files.exists(path))) {
      finish();
      open = null;
    }
    long end = open == null ? Slab.TABLE + length : open.endWith(length);
    if (end > room) {
      long more = Math.max(slabBytes / 8, end - room);
      if (open == null) {
        directory.prepare();
      }
      look(more);
      room += more;
    }
    return open == null ? begin(directory.newSlab()) : open;
  }

  private SlabWriter begin(Path file) throws IOException {
    SlabWriter begun = new SlabWriter(files.create(file), slabBytes);
    writer = begun;
    path = file;
    slab = slabs.begun(file);
    return begun;
  }

  private void look(long more) throws IOException {
    lookedAt = System.nanoTime();
    slabs.look(path, more);
  }

  private void finish() throws IOException {
    SlabWriter open = writer;
    writer = null;
    path = null;
    room = 0;
    if (open != null) {
      open.close();
    }
  }

  /** Nothing is written for a while: the disk is full, or not to be written. */
  private void failed(Exception e) {
    paused = true;
    pausedAt = System.nanoTime();
    if (warned) {
      LOG.debug("the disk cache in {} cannot be written", directory, e);
    } else {
      warned = true;
      LOG.warn(
          "the disk cache in {} cannot be written now; reads go on from S3: {}",
          directory,
          e.toString());
    }
    try {
      finish();
    } catch (IOException again) {
      e.addSuppressed(again);
    }
  }

  /** Waits until what was put in before is written, for some seconds at most. */
  void drain() {
    CountDownLatch done = new CountDownLatch(1);
    thread.execute(done::countDown);
    try {
      if (!done.await(END.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.debug("{}: not all was written", directory);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Has what waits written, for some seconds at most; from then on nothing is there. Closing again
   * does nothing more.
   */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      thread.execute(
          () -> {
            try {
              finish();
            } catch (IOException e) {
              LOG.debug("{}", directory, e);
            }
          });
      drain();
    }
  }
}
