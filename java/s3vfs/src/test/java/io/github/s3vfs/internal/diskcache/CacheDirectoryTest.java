package io.github.s3vfs.internal.diskcache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which directories are taken, and whose files are in them. */
class CacheDirectoryTest {
  @TempDir Path parent;

  @BeforeEach
  void needsPosix() {
    assumeTrue(parent.getFileSystem().supportedFileAttributeViews().contains("posix"));
  }

  private static String rights(Path path) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private Path withRights(String rights) throws Exception {
    Path directory = Files.createDirectories(parent.resolve("given"));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(rights));
    return directory;
  }

  private static void assertRefused(Path directory, String why) {
    S3VfsException e =
        assertThrows(S3VfsException.class, () -> CacheDirectory.open(directory), why);
    assertEquals(ErrorKind.INVALID, e.kind());
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains("cacheDir=" + directory) && message.contains(why), message);
  }

  @Test
  void directoryAndFilesAreTheOwnersOnly() throws Exception {
    Path directory = parent.resolve("a/b");
    try (DiskCache cache = DiskCache.open(directory, 1 << 20)) {
      Bodies.put(cache, 1);
      cache.drain();
      assertEquals("rwx------", rights(directory));
      assertEquals("rwx------", rights(parent.resolve("a")));
      List<Path> files = Bodies.files(directory);
      assertEquals(1, files.size());
      assertEquals("rw-------", rights(files.get(0)));
      assertTrue(
          String.valueOf(files.get(0).getFileName()).matches("s3vfs-[0-9a-f]{32}\\.slab"),
          files::toString);
    }
  }

  @Test
  void aDirectoryThatOthersMayWriteToIsRefused() throws Exception {
    assertRefused(withRights("rwxrwx---"), "others may write to it: rwxrwx---");
    assertRefused(withRights("rwx----w-"), "others may write to it: rwx----w-");
    CacheDirectory taken = CacheDirectory.open(withRights("rwxr-xr-x"));
    assertEquals(List.of(), taken.slabs());
    assertEquals(List.of(), Bodies.files(parent.resolve("given")), "nothing is left of the look");
  }

  @Test
  void aDirectoryThatCannotBeMadeIsNamed() throws Exception {
    Path file = Files.createFile(parent.resolve("file"));
    assertRefused(file, "cannot be made");
    assertRefused(file.resolve("below"), "cannot be made");
  }

  @Test
  void aLinkToADirectoryIsTaken() throws Exception {
    Path target = withRights("rwx------");
    Path link = Files.createSymbolicLink(parent.resolve("link"), target);
    assertEquals(link.toString(), CacheDirectory.open(link).toString());
  }

  @Test
  void filesOfOthersAreNotSlabs() throws Exception {
    Path directory = withRights("rwx------");
    Files.writeString(directory.resolve("notes.slab"), "mine");
    Files.createDirectory(directory.resolve("s3vfs-" + "0".repeat(32) + ".slab"));
    Path link = directory.resolve("s3vfs-" + "1".repeat(32) + ".slab");
    Files.createSymbolicLink(link, directory.resolve("notes.slab"));
    assertEquals(List.of(), CacheDirectory.open(directory).slabs());
  }
}
