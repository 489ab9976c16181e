package io.github.s3vfs.transfer;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.io.IOException;
import java.io.InterruptedIOException;

/** Failures of S3 where a stream must throw an {@link IOException}. */
final class StreamFailure {
  private StreamFailure() {}

  /** With the same message, and the exception as its cause. */
  static IOException of(S3VfsException e) {
    IOException failure =
        e.kind() == ErrorKind.INTERRUPTED
            ? new InterruptedIOException(e.getMessage())
            : new IOException(e.getMessage());
    failure.initCause(e);
    return failure;
  }

  /** The failure of S3 that {@link #of} was made of; else one that says what the stream said. */
  static S3VfsException cause(IOException e, String what) {
    return e.getCause() instanceof S3VfsException s
        ? s
        : new S3VfsException(ErrorKind.INTERNAL, what + ": " + e, e);
  }
}
