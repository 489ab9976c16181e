package io.github.s3vfs.benchmark;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Starts {@link FirstRow} in a JVM of its own. */
final class FirstRowProcess {
  private FirstRowProcess() {}

  /**
   * Runs one process and answers its lines.
   *
   * @param environment variables for AWS in place of this process's; empty to leave these
   * @param options of the JVM
   * @throws IllegalStateException if it fails
   */
  static List<String> run(
      Map<String, String> environment, List<String> options, String url, String sql)
      throws IOException, InterruptedException {
    List<String> command = command(options, url, sql);
    StringBuilder output = new StringBuilder();
    if (start(environment, command, output) != 0) {
      throw new IllegalStateException(String.join(" ", command) + ": " + output);
    }
    return output.toString().lines().toList();
  }

  /** The same with a statement that has no row, which the process takes for a failure. */
  static void execute(Map<String, String> environment, String url, String sql)
      throws IOException, InterruptedException {
    start(environment, command(List.of(), url, sql), new StringBuilder());
  }

  /**
   * A number that the process has said.
   *
   * @throws IllegalStateException if it has not
   */
  static long number(List<String> lines, String name) {
    return lines.stream()
        .filter(line -> line.matches(name + "=-?\\d+"))
        .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("the process did not say " + name));
  }

  private static List<String> command(List<String> options, String url, String sql)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx256m");
    command.add("-Xshare:auto");
    if (Runtime.version().feature() >= 22) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(options);
    command.addAll(List.of("-cp", classPath()));
    command.addAll(List.of(FirstRow.class.getName(), url, sql));
    return command;
  }

  private static int start(
      Map<String, String> environment, List<String> command, StringBuilder output)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    if (!environment.isEmpty()) {
      builder.environment().keySet().removeIf(name -> name.startsWith("AWS_"));
      builder.environment().putAll(environment);
    }
    Process process = builder.start();
    output.append(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    return process.waitFor();
  }

  /** This process's; an archive of class data takes jars only, so that of this module stands in. */
  private static String classPath() throws IOException {
    List<String> entries = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path path = Path.of(entry).toAbsolutePath();
      entries.add(Files.isDirectory(path) ? jarBeside(path).toString() : entry);
    }
    return String.join(File.pathSeparator, entries);
  }

  private static Path jarBeside(Path classes) throws IOException {
    try (DirectoryStream<Path> jars =
        Files.newDirectoryStream(classes.resolveSibling("."), "sqlite-s3vfs-benchmark-*.jar")) {
      for (Path jar : jars) {
        return jar.normalize();
      }
    }
    return classes;
  }
}
