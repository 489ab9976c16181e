package io.github.s3vfs.internal.jna;

import com.sun.jna.Platform;
import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The native library as a file that can be loaded: the one that {@value #PATH_PROPERTY} names, or
 * the one in this jar for this platform, unpacked into a directory that only this user can read.
 *
 * @param path absolute
 * @param unpacked whether it is to be deleted once it is loaded
 */
record LibraryFile(Path path, boolean unpacked) implements AutoCloseable {

  /** System property: the library to load, in place of the one in the jar. */
  static final String PATH_PROPERTY = "s3vfs.native.library";

  /** System property: where to unpack the library, in place of java.io.tmpdir. */
  static final String DIRECTORY_PROPERTY = "s3vfs.native.tmpdir";

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
      if (!Files.isReadable(path)) {
        throw new S3VfsException(
            ErrorKind.UNSUPPORTED, PATH_PROPERTY + "=" + given + " is not a readable file");
      }
      return new LibraryFile(path, false);
    }
    String name = System.mapLibraryName("s3vfs");
    String resource = RESOURCES + platform() + "/" + name;
    try (InputStream in = LibraryFile.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new S3VfsException(
            ErrorKind.UNSUPPORTED,
            "no native library for "
                + platform()
                + " (os.name="
                + System.getProperty("os.name")
                + ", os.arch="
                + System.getProperty("os.arch")
                + ") is in the jar; one of your own can be named by -D"
                + PATH_PROPERTY
                + "=/path");
      }
      return unpack(in, name);
    } catch (IOException e) {
      throw new S3VfsException(
          ErrorKind.UNSUPPORTED,
          "cannot unpack the native library into "
              + directory()
              + ": "
              + e
              + "; name a writable directory by -D"
              + DIRECTORY_PROPERTY
              + "=/path, or an unpacked library by -D"
              + PATH_PROPERTY
              + "=/path",
          e);
    }
  }

  /** As in linux-x86-64 or darwin-aarch64. */
  private static String platform() {
    return System.getProperty("s3vfs.native.platform", Platform.RESOURCE_PREFIX);
  }

  private static Path directory() {
    return Path.of(System.getProperty(DIRECTORY_PROPERTY, System.getProperty("java.io.tmpdir")));
  }

  private static LibraryFile unpack(InputStream in, String name) throws IOException {
    boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] ownerOnly =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
            }
            : new FileAttribute<?>[0];
    Path own = Files.createTempDirectory(directory(), "s3vfs-", ownerOnly);
    Path file = own.resolve(name);
    LibraryFile library = new LibraryFile(file.toAbsolutePath(), true);
    try {
      Files.copy(in, file);
    } catch (IOException e) {
      library.close();
      throw e;
    }
    return library;
  }

  /** Deletes an unpacked library; where a loaded one cannot be deleted, at the JVM's end. */
  @Override
  public void close() {
    if (unpacked) {
      Path own = path.resolveSibling(".").normalize();
      try {
        Files.deleteIfExists(path);
        Files.deleteIfExists(own);
      } catch (IOException e) {
        own.toFile().deleteOnExit();
        path.toFile().deleteOnExit();
      }
    }
  }
}
