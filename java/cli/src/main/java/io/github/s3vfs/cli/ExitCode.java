package io.github.s3vfs.cli;

/** What the program ends with; the README lists them. */
final class ExitCode {
  /** All is done. */
  static final int OK = 0;

  /** Anything that has no number of its own: SQL that fails, a local file that cannot be used. */
  static final int FAILURE = 1;

  /** A command line, name or setting that cannot be meant. */
  static final int USAGE = 2;

  /** The bucket, database, version, object or local file is not there. */
  static final int NOT_FOUND = 3;

  /** Another writer has the database, or was faster, or there is something already. */
  static final int BUSY = 4;

  /** What is stored is damaged. */
  static final int DAMAGED = 5;

  /** S3 refused the credentials, or what they may do. */
  static final int DENIED = 6;

  /** S3 did not answer. */
  static final int UNAVAILABLE = 7;

  /** Interrupted, as by Ctrl-C. */
  static final int INTERRUPTED = 130;

  private ExitCode() {}
}
