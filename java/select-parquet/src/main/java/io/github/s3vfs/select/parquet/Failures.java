package io.github.s3vfs.select.parquet;

import io.github.s3vfs.select.ObjectSource;
import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import java.io.IOException;
import java.io.InterruptedIOException;

/** Exceptions as those of queries. */
final class Failures {
  private Failures() {}

  /** Parquet that is not as it must be. */
  static SelectException damaged(String what) {
    return new SelectException(SelectError.PARQUET_PARSING_ERROR, what);
  }

  /**
   * The same, found by a decoder, which may throw whatever it likes; or what was known before, or
   * the {@link SourceFailure}.
   */
  static RuntimeException damaged(String where, Exception cause) {
    for (Throwable t = cause; t != null; t = t.getCause()) {
      if (t instanceof SelectException known) {
        return known;
      } else if (t instanceof SourceFailure thrown) {
        return thrown;
      }
    }
    return new SelectException(
        SelectError.PARQUET_PARSING_ERROR, where + ": " + text(cause), cause);
  }

  private static String text(Exception cause) {
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }

  /** Bytes that did not come. */
  static SelectException unread(ObjectSource source, IOException cause) {
    return cause instanceof InterruptedIOException
        ? new SelectException(SelectError.INTERRUPTED, source.name() + ": interrupted", cause)
        : new SelectException(
            SelectError.READ_FAILED, source.name() + ": " + cause.getMessage(), cause);
  }
}
