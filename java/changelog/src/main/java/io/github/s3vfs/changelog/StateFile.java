package io.github.s3vfs.changelog;

import io.github.s3vfs.changelog.ChangelogException.Kind;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The file of a {@link RowState}: in a directory, which it has for itself until it is closed, or a
 * temporary one.
 *
 * @param path of the file, which is there
 * @param lock on the directory; null for a temporary file
 */
record StateFile(Path path, @Nullable DirectoryLock lock) implements Closeable {
  private static final String LOG = "state.log";
  private static final String LOCK = "state.lock";

  /**
   * Those of this process. Not even to look may it open another one's: closing any channel of a
   * file gives up all locks that the process has on it.
   */
  private static final Set<Path> LOCKED = ConcurrentHashMap.newKeySet();

  /**
   * Finds the file, or makes an empty one.
   *
   * @param directory is made where it is missing; null for a temporary file
   * @param from what is to be in it; null for what there is
   */
  static StateFile open(@Nullable Path directory, @Nullable InputStream from) throws IOException {
    StateFile file;
    if (directory != null) {
      Files.createDirectories(directory);
      file = new StateFile(directory.resolve(LOG), lock(directory));
    } else {
      file = new StateFile(Files.createTempFile("s3vfs-changelog-", ".log"), null);
    }
    try {
      if (from != null) {
        Files.copy(from, file.next(), StandardCopyOption.REPLACE_EXISTING);
        file.replace();
      } else if (!Files.exists(file.path)) {
        Files.createFile(file.path);
      }
    } catch (IOException e) {
      file.closeAfter(e);
      throw e;
    }
    return file;
  }

  private static DirectoryLock lock(Path directory) throws IOException {
    Path file = directory.toRealPath().resolve(LOCK);
    if (!LOCKED.add(file)) {
      throw inUse(directory);
    }
    boolean locked = false;
    try {
      DirectoryLock lock =
          new DirectoryLock(
              file, FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
      locked = isFree(lock.channel());
      if (!locked) {
        lock.close();
        throw inUse(directory);
      }
      return lock;
    } finally {
      if (!locked) {
        boolean unused = LOCKED.remove(file);
      }
    }
  }

  private static boolean isFree(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false; // of another class loader's
    }
  }

  private static ChangelogException inUse(Path directory) {
    return new ChangelogException(
        Kind.STATE_IN_USE, List.of(), directory + " is used by another reader");
  }

  /**
   * A directory that a reader has for itself.
   *
   * @param file of the lock
   * @param channel has it open
   */
  record DirectoryLock(Path file, FileChannel channel) implements Closeable {
    @Override
    public void close() throws IOException {
      try (channel) {
        boolean unused = LOCKED.remove(file);
      }
    }
  }

  /** Whether the next process finds it. */
  boolean isKept() {
    return lock != null;
  }

  /** Where what replaces it is written. */
  Path next() {
    return path.resolveSibling(path.getFileName() + ".new");
  }

  /** What was written to {@link #next} is the file now. */
  void replace() throws IOException {
    Files.move(next(), path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** What was written to {@link #next} is of no use; it may take what room the disk has. */
  void dropNext(Exception failure) {
    try {
      boolean unused = Files.deleteIfExists(next());
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  /** Opens it, to be written from a position on. */
  StateLog log(long length) throws IOException {
    return new StateLog(path, length);
  }

  void closeAfter(Exception failure) {
    try {
      close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  /** Deletes a temporary file; somebody may have tidied it up. */
  @Override
  public void close() throws IOException {
    if (lock != null) {
      lock.close();
    } else {
      for (Path each : List.of(path, next())) {
        boolean unused = Files.deleteIfExists(each);
      }
    }
  }
}
