package io.github.s3vfs.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.sun.jna.Platform;
import io.github.s3vfs.scenario.ChildJvm;
import io.github.s3vfs.scenario.OpenUrls;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A native library that cannot be had: one clear error for S3, and nothing for anybody else. */
class NativeLibraryTest {
  private static final String LIBRARY_NAME = System.mapLibraryName("s3vfs");
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
    String message = result.line("error: ");
    assertNames(message, "os.name=", "os.arch=", "Java " + Runtime.version().feature());
    return message;
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

  /** A library made of a line of C. */
  private Path library(String source) throws Exception {
    Path code = Files.writeString(Files.createTempFile("library", ".c"), source);
    Path library = Path.of(code + ".so");
    String compiler = System.getenv().getOrDefault("CC", "cc");
    List<String> command = new ArrayList<>(List.of(compiler.split(" ", -1)));
    command.addAll(List.of("-shared", "-fPIC", "-o", library.toString(), code.toString()));
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertEquals(0, process.waitFor(), command::toString);
    Files.delete(code);
    return library;
  }

  private void assertRefused(Path library, String... parts) throws Exception {
    try {
      String message = messageWith("-Ds3vfs.native.library=" + library);
      assertNames(message, library.toString(), "-Ds3vfs.native.library");
      assertNames(message, parts);
    } finally {
      Files.delete(library);
    }
  }

  @Test
  void aLibraryOfAnotherVersionIsRefused() throws Exception {
    assertRefused(
        library("int sqlite3_s3vfs_init(void){ return 256; } int s3vfs_abi(void){ return 99; }"),
        "another version",
        "ABI 99",
        "needs 5");
  }

  @Test
  void aLibraryOfSomebodyElseIsRefused() throws Exception {
    assertRefused(library("int other(void){ return 0; }"), "none of sqlite-s3vfs", "s3vfs_abi");
  }

  /** The library of the jar, with its bytes changed. */
  private static Path changed(UnaryOperator<byte[]> change) throws Exception {
    String resource = "/io/github/s3vfs/native/" + Platform.RESOURCE_PREFIX + "/" + LIBRARY_NAME;
    try (InputStream in = S3VfsDriver.class.getResourceAsStream(resource)) {
      byte[] bytes = change.apply(in.readAllBytes());
      return Files.write(Files.createTempFile("changed", ".so"), bytes);
    }
  }

  /** Without a check the process would die of the pages that are not there. */
  @ParameterizedTest
  @ValueSource(doubles = {0.9, 0.5, 0.1})
  @EnabledOnOs(OS.LINUX)
  void aLibraryThatWasCutOffIsRefused(double rest) throws Exception {
    assertRefused(
        changed(bytes -> Arrays.copyOf(bytes, (int) (rest * bytes.length))), "was cut off");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aLibraryForAnotherMachineIsRefused() throws Exception {
    assertRefused(
        changed(
            bytes -> {
              ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).putShort(18, (short) 2);
              return bytes;
            }),
        "an ELF library for machine 2",
        "does not load");
  }

  /** A directory of a file system mounted with noexec, and the command that makes it so. */
  private record NoExec(Path directory, List<String> command) {}

  /**
   * Mounts one where that is allowed (in a mount namespace that ends with the command), or else
   * takes one that is there.
   */
  private NoExec noExec() throws Exception {
    Path mount = Files.createTempDirectory("noexec");
    mount.toFile().deleteOnExit();
    List<String> command =
        List.of(
            "unshare",
            "--map-root-user",
            "--mount",
            "sh",
            "-euc",
            "mount -t tmpfs -o noexec none \"$0\"; exec \"$@\"",
            mount.toString());
    List<String> probe = new ArrayList<>(command);
    probe.add("true");
    if (succeeds(probe)) {
      return new NoExec(mount, command);
    }
    for (String line : Files.readAllLines(Path.of("/proc/self/mounts"))) {
      String[] fields = line.split(" ", -1);
      Path present = Path.of(fields[1]);
      if (List.of(fields[3].split(",", -1)).contains("noexec") && Files.isWritable(present)) {
        try {
          Path own = Files.createTempDirectory(present, "s3vfs-test");
          own.toFile().deleteOnExit();
          return new NoExec(own, List.of());
        } catch (IOException e) {
          // not a file system for files
        }
      }
    }
    return fail(
        "this test needs a file system mounted with noexec: either the right to mount one"
            + " (unshare --map-root-user --mount), or one that can be written");
  }

  private static boolean succeeds(List<String> command) throws InterruptedException {
    try {
      return new ProcessBuilder(command).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aDirectoryWithoutExecutionIsNamedWithTheWayOut() throws Exception {
    NoExec noExec = noExec();
    ChildJvm child = ChildJvm.sameClassPath().launchedBy(noExec.command());
    ChildJvm.Result result =
        child
            .option("-Ds3vfs.native.tmpdir=" + noExec.directory())
            .run(directory, OpenUrls.class, ON_S3);
    assertNames(
        result.line("error: "),
        "does not load",
        noExec.directory().toString(),
        "noexec",
        "-Ds3vfs.native.tmpdir",
        "os.name=Linux",
        "libc=");
    try (Stream<Path> left = Files.list(noExec.directory())) {
      assertEquals(0, left.count());
    }
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
