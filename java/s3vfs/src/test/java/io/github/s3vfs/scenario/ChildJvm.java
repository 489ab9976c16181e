package io.github.s3vfs.scenario;

import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Another Java process, on the class path of this one or a part of it. */
public final class ChildJvm {
  private static final int SECONDS = 600;

  private final List<String> options = new ArrayList<>();
  private final List<String> launcher = new ArrayList<>();
  private List<String> classPath =
      List.of(System.getProperty("java.class.path").split(File.pathSeparator));

  /** A process on the class path of this one. */
  public static ChildJvm sameClassPath() {
    return new ChildJvm();
  }

  private final Map<String, String> variables = new HashMap<>();

  private ChildJvm() {
    options.add("-Xmx256m");
    if (Runtime.version().feature() >= 24) {
      options.add("--enable-native-access=ALL-UNNAMED");
    }
  }

  /** What the process printed, on both streams, and its exit code. */
  public record Result(int exitCode, String output) {
    /** The last line that begins with this, without it. */
    public String line(String start) {
      return Arrays.stream(output.split("\\R"))
          .filter(line -> line.startsWith(start))
          .map(line -> line.substring(start.length()))
          .reduce((a, b) -> b)
          .orElseThrow(() -> new AssertionError("no line '" + start + "' in: " + output));
    }
  }

  /** With an option of the JVM. */
  public ChildJvm option(String option) {
    options.add(option);
    return this;
  }

  /** With a variable of the environment; those of AWS are not inherited. */
  public ChildJvm environment(String name, String value) {
    variables.put(name, value);
    return this;
  }

  /** With these entries of the class path in front of all others. */
  public ChildJvm first(Predicate<String> entries) {
    List<String> sorted = new ArrayList<>(classPath.stream().filter(entries).toList());
    sorted.addAll(classPath.stream().filter(entries.negate()).toList());
    classPath = sorted;
    return this;
  }

  /** Takes these entries off the class path, and answers them. */
  public List<String> without(Predicate<String> entries) {
    List<String> taken = classPath.stream().filter(entries).toList();
    classPath = classPath.stream().filter(entries.negate()).toList();
    return taken;
  }

  /** Started by another command, which gets that of the JVM as its last arguments. */
  public ChildJvm launchedBy(List<String> command) {
    launcher.addAll(command);
    return this;
  }

  /** Runs a main class to its end, in a directory. */
  public Result run(Path directory, Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    try (Running running = start(directory, main, arguments)) {
      return running.end();
    }
  }

  /** Starts a main class, in a directory. */
  public Running start(Path directory, Class<?> main, String... arguments) throws IOException {
    // Where processes share it, sqlite-jdbc prints that another one has cleaned up before it.
    Path libraries = Files.createTempDirectory("child-");
    List<String> command = new ArrayList<>(launcher);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Dorg.sqlite.tmpdir=" + libraries);
    command.addAll(options);
    command.add("-cp");
    command.add(String.join(File.pathSeparator, classPath));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    File output = File.createTempFile("child-", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output);
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("AWS_"));
    environment.put("AWS_EC2_METADATA_DISABLED", "true");
    environment.put("AWS_CONFIG_FILE", directory.resolve("no-config").toString());
    environment.put("AWS_SHARED_CREDENTIALS_FILE", directory.resolve("no-keys").toString());
    environment.putAll(variables);
    return new Running(builder.start(), output, libraries);
  }

  /** A process that was started; closing it kills it. */
  public record Running(Process process, File file, Path libraries) implements AutoCloseable {
    /** Waits for its end. */
    public Result end() throws IOException, InterruptedException {
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("no end within " + SECONDS + " s: " + output());
      }
      return new Result(process.exitValue(), output());
    }

    /** What it has printed so far. */
    public String output() throws IOException {
      return read(file);
    }

    /** Gives it a line to read. */
    public void send(String line) throws IOException {
      Writer input = process.outputWriter();
      input.write(line + "\n");
      input.flush();
    }

    /** Waits until it has printed something. */
    public void await(String text) throws IOException, InterruptedException {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
      while (!output().contains(text)) {
        if (!process.isAlive() || System.nanoTime() > deadline) {
          throw new AssertionError("no '" + text + "' in: " + output());
        }
        Thread.sleep(20);
      }
    }

    /** kill -9, and waits until it is gone. */
    public void kill() throws InterruptedException {
      process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
      try {
        kill();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      for (File each : Objects.requireNonNullElse(libraries.toFile().listFiles(), new File[0])) {
        delete(each);
      }
      delete(libraries.toFile());
      delete(file);
    }

    private static void delete(File file) {
      if (!file.delete()) {
        file.deleteOnExit();
      }
    }
  }

  private static String read(File file) throws IOException {
    return Files.readString(file.toPath());
  }
}
