package io.github.s3vfs.transfer;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A local file that is written beside its place, and put there when it is whole. Where the file
 * system has permissions, it has those of the file that it replaces, or those of any new file.
 *
 * <p>Not thread-safe.
 */
final class LocalResult implements AutoCloseable {
  private final Path file;
  private final Path part;
  private final WritableByteChannel channel;
  private final @Nullable Set<PosixFilePermission> permissions;

  private LocalResult(
      Path file,
      Path part,
      WritableByteChannel channel,
      @Nullable Set<PosixFilePermission> permissions) {
    this.file = file;
    this.part = part;
    this.channel = channel;
    this.permissions = permissions;
  }

  /**
   * Begins one.
   *
   * @param file its directory must exist
   * @throws IOException what the file system failed with; or if the file is a directory
   */
  static LocalResult of(Path file) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null || Files.isDirectory(file)) {
      throw new FileSystemException(file.toString(), null, "is a directory");
    }
    Set<PosixFilePermission> permissions = permissions(file);
    FileAttribute<?>[] attributes =
        permissions == null
            ? new FileAttribute<?>[0]
            : new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)};
    Path part = directory.resolve(".s3vfs-" + UUID.randomUUID() + ".part");
    WritableByteChannel channel =
        Files.newByteChannel(
            part, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes);
    return new LocalResult(file, part, channel, permissions);
  }

  /** Of a file that is there, where the file system has them. */
  private static @Nullable Set<PosixFilePermission> permissions(Path file) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    return view == null || !Files.exists(file) ? null : view.readAttributes().permissions();
  }

  /** Takes the content. */
  WritableByteChannel channel() {
    return channel;
  }

  /** Puts the file in its place, which it takes from whatever file is there. */
  void put() throws IOException {
    channel.close();
    if (permissions != null) {
      // Some that the user's mask takes from new files may have been among them.
      Path unused = Files.setPosixFilePermissions(part, permissions);
    }
    Path unused = Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Removes what was not put in its place. */
  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      boolean unused = Files.deleteIfExists(part);
    }
  }
}
