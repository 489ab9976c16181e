package io.github.s3vfs.benchmark;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A database that goes into S3 and out again by the command line, each command a process of its
 * own.
 */
final class CommandLineTrip {
  private static final long PATIENCE_SECONDS = 120;

  private final Path jar;
  private final DemoStore store;
  private final Path directory;
  private final Consumer<String> out;

  /**
   * @param target the directory that has the jar
   * @param directory for files
   * @param out takes lines for people
   */
  CommandLineTrip(Path target, DemoStore store, Path directory, Consumer<String> out)
      throws IOException {
    try (Stream<Path> files = Files.list(target)) {
      this.jar =
          files
              .filter(each -> each.getFileName().toString().endsWith("-all.jar"))
              .findFirst()
              .orElseThrow(() -> new IOException("no jar of the command line in " + target));
    }
    this.store = store;
    this.directory = directory;
    this.out = out;
  }

  /**
   * Makes the trip, and checks that the same comes out.
   *
   * @param file a regular SQLite file with the table "reading"
   * @param rows of it
   */
  void run(Path file, int rows) throws IOException {
    String database = store.location("path/trip.sqlite").toString();
    Path csv = directory.resolve("readings.csv");
    Path copy = directory.resolve("trip.sqlite");
    command("deserialize", file.toString(), database);
    command("info", database);
    String answer =
        command(
            "sql",
            database,
            "SELECT count(*) AS rows, max(celsius) AS highest FROM reading",
            "--mode",
            "csv");
    check(answer.contains(rows + ","), "rows in " + answer);
    command("export-csv", database, "reading", csv.toString(), "--force");
    try (Stream<String> lines = Files.lines(csv)) {
      check(lines.count() == rows + 1L, "lines of " + csv);
    }
    command("serialize", database, copy.toString(), "--force");
    check(Files.mismatch(file, copy) < 0, "the bytes of " + copy);
    command("verify", database, "--all");
    command("delete", database, "--yes");
    check(store.objects(store.location("path/trip.sqlite").key() + "/").isEmpty(), "what is left");
  }

  /** Runs a command that must succeed; returns what it has written. */
  private String command(String... arguments) throws IOException {
    out.accept(
        "$ s3vfs "
            + String.join(
                " ",
                Arrays.stream(arguments)
                    .map(each -> each.contains(" ") ? "\"" + each + "\"" : each)
                    .toList()));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-jar", jar.toString()));
    command.addAll(List.of(arguments));
    command.addAll(store.arguments());
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(store.environment());
    Process process = builder.start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    said.lines().forEach(line -> out.accept("  " + line));
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("it does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
      throw new InterruptedIOException("interrupted");
    }
    if (process.exitValue() != 0) {
      throw new IOException("s3vfs " + arguments[0] + " ended with " + process.exitValue());
    }
    return said;
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new IllegalStateException("not as expected: " + what);
    }
  }
}
