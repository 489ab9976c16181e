package io.github.s3vfs.select.internal.io;

import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import java.io.IOException;

/** Exceptions of streams to those of queries. */
final class Failures {
  private Failures() {}

  /** A failure of reading. Those of the source itself carry the mark of {@link SourceStream}. */
  static RuntimeException of(String name, IOException e, boolean compressed) {
    Throwable cause = e;
    while (cause != null) {
      if (cause instanceof SourceStream.Failure failure) {
        return failure.meaning(name);
      } else if (cause instanceof SourceStream.Thrown thrown) {
        return thrown.exception();
      }
      cause = cause.getCause();
    }
    SelectError error =
        compressed ? SelectError.INVALID_COMPRESSION_FORMAT : SelectError.READ_FAILED;
    return new SelectException(error, name + ": " + e.getMessage(), e);
  }
}
