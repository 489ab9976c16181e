package io.github.s3vfs.cli;

/** Something that the program does not do, and why. */
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** See {@link ExitCode}. */
  private final int code;

  Refusal(int code, String message) {
    super(message);
    this.code = code;
  }

  Refusal(int code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  int code() {
    return code;
  }
}
