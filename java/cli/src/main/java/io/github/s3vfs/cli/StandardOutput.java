package io.github.s3vfs.cli;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Standard output in UTF-8, which programs get whatever a terminal would show. A {@link
 * PrintStream} throws nothing; this one keeps what it failed with, for {@link #check}.
 */
final class StandardOutput extends PrintStream {
  private static final String CLOSED = "standard output was closed";

  private final Target target;

  /** Lines are written when they end. */
  StandardOutput(OutputStream target) {
    this(new Target(target), 1 << 13, true);
  }

  private StandardOutput(Target target, int buffer, boolean lines) {
    super(new BufferedOutputStream(target, buffer), lines, StandardCharsets.UTF_8);
    this.target = target;
  }

  /** Before another one, a buffer for many lines. */
  static StandardOutput buffered(PrintStream out) {
    return new StandardOutput(new Target(checked(out)), 1 << 16, false);
  }

  /**
   * Writes what is buffered.
   *
   * @param out what may be standard output
   * @throws IOException if anything of it could not be written
   */
  static void check(PrintStream out) throws IOException {
    if (out.checkError()) {
      throw new Unwritable(out instanceof StandardOutput own ? own.target.problem() : CLOSED);
    }
  }

  /** The same as a stream that throws, when it is written to, what {@link #check} does. */
  static OutputStream checked(PrintStream printed) {
    return new FilterOutputStream(printed) {
      @Override
      public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
      }

      @Override
      public void write(byte[] source, int offset, int length) throws IOException {
        printed.write(source, offset, length);
        check(printed);
      }
    };
  }

  /** Says so itself. */
  private static final class Unwritable extends IOException {
    private static final long serialVersionUID = 1L;

    Unwritable(String message) {
      super(message);
    }
  }

  /** Keeps its first failure. */
  private static final class Target extends FilterOutputStream {
    private @Nullable IOException failure;

    Target(OutputStream target) {
      super(target);
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] source, int offset, int length) throws IOException {
      try {
        out.write(source, offset, length);
      } catch (IOException e) {
        failure = failure == null ? e : failure;
        throw e;
      }
    }

    /** A reader that has enough goes away. */
    synchronized String problem() {
      String reason = failure == null ? null : failure.getMessage();
      if (reason == null || reason.equals("Broken pipe")) {
        return CLOSED;
      }
      return failure instanceof Unwritable
          ? reason
          : "standard output cannot be written: " + reason;
    }
  }
}
