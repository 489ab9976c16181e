package io.github.s3vfs.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jline.terminal.TerminalBuilder;
import org.jline.terminal.spi.SystemStream;
import org.jline.terminal.spi.TerminalProvider;

/**
 * What a run reads from and writes to.
 *
 * @param in standard input
 * @param out standard output, for what was asked for
 * @param err standard error, for errors and progress
 * @param inIsTerminal whether a person types
 * @param outIsTerminal whether a person reads the output
 * @param errIsTerminal whether a person reads the errors
 * @param environment variables
 * @param ending whether the process has been told to end
 */
record Io(
    InputStream in,
    PrintStream out,
    PrintStream err,
    boolean inIsTerminal,
    boolean outIsTerminal,
    boolean errIsTerminal,
    Map<String, String> environment,
    BooleanSupplier ending) {

  /** Those of this process. */
  static Io ofProcess(BooleanSupplier ending) {
    return new Io(
        System.in,
        out(isTerminal(SystemStream.Output)),
        System.err,
        isTerminal(SystemStream.Input),
        isTerminal(SystemStream.Output),
        isTerminal(SystemStream.Error),
        System.getenv(),
        ending);
  }

  private static PrintStream out(boolean terminal) {
    return terminal ? System.out : new StandardOutput(new FileOutputStream(FileDescriptor.out));
  }

  private static boolean isTerminal(SystemStream stream) {
    return isTerminal(TerminalBuilder.PROP_PROVIDER_JNI, stream)
        || isTerminal(TerminalBuilder.PROP_PROVIDER_EXEC, stream);
  }

  private static boolean isTerminal(String provider, SystemStream stream) {
    try {
      return TerminalProvider.load(provider).isSystemStream(stream);
    } catch (IOException | RuntimeException | LinkageError e) {
      return false; // the other one works in another way
    }
  }
}
