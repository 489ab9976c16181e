package io.github.s3vfs.internal.jna;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the library comes from, and who can get at it. */
class LibraryFileTest {
  @TempDir Path parent;

  @BeforeEach
  void unpackHere() {
    System.setProperty(LibraryFile.DIRECTORY_PROPERTY, parent.toString());
  }

  @AfterEach
  void unpackAsBefore() {
    System.clearProperty(LibraryFile.DIRECTORY_PROPERTY);
    System.clearProperty(LibraryFile.PATH_PROPERTY);
  }

  private List<Path> found() throws Exception {
    try (Stream<Path> files = Files.list(parent)) {
      return files.toList();
    }
  }

  @Test
  void itIsUnpackedForItsOwnerOnlyAndDeleted() throws Exception {
    try (LibraryFile file = LibraryFile.open()) {
      assertTrue(file.unpacked());
      assertEquals(List.of(file.path().getParent()), found());
      for (Path each : List.of(file.path(), file.path().getParent())) {
        assertEquals(
            "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(each)));
      }
      assertTrue(Files.size(file.path()) > 0);
    }
    assertEquals(List.of(), found());
  }

  @Test
  void eachTimeIntoADirectoryOfItsOwn() throws Exception {
    try (LibraryFile one = LibraryFile.open();
        LibraryFile other = LibraryFile.open()) {
      assertEquals(2, found().size());
      assertFalse(one.path().equals(other.path()));
    }
    assertEquals(List.of(), found());
  }

  @Test
  void whatAnEarlierProcessLeftIsDeletedOnTheWay() throws Exception {
    Path left = Files.createDirectory(parent.resolve(LibraryFile.PREFIX + "123"));
    Files.writeString(left.resolve(System.mapLibraryName("s3vfs")), "");
    Files.setLastModifiedTime(left, FileTime.from(Instant.now().minusSeconds(7200)));
    LibraryFile.open().close();
    assertEquals(List.of(), found());
  }

  @Test
  void oneThatIsNamedIsTakenAsItIsAndStays() throws Exception {
    Path own = Files.writeString(parent.resolve("own"), "");
    System.setProperty(LibraryFile.PATH_PROPERTY, own.toString());
    try (LibraryFile file = LibraryFile.open()) {
      assertEquals(own, file.path());
      assertFalse(file.unpacked());
    }
    assertEquals(List.of(own), found());
  }
}
