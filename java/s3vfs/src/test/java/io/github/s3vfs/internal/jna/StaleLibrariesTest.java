package io.github.s3vfs.internal.jna;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which directories of earlier processes are deleted. */
class StaleLibrariesTest {
  private static final String PREFIX = "s3vfs-native-";
  private static final String LIBRARY = "s3vfs.dll";

  @TempDir Path parent;

  private UserPrincipal owner;

  @BeforeEach
  void findOwner() throws IOException {
    owner = Files.getOwner(parent);
  }

  private Path unpacked(String name, Duration age) throws IOException {
    Path directory = Files.createDirectory(parent.resolve(name));
    Files.writeString(directory.resolve(LIBRARY), "a library");
    return aged(directory, age);
  }

  private static Path aged(Path directory, Duration age) throws IOException {
    Files.setLastModifiedTime(directory, FileTime.from(Instant.now().minus(age)));
    return directory;
  }

  private void sweep(UserPrincipal whose) {
    StaleLibraries.sweep(parent, PREFIX, LIBRARY, whose, Instant.now().minus(Duration.ofHours(1)));
  }

  private List<String> left() throws IOException {
    try (Stream<Path> files = Files.list(parent)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void oldOnesAreDeletedWithTheirLibrary() throws IOException {
    unpacked(PREFIX + "1", Duration.ofHours(2));
    unpacked(PREFIX + "2", Duration.ofDays(100));
    aged(Files.createDirectory(parent.resolve(PREFIX + "empty")), Duration.ofHours(2));
    sweep(owner);
    assertEquals(List.of(), left());
  }

  @Test
  void whoeverIsJustStartingIsLeftAlone() throws IOException {
    unpacked(PREFIX + "1", Duration.ofMinutes(1));
    sweep(owner);
    assertEquals(List.of(PREFIX + "1"), left());
  }

  /** A directory in its place stands for a library that Windows does not delete: it is loaded. */
  @Test
  void aLibraryThatCannotBeDeletedStaysInItsDirectory() throws IOException {
    Path directory = Files.createDirectory(parent.resolve(PREFIX + "used"));
    Files.createDirectories(directory.resolve(LIBRARY).resolve("loaded"));
    aged(directory, Duration.ofHours(2));
    unpacked(PREFIX + "zz", Duration.ofHours(2));
    sweep(owner);
    assertEquals(List.of(PREFIX + "used"), left());
  }

  @Test
  void nothingElseIsTouched() throws IOException {
    unpacked("s3vfs-deserialize-1", Duration.ofHours(2));
    Path more = unpacked(PREFIX + "more", Duration.ofHours(2));
    Files.writeString(more.resolve("other"), "not ours");
    aged(more, Duration.ofHours(2));
    Files.writeString(parent.resolve(PREFIX + "file"), "no directory");
    Path target = unpacked("target", Duration.ofHours(2));
    Files.createSymbolicLink(parent.resolve(PREFIX + "link"), target);
    sweep(owner);
    assertEquals(
        List.of("s3vfs-deserialize-1", PREFIX + "file", PREFIX + "link", PREFIX + "more", "target"),
        left());
    assertEquals("a library", Files.readString(target.resolve(LIBRARY)));
    assertEquals("not ours", Files.readString(more.resolve("other")));
  }

  @Test
  void thoseOfAnotherUserAreLeftAlone() throws IOException {
    unpacked(PREFIX + "1", Duration.ofHours(2));
    sweep(() -> "somebody else");
    assertEquals(List.of(PREFIX + "1"), left());
  }

  @Test
  void aDirectoryThatIsMissingIsNoFailure() {
    StaleLibraries.sweep(parent.resolve("missing"), PREFIX, LIBRARY, owner, Instant.now());
  }
}
