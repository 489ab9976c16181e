package io.github.s3vfs.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalResultTest {
  @TempDir Path directory;
  private Path file = Path.of("");

  @BeforeEach
  void name() {
    file = directory.resolve("file");
  }

  private static void write(LocalResult result, String text) throws Exception {
    try (OutputStream out = result.output()) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  private List<String> names() throws Exception {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(each -> each.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void isThereWhenItWasPutAndNothingElseIs() throws Exception {
    for (String text : List.of("first", "second")) {
      try (LocalResult result = LocalResult.of(file, true)) {
        write(result, text);
        assertEquals(text.equals("second"), Files.exists(file));
        result.put();
        assertEquals(text, Files.readString(file));
      }
      assertEquals(List.of("file"), names());
    }
  }

  @Test
  void whatWasNotPutIsGone() throws Exception {
    Files.writeString(file, "old");
    try (LocalResult result = LocalResult.of(file, true)) {
      write(result, "new");
    }
    assertEquals("old", Files.readString(file));
    assertEquals(List.of("file"), names());
  }

  @Test
  void replacesNothingUnlessItMay() throws Exception {
    Files.writeString(file, "old");
    assertEquals(
        file.toString(),
        assertThrows(FileAlreadyExistsException.class, () -> LocalResult.of(file, false))
            .getMessage());
    Files.delete(file);
    try (LocalResult result = LocalResult.of(file, false)) {
      write(result, "new");
      Files.writeString(file, "of another one");
      assertThrows(FileAlreadyExistsException.class, result::put);
    }
    assertEquals("of another one", Files.readString(file));
    assertEquals(List.of("file"), names());
  }

  @Test
  void aDirectoryIsRefusedAtTheBeginningAndInTheEnd() throws Exception {
    try (LocalResult result = LocalResult.of(file, true)) {
      Files.createDirectory(file);
      assertThrows(FileSystemException.class, result::check);
      assertThrows(FileSystemException.class, result::put);
    }
    assertThrows(FileSystemException.class, () -> LocalResult.of(file, true));
    assertEquals(List.of("file"), names());
  }

  @Test
  void aDirectoryThatIsMissingIsNamed() {
    Path missing = directory.resolve("missing");
    assertEquals(
        missing.toString(),
        assertThrows(NoSuchFileException.class, () -> LocalResult.of(missing.resolve("file"), true))
            .getMessage());
  }

  @Test
  void hasThePermissionsOfTheFileThatItReplaces() throws Exception {
    for (String permissions : List.of("rw-rw-rw-", "r--------")) {
      Files.writeString(file, "old");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
      try (LocalResult result = LocalResult.of(file, true)) {
        write(result, "new");
        result.put();
      }
      assertEquals(permissions, PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
      assertEquals("new", Files.readString(file));
      Files.delete(file);
    }
  }
}
