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
import org.jspecify.annotations.Nullable;

/**
 * The file of a {@link RowState}: in a directory, which it has for itself until it is closed, or a
 * temporary one.
 *
 * @param path of the file, which is there
 * @param lock on the directory; null for a temporary file
 */
record StateFile(Path path, @Nullable FileChannel lock) implements Closeable {
  private static final String LOG = "state.log";
  private static final String LOCK = "state.lock";

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

  private static FileChannel lock(Path directory) throws IOException {
    FileChannel channel =
        FileChannel.open(
            directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean free;
    try {
      free = channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      free = false;
    }
    if (!free) {
      channel.close();
      throw new ChangelogException(
          Kind.STATE_IN_USE, List.of(), directory + " is used by another reader");
    }
    return channel;
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

  /** Opens it, to be written from a position on. */
  StateLog log(long length) throws IOException {
    return new StateLog(path, length, StandardOpenOption.READ, StandardOpenOption.WRITE);
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
