package io.github.s3vfs.internal.jna;

import io.github.s3vfs.S3VfsException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The native library as a file that can be loaded: the one that {@value #PATH_PROPERTY} names, or
 * the one in this jar for this platform, unpacked into a directory that only this user can use.
 *
 * @param path absolute
 * @param unpacked whether it is to be deleted once it is loaded
 */
record LibraryFile(Path path, boolean unpacked) implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LibraryFile.class);

  /** System property: the library to load, in place of the one in the jar. */
  static final String PATH_PROPERTY = "s3vfs.native.library";

  /** System property: where to unpack the library, in place of java.io.tmpdir. */
  static final String DIRECTORY_PROPERTY = "s3vfs.native.tmpdir";

  /** What helps when there is no library that loads. */
  static final String NAME_ANOTHER =
      "A library of your own can be named by -D" + PATH_PROPERTY + "=/path";

  /** What helps when another library was named. */
  static final String TAKE_THE_JARS = "Without -D" + PATH_PROPERTY + " the jar's own is taken";

  /** Of the directories that libraries are unpacked into. */
  static final String PREFIX = "s3vfs-native-";

  /** How old a directory is before it counts as left behind. */
  private static final Duration STALE = Duration.ofHours(1);

  private static final String RESOURCES = "/io/github/s3vfs/native/";

  /**
   * Finds or unpacks the library.
   *
   * @throws S3VfsException {@code UNSUPPORTED}, naming the platform or directory and the property
   *     that helps
   */
  static LibraryFile open() {
    String given = System.getProperty(PATH_PROPERTY);
    if (given != null) {
      Path path = Path.of(given).toAbsolutePath();
      if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
        throw LoadFailure.because(
            "-D" + PATH_PROPERTY + "=" + given + " is not a readable file", "", null);
      }
      return new LibraryFile(path, false);
    }
    String name = System.mapLibraryName("s3vfs");
    String resource = RESOURCES + HostPlatform.name() + "/" + name;
    try (InputStream in = LibraryFile.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw LoadFailure.because(
            "the jar has no native library for " + HostPlatform.name(), NAME_ANOTHER, null);
      }
      return unpack(in, name);
    } catch (IOException e) {
      throw LoadFailure.because(
          "the native library cannot be unpacked into " + directory() + ": " + e,
          "Name a directory that can be written by -D"
              + DIRECTORY_PROPERTY
              + "=/path, or an unpacked library by -D"
              + PATH_PROPERTY
              + "=/path",
          e);
    }
  }

  private static Path directory() {
    return Path.of(System.getProperty(DIRECTORY_PROPERTY, System.getProperty("java.io.tmpdir")));
  }

  private static LibraryFile unpack(InputStream in, String name) throws IOException {
    Path own = Files.createTempDirectory(directory(), PREFIX, ownerOnly());
    StaleLibraries.sweep(
        directory(), PREFIX, name, Files.getOwner(own), Instant.now().minus(STALE));
    LibraryFile library = new LibraryFile(own.resolve(name).toAbsolutePath(), true);
    try {
      copy(in, library.path());
    } catch (IOException e) {
      library.close();
      throw e;
    }
    return library;
  }

  private static void copy(InputStream in, Path file) throws IOException {
    Set<StandardOpenOption> options =
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (WritableByteChannel channel = Files.newByteChannel(file, options, ownerOnly())) {
      in.transferTo(Channels.newOutputStream(channel));
    }
  }

  /** On Windows nothing: there the rights are those of the directory around it. */
  private static FileAttribute<?>[] ownerOnly() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
        }
        : new FileAttribute<?>[0];
  }

  /** Deletes an unpacked library; where a loaded one cannot be deleted, a later process does. */
  @Override
  public void close() {
    if (unpacked) {
      try {
        Files.deleteIfExists(path);
        Files.deleteIfExists(path.resolveSibling(".").normalize());
      } catch (IOException e) {
        LOG.debug("{} stays for now", path, e);
      }
    }
  }
}
