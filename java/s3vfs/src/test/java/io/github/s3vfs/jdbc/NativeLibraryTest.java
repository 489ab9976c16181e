package io.github.s3vfs.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.scenario.ChildJvm;
import io.github.s3vfs.scenario.OpenUrls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A native library that cannot be had: one clear error for S3, and nothing for anybody else. */
class NativeLibraryTest {
  private static final String ON_S3 = "jdbc:sqlite:file:/bucket/key?vfs=s3&region=us-east-1";

  @TempDir Path directory;

  /** Opens a database on S3, one in memory and one in a file; only the first shall fail. */
  private String messageWith(String... options) throws IOException, InterruptedException {
    ChildJvm child = ChildJvm.sameClassPath();
    for (String option : options) {
      child.option(option);
    }
    ChildJvm.Result result =
        child.run(
            directory,
            OpenUrls.class,
            "jdbc:sqlite::memory:",
            ON_S3,
            "jdbc:sqlite:local.sqlite",
            "jdbc:sqlite:file:uri.sqlite?mode=rwc");
    assertEquals(
        List.of("ok: 1", "error: ", "ok: 1", "ok: 1"),
        result.output().lines().map(line -> line.startsWith("error: ") ? "error: " : line).toList(),
        result.output());
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(
          List.of("local.sqlite", "uri.sqlite"),
          files.map(file -> file.getFileName().toString()).sorted().toList());
    }
    return result.line("error: ");
  }

  private static void assertNames(String message, String... parts) {
    for (String part : parts) {
      assertTrue(message.contains(part), () -> "expected '" + part + "' in: " + message);
    }
  }

  @Test
  void aLibraryThatIsNotThereIsNamedWithItsProperty() throws Exception {
    assertNames(
        messageWith("-Ds3vfs.native.library=/nonexistent/libs3vfs.so"),
        "s3vfs.native.library",
        "/nonexistent/libs3vfs.so");
  }

  @Test
  void aFileThatIsNoLibraryIsNamed() throws Exception {
    Path file = Files.createTempFile("not-a-library", ".so");
    try {
      Files.writeString(file, "this is no library");
      assertNames(messageWith("-Ds3vfs.native.library=" + file), "native library", file.toString());
    } finally {
      Files.delete(file);
    }
  }

  @Test
  void anUnsupportedPlatformIsNamedWithTheWayOut() throws Exception {
    assertNames(
        messageWith("-Ds3vfs.native.platform=plan9-vax"),
        "plan9-vax",
        "os.arch",
        "-Ds3vfs.native.library");
  }

  @Test
  void aDirectoryThatCannotBeWrittenIsNamedWithTheWayOut() throws Exception {
    assertNames(
        messageWith("-Ds3vfs.native.tmpdir=/proc"),
        "/proc",
        "-Ds3vfs.native.tmpdir",
        "-Ds3vfs.native.library");
  }

  @Test
  void aDirectoryThatIsMissingIsNamedWithTheWayOut() throws Exception {
    assertNames(
        messageWith("-Ds3vfs.native.tmpdir=" + directory.resolve("missing")),
        directory.resolve("missing").toString(),
        "-Ds3vfs.native.tmpdir");
  }

  @Test
  void nothingIsLeftInTheDirectoryThatTheLibraryIsUnpackedInto() throws Exception {
    Path unpacked = Files.createDirectory(directory.resolve("unpacked"));
    ChildJvm.Result result =
        ChildJvm.sameClassPath()
            .option("-Ds3vfs.native.tmpdir=" + unpacked)
            .run(directory, OpenUrls.class, "jdbc:sqlite:file:/bucket?vfs=s3");
    assertNames(result.line("error: "), "names no key");
    try (Stream<Path> files = Files.list(unpacked)) {
      assertEquals(0, files.count());
    }
  }
}
