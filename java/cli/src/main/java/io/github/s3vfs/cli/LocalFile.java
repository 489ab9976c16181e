package io.github.s3vfs.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A local file that is written as a whole: beside its place first, and moved there when it is
 * complete. Not thread-safe.
 */
final class LocalFile {
  private final Path file;
  private final boolean replace;
  private final Path part;

  private LocalFile(Path file, boolean replace, Path part) {
    this.file = file;
    this.replace = replace;
    this.part = part;
  }

  /**
   * Begins to write one.
   *
   * @param replace whether there may be one already
   * @throws FileAlreadyExistsException if there is one, and may not
   */
  static LocalFile of(Path file, boolean replace) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null || !Files.isDirectory(directory)) {
      throw new NoSuchFileException(String.valueOf(directory));
    }
    if (Files.isDirectory(file)) {
      throw new IOException(file + " is a directory");
    }
    LocalFile local =
        new LocalFile(file, replace, Files.createTempFile(directory, ".s3vfs-", ".part"));
    local.refuseExisting();
    return local;
  }

  private void refuseExisting() throws IOException {
    if (!replace && Files.exists(file)) {
      discard();
      throw new Refusal(ExitCode.BUSY, file + " is there already (--force replaces it)");
    }
  }

  OutputStream open() throws IOException {
    return new BufferedOutputStream(Files.newOutputStream(part, StandardOpenOption.WRITE), 1 << 16);
  }

  /** It is complete. */
  void keep() throws IOException {
    refuseExisting();
    try {
      if (replace) {
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
      } else {
        Files.move(part, file);
      }
    } finally {
      discard();
    }
  }

  /** It will not be complete. */
  void discard() throws IOException {
    Files.deleteIfExists(part);
  }
}
