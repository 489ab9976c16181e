package io.github.s3vfs.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * The program {@code s3vfs}. It ends with one of the numbers that the README lists under "Command
 * line".
 */
public final class Main {
  /** How long a command may take to undo what it has begun when the program is told to end. */
  private static final Duration UNDOING = Duration.ofSeconds(20);

  private Main() {}

  /**
   * Runs a command and ends the process.
   *
   * @param args the command line
   */
  public static void main(String[] args) {
    Thread worker = Thread.currentThread();
    EndingHook hook = new EndingHook(worker, UNDOING);
    Runtime.getRuntime().addShutdownHook(hook);
    int code = run(args, Io.ofProcess(hook::isEnding));
    if (!hook.done()) {
      System.exit(code);
    } // else the process is ending, with the number of the signal
  }

  /** Runs a command in this process; returns what it ends with. */
  static int run(String[] args, Io io) {
    S3vfsCommand top = new S3vfsCommand(io);
    CommandLine commandLine = commandLine(top);
    commandLine.setOut(new PrintWriter(io.out(), true, StandardCharsets.UTF_8));
    commandLine.setErr(new PrintWriter(io.err(), true, StandardCharsets.UTF_8));
    int code = commandLine.execute(args);
    try {
      StandardOutput.check(io.out());
    } catch (IOException e) {
      return code == ExitCode.OK ? failed(top, e) : code;
    }
    return code;
  }

  private static CommandLine commandLine(S3vfsCommand top) {
    CommandLine commandLine = new CommandLine(top);
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setExpandAtFiles(false); // SQL and headers may begin with @
    commandLine.setUsageHelpAutoWidth(true);
    commandLine.setExecutionStrategy(
        parsed -> {
          top.configureLogging();
          return new CommandLine.RunLast().execute(parsed);
        });
    commandLine.setParameterExceptionHandler((e, args) -> misused(top, e));
    commandLine.setExecutionExceptionHandler((e, at, parsed) -> failed(top, e));
    return commandLine;
  }

  private static int misused(S3vfsCommand top, ParameterException e) {
    top.io().err().println("s3vfs: " + new Failure(0, String.valueOf(e.getMessage())).message());
    CommandLine at = e.getCommandLine();
    if (!CommandLine.UnmatchedArgumentException.printSuggestions(e, at.getErr())) {
      top.io()
          .err()
          .println("Try '" + at.getCommandSpec().qualifiedName() + " --help' for its options.");
    }
    return ExitCode.USAGE;
  }

  private static int failed(S3vfsCommand top, Exception e) {
    Failure failure = Failure.of(e);
    top.io().out().flush();
    top.io().err().println("s3vfs: " + failure.message());
    if (top.debug()) {
      e.printStackTrace(top.io().err());
    }
    return failure.code();
  }
}
