package io.github.s3vfs.internal.jna;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Directories of unpacked libraries that their processes could not delete: on Windows a file cannot
 * be deleted while it is loaded, so the next process does it; elsewhere a process may have died
 * between unpacking and loading.
 */
final class StaleLibraries {
  private static final Logger LOG = LoggerFactory.getLogger(StaleLibraries.class);

  private StaleLibraries() {}

  /**
   * Deletes the libraries in directories of that prefix and owner, and the directories if nothing
   * else is in them. A library that cannot be deleted is still in use.
   *
   * @param parent where the directories are
   * @param library the file name of the library in them
   * @param before leaves younger directories alone: their library may be about to be loaded
   */
  static void sweep(
      Path parent, String prefix, String library, UserPrincipal owner, Instant before) {
    try (DirectoryStream<Path> found = Files.newDirectoryStream(parent, prefix + "*")) {
      for (Path directory : found) {
        sweep(directory, library, owner, before);
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("{}: not looked through for old libraries", parent, e);
    }
  }

  private static void sweep(Path directory, String library, UserPrincipal owner, Instant before) {
    try {
      if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
          && Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS).equals(owner)
          && Files.getLastModifiedTime(directory, LinkOption.NOFOLLOW_LINKS)
              .toInstant()
              .isBefore(before)) {
        Files.deleteIfExists(directory.resolve(library));
        Files.delete(directory);
      }
    } catch (IOException e) {
      LOG.debug("{}: in use", directory, e);
    }
  }
}
