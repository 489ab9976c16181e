package io.github.s3vfs.csv;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.sql.SQLException;

/**
 * Work with S3 objects. Their streams fail with an {@link IOException}, other methods with an
 * {@link S3VfsException}; callers get the latter always, and for an interrupt the former.
 */
@FunctionalInterface
interface S3Work<T> {
  T run() throws IOException, SQLException;

  static <T> T of(S3Work<T> work) throws IOException, SQLException {
    try {
      return work.run();
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      if (e.getCause() instanceof S3VfsException cause) {
        for (Throwable suppressed : e.getSuppressed()) {
          cause.addSuppressed(suppressed);
        }
        throw cause;
      }
      throw e;
    } catch (S3VfsException e) {
      if (e.kind() == ErrorKind.INTERRUPTED) {
        InterruptedIOException interrupted = new InterruptedIOException(e.getMessage());
        interrupted.initCause(e);
        throw interrupted;
      }
      throw e;
    }
  }
}
