package io.github.s3vfs.csv;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A file that is written beside its place. It gets the permissions of the file that it replaces,
 * and else those of any new file.
 */
final class PartFile {
  private PartFile() {}

  /** Makes an empty one, which nobody can read who cannot read what is replaced. */
  static Path beside(Path file) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null) {
      throw new IOException(file + " is not a file");
    }
    Path part = directory.resolve(".s3vfs-" + UUID.randomUUID() + ".part");
    Set<PosixFilePermission> permissions = permissions(file);
    if (permissions == null) {
      return Files.createFile(part);
    }
    permissions.add(PosixFilePermission.OWNER_WRITE);
    return Files.createFile(part, PosixFilePermissions.asFileAttribute(permissions));
  }

  /** Puts it in its place. */
  static void move(Path part, Path file) throws IOException {
    Set<PosixFilePermission> permissions = permissions(file);
    if (permissions != null) {
      Files.setPosixFilePermissions(part, permissions);
    }
    Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Of the file that is there; null if none is, or its file system has none. */
  private static @Nullable Set<PosixFilePermission> permissions(Path file) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    if (view == null) {
      return null;
    }
    try {
      Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
      permissions.addAll(view.readAttributes().permissions());
      return permissions;
    } catch (NoSuchFileException e) {
      return null;
    }
  }
}
