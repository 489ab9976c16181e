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
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A local file that is written as a whole: beside its place first, and moved there when it is
 * complete. It gets the permissions of the file that it replaces, and else those of any new file.
 * Not thread-safe.
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
    LocalFile local = new LocalFile(file, replace, create(directory, file));
    local.refuseExisting();
    return local;
  }

  /** An empty one, which nobody can read who cannot read what is replaced. */
  private static Path create(Path directory, Path file) throws IOException {
    Path part = directory.resolve(".s3vfs-" + UUID.randomUUID() + ".part");
    Set<PosixFilePermission> permissions = permissions(file);
    if (permissions == null) {
      return Files.createFile(part);
    }
    permissions.add(PosixFilePermission.OWNER_WRITE);
    return Files.createFile(part, PosixFilePermissions.asFileAttribute(permissions));
  }

  /** Of the file that is there; null if none is, or its file system has none. */
  private static @Nullable Set<PosixFilePermission> permissions(Path file) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    if (view == null || !Files.exists(file)) {
      return null;
    }
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    permissions.addAll(view.readAttributes().permissions());
    return permissions;
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
        Set<PosixFilePermission> permissions = permissions(file);
        if (permissions != null) {
          Files.setPosixFilePermissions(part, permissions);
        }
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
