package io.github.s3vfs.cli;

import io.github.s3vfs.S3VfsException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.sql.SQLException;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A failure as the user is told of it.
 *
 * @param code what the program ends with
 * @param message one line
 */
record Failure(int code, String message) {
  private static final Pattern LINES = Pattern.compile("\\s*[\\r\\n]+\\s*");

  private static final int SQLITE_BUSY = 5;
  private static final int SQLITE_LOCKED = 6;
  private static final int SQLITE_INTERRUPT = 9;
  private static final int SQLITE_CORRUPT = 11;
  private static final int SQLITE_NOTADB = 26;

  /** What an exception means to the user. */
  static Failure of(Throwable thrown) {
    S3VfsException s3 = s3(thrown);
    if (s3 != null) {
      return new Failure(code(s3), line(message(thrown)));
    }
    if (thrown instanceof SQLException sql) {
      return new Failure(code(sql), line(message(sql)));
    }
    if (thrown instanceof UncheckedIOException io) {
      return of(Objects.requireNonNull(io.getCause()));
    }
    if (thrown instanceof Refusal refusal) {
      return new Failure(refusal.code(), line(message(refusal)));
    }
    if (thrown instanceof NoSuchFileException || thrown instanceof FileNotFoundException) {
      return new Failure(ExitCode.NOT_FOUND, line(message(thrown)) + ": no such file");
    }
    if (thrown instanceof AccessDeniedException) {
      return new Failure(ExitCode.FAILURE, line(message(thrown)) + ": permission denied");
    }
    if (thrown instanceof FileAlreadyExistsException) {
      return new Failure(
          ExitCode.BUSY, line(message(thrown)) + " is there already (--force replaces it)");
    }
    if (thrown instanceof InterruptedIOException || thrown instanceof InterruptedException) {
      return new Failure(ExitCode.INTERRUPTED, "interrupted");
    }
    String message = thrown.getMessage();
    return new Failure(
        ExitCode.FAILURE,
        line(thrown instanceof IOException && message != null ? message : thrown.toString()));
  }

  private static String message(Throwable thrown) {
    String message = thrown.getMessage();
    return message == null ? thrown.toString() : message;
  }

  /** The library's error, where there is one. */
  private static @Nullable S3VfsException s3(Throwable thrown) {
    Throwable at = thrown;
    for (int depth = 0; at != null && depth < 8; depth++) {
      if (at instanceof S3VfsException s3) {
        return s3;
      }
      at = at.getCause();
    }
    return null;
  }

  private static int code(S3VfsException s3) {
    if (s3.getCause() instanceof SQLException sql) {
      return code(sql);
    }
    return switch (s3.kind()) {
      case NOT_FOUND, EXPIRED -> ExitCode.NOT_FOUND;
      case ACCESS_DENIED -> ExitCode.DENIED;
      case BUSY, CONFLICT -> ExitCode.BUSY;
      case CORRUPT -> ExitCode.DAMAGED;
      case UNAVAILABLE -> ExitCode.UNAVAILABLE;
      case INVALID -> ExitCode.USAGE;
      case INTERRUPTED -> ExitCode.INTERRUPTED;
      case READ_ONLY, UNSUPPORTED, CLOSED, INTERNAL -> ExitCode.FAILURE;
    };
  }

  private static int code(SQLException sql) {
    return switch (sql.getErrorCode() & 0xff) {
      case SQLITE_BUSY, SQLITE_LOCKED -> ExitCode.BUSY;
      case SQLITE_INTERRUPT -> ExitCode.INTERRUPTED;
      case SQLITE_CORRUPT, SQLITE_NOTADB -> ExitCode.DAMAGED;
      default -> ExitCode.FAILURE;
    };
  }

  private static String line(String text) {
    return LINES.matcher(text.strip()).replaceAll(" ");
  }
}
