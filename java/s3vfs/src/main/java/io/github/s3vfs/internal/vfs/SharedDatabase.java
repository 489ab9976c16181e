package io.github.s3vfs.internal.vfs;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.Layout;
import io.github.s3vfs.S3VfsConfig;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.Volume;
import io.github.s3vfs.internal.layout.snapshot.SnapshotVolume;
import io.github.s3vfs.internal.store.LargeObjects;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;

/** A database that this process has open: one volume and one lock table for all connections. */
public final class SharedDatabase implements AutoCloseable {
  private final DetectedVolume volume;
  private final S3VfsConfig config;
  private final Consumer<SharedDatabase> release;
  private final FileLocks locks;
  private final AtomicInteger uses = new AtomicInteger();

  /**
   * @param volume is made, and asks whether there are other connections
   */
  SharedDatabase(
      Function<BooleanSupplier, DetectedVolume> volume,
      S3VfsConfig config,
      Consumer<SharedDatabase> release) {
    this.volume = volume.apply(() -> uses.get() > 1);
    this.locks = new FileLocks(this.volume::readersUnseen);
    this.config = config;
    this.release = release;
  }

  public Volume volume() {
    return volume;
  }

  /**
   * Moves the database into a layout, if it is not there already; {@link #exclusively}.
   *
   * @return whether it was moved
   */
  public boolean convertTo(Layout layout) throws IOException {
    return volume.convertTo(layout);
  }

  /**
   * Makes a database here, where none was found, of another one, by having the store copy it;
   * {@link #exclusively}.
   *
   * @param objects has the bucket of this database
   * @return false if it cannot be done so; then nothing has changed
   * @throws S3VfsException {@code CONFLICT} if there is a database here already, {@code BUSY} if
   *     another process makes one, {@code NOT_FOUND} if there is no other one
   */
  public boolean copyFrom(SharedDatabase other, LargeObjects objects) {
    return volume.copyFrom(other.volume, objects);
  }

  /**
   * Moves the database to another place, where none was found; {@link #exclusively} here and there.
   *
   * @param objects has the bucket of the other place
   * @throws S3VfsException {@code CONFLICT} if there is a database already, {@code BUSY} if another
   *     process writes here or there, {@code NOT_FOUND} if there is none here
   */
  public void renameTo(SharedDatabase place, LargeObjects objects) throws IOException {
    volume.renameTo(place.volume, objects);
  }

  /**
   * What keeps versions.
   *
   * @throws io.github.s3vfs.S3VfsException {@code NOT_FOUND} if there is no database, {@code
   *     UNSUPPORTED} if it is in a layout that does not
   */
  SnapshotVolume versioned() {
    return volume.versioned();
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

  /**
   * Runs something while no other connection of this process has a lock on the database.
   *
   * @throws S3VfsException {@code BUSY} if one has
   */
  public void exclusively(IoAction action) throws IOException {
    Object owner = new Object();
    try {
      if (!locks.share(owner, false) || !locks.reserve(owner) || !locks.exclude(owner, false)) {
        throw new S3VfsException(
            ErrorKind.BUSY, "a connection of this process is using the database");
      }
      action.run();
    } finally {
      locks.release(owner);
    }
  }

  /** Something that may fail with an exception of a stream that a user passed in. */
  public interface IoAction {
    /** Does it. */
    void run() throws IOException;
  }

  /** One use less. */
  @Override
  public void close() {
    release.accept(this);
  }
}
