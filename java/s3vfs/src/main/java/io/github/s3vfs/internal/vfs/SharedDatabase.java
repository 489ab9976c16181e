package io.github.s3vfs.internal.vfs;

import io.github.s3vfs.S3VfsConfig;
import io.github.s3vfs.internal.layout.Volume;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A database that this process has open: one volume and one lock table for all connections. */
public final class SharedDatabase implements AutoCloseable {
  private final Volume volume;
  private final S3VfsConfig config;
  private final Consumer<SharedDatabase> release;
  private final FileLocks locks = new FileLocks();
  private final AtomicInteger uses = new AtomicInteger();

  SharedDatabase(Volume volume, S3VfsConfig config, Consumer<SharedDatabase> release) {
    this.volume = volume;
    this.config = config;
    this.release = release;
  }

  public Volume volume() {
    return volume;
  }

  /** The settings that its first connection chose. */
  S3VfsConfig config() {
    return config;
  }

  FileLocks locks() {
    return locks;
  }

  void opened() {
    uses.incrementAndGet();
  }

  void countDown() {
    uses.decrementAndGet();
  }

  boolean isOpen() {
    return uses.get() > 0;
  }

  /** One use less. */
  @Override
  public void close() {
    release.accept(this);
  }
}
