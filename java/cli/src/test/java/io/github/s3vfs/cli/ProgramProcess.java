package io.github.s3vfs.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The program as a process, in a pseudo-terminal of its own or without one. What it writes to
 * standard output and standard error is kept, in a terminal together.
 */
final class ProgramProcess implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  /** What a build that runs in the background ignores, its children would ignore, too. */
  private static final List<String> HEARS_INT = List.of("env", "--default-signal=INT");

  private final Process process;
  private final Path libraries;
  private final StringBuilder out = new StringBuilder();
  private final StringBuilder err = new StringBuilder();
  private final List<Thread> readers = new ArrayList<>();

  private ProgramProcess(Process process, Path libraries) {
    this.process = process;
    this.libraries = libraries;
    read(process.getInputStream(), out);
    read(process.getErrorStream(), err);
  }

  /** What runs the classes of this build. */
  static List<String> classes() {
    return List.of(java(), "-cp", System.getProperty("java.class.path"), Main.class.getName());
  }

  /** What runs a jar. */
  static List<String> jar(Path jar) {
    return List.of(java(), "-jar", jar.toString());
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** Starts it without a terminal. */
  static ProgramProcess start(CliBucket bucket, List<String> program, String... arguments)
      throws IOException {
    Path libraries = Files.createTempDirectory("program-");
    return start(bucket, words(bucket, libraries, program, arguments), libraries);
  }

  /**
   * The words of the command.
   *
   * @param libraries for sqlite-jdbc: where processes share a directory, it prints that another one
   *     has cleaned up before it
   */
  private static List<String> words(
      CliBucket bucket, Path libraries, List<String> program, String... arguments) {
    List<String> words = new ArrayList<>(HEARS_INT);
    words.addAll(program);
    words.add(words.indexOf(java()) + 1, "-Dorg.sqlite.tmpdir=" + libraries);
    words.addAll(List.of(arguments));
    words.addAll(bucket.options());
    return words;
  }

  /**
   * Starts it in a terminal of 120 columns, by the command "script" of util-linux, which every
   * Debian has (package bsdutils). Where there is none, this fails.
   */
  static ProgramProcess startInTerminal(CliBucket bucket, List<String> program, String... arguments)
      throws IOException {
    Path libraries = Files.createTempDirectory("program-");
    StringBuilder command = new StringBuilder("stty cols 120 rows 40; exec");
    words(bucket, libraries, program, arguments)
        .forEach(each -> command.append(" '").append(each.replace("'", "'\\''")).append('\''));
    return start(bucket, List.of("script", "-qec", command.toString(), "/dev/null"), libraries);
  }

  private static ProgramProcess start(CliBucket bucket, List<String> command, Path libraries)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("AWS_ACCESS_KEY_ID", bucket.server().accessKeyId());
    builder.environment().put("AWS_SECRET_ACCESS_KEY", bucket.server().secretAccessKey());
    builder.environment().put("TERM", "xterm");
    builder.environment().put("SHELL", "/bin/sh");
    return new ProgramProcess(builder.start(), libraries);
  }

  private void read(InputStream from, StringBuilder to) {
    Thread reader =
        new Thread(
            () -> {
              byte[] bytes = new byte[4096];
              try {
                for (int n = from.read(bytes); n >= 0; n = from.read(bytes)) {
                  synchronized (this) {
                    to.append(new String(bytes, 0, n, StandardCharsets.UTF_8));
                    notifyAll();
                  }
                }
              } catch (IOException e) {
                synchronized (this) {
                  to.append(e);
                }
              }
            },
            "reader of the program");
    reader.setDaemon(true);
    reader.start();
    readers.add(reader);
  }

  /** Types something. */
  void type(String text) throws IOException {
    OutputStream in = process.getOutputStream();
    in.write(text.getBytes(StandardCharsets.UTF_8));
    in.flush();
  }

  /** Waits until the output has something; returns all of it. */
  synchronized String await(String regex) throws InterruptedException {
    Pattern pattern = Pattern.compile(regex);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!pattern.matcher(out).find()) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        throw new AssertionError("no " + regex + " in: " + out + err);
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return out.toString();
  }

  /** Sends it a signal, as in "INT". */
  void signal(String name) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-" + name, "" + process.pid()).start();
    if (!kill.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || kill.exitValue() != 0) {
      throw new AssertionError("no signal was sent");
    }
  }

  /** Waits until it ends; returns with what. */
  int end() throws InterruptedException {
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("it does not end: " + out + err);
    }
    for (Thread each : readers) {
      each.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
    }
    return process.exitValue();
  }

  synchronized String out() {
    return out.toString();
  }

  synchronized String err() {
    return err.toString();
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly().onExit().join();
    try (Stream<Path> files = Files.list(libraries)) {
      for (Path each : files.toList()) {
        Files.deleteIfExists(each);
      }
    }
    Files.delete(libraries);
  }
}
