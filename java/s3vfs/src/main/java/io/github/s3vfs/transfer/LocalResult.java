package io.github.s3vfs.transfer;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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
 * A local file that is written beside its place, and put there when it is whole:
 *
 * <pre>{@code
 * try (LocalResult result = LocalResult.of(file, false)) {
 *   try (OutputStream out = result.output()) {
 *     // write
 *   }
 *   result.put();
 * }
 * }</pre>
 *
 * <p>Where the file system has permissions, it has those of the file that it replaces, or those of
 * any new file. Not thread-safe.
 */
public final class LocalResult implements AutoCloseable {
  private static final int BUFFER = 64 << 10;

  private final Path file;
  private final boolean replaces;
  private final Path part;
  private final WritableByteChannel channel;

  private LocalResult(Path file, boolean replaces, Path part, WritableByteChannel channel) {
    this.file = file;
    this.replaces = replaces;
    this.part = part;
    this.channel = channel;
  }

  /**
   * Begins one.
   *
   * @param file its directory must exist
   * @param replaces whether there may be such a file already
   * @throws NoSuchFileException if there is no such directory
   * @throws FileAlreadyExistsException if there is one, and may not be
   * @throws IOException what the file system failed with; or if the file is a directory
   */
  public static LocalResult of(Path file, boolean replaces) throws IOException {
    refuse(file, replaces);
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null || !Files.isDirectory(directory)) {
      throw new NoSuchFileException(String.valueOf(directory));
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
    return new LocalResult(file, replaces, part, channel);
  }

  private static void refuse(Path file, boolean replaces) throws IOException {
    if (Files.isDirectory(file)) { // an empty one would be replaced
      throw new FileSystemException(file + " is a directory");
    }
    if (!replaces && Files.exists(file)) {
      throw new FileAlreadyExistsException(file.toString());
    }
  }

  /** Of a file that is there, where the file system has them. */
  private static @Nullable Set<PosixFilePermission> permissions(Path file) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    try {
      return view == null ? null : view.readAttributes().permissions();
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** Where it is to be, as it was named. */
  public Path file() {
    return file;
  }

  /** Takes the content. */
  public WritableByteChannel channel() {
    return channel;
  }

  /** Takes the content through a buffer, which is written when this is closed. */
  public OutputStream output() {
    return new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
  }

  /**
   * Refuses, before the end, what {@link #put} would refuse.
   *
   * @throws IOException as it would
   */
  public void check() throws IOException {
    refuse(file, replaces);
  }

  /**
   * Puts the file in its place.
   *
   * @throws FileAlreadyExistsException if a file has appeared there, and may not be replaced
   * @throws IOException what the file system failed with; or if the file is a directory now
   */
  public void put() throws IOException {
    channel.close();
    check();
    Set<PosixFilePermission> permissions = permissions(file);
    if (permissions != null) {
      // Some that the user's mask takes from new files may be among them.
      Path unused = Files.setPosixFilePermissions(part, permissions);
    }
    Path unused =
        replaces
            ? Files.move(part, file, StandardCopyOption.REPLACE_EXISTING)
            : Files.move(part, file);
  }

  /**
   * Removes what was not put in its place.
   *
   * @throws IOException what the file system failed with
   */
  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      boolean unused = Files.deleteIfExists(part);
    }
  }
}
