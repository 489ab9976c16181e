package io.github.s3vfs.cli;

import io.github.s3vfs.select.Dialect;
import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import java.io.IOException;

/** Errors of S3 Select as the user is told of them: with their code, and the place in the query. */
final class SelectFailure {
  private SelectFailure() {}

  /**
   * What an error means to the user.
   *
   * @param dialect whose codes the user knows
   * @throws IOException if it was only one of writing
   */
  static Refusal of(SelectException e, Dialect dialect) throws IOException {
    SelectError error = e.error();
    if (error == SelectError.INTERRUPTED || Thread.currentThread().isInterrupted()) {
      return new Refusal(ExitCode.INTERRUPTED, "interrupted", e);
    }
    if (error == SelectError.WRITE_FAILED && e.getCause() instanceof IOException failure) {
      throw failure;
    }
    String code = dialect == Dialect.CEPH ? error.cephCode() : error.code();
    return new Refusal(exitCode(error), code + ": " + e.getMessage(), e);
  }

  private static int exitCode(SelectError error) {
    return switch (error) {
      case INVALID_REQUEST, INVALID_SCAN_RANGE, UNSUPPORTED_SCAN_RANGE -> ExitCode.USAGE;
      case OBJECT_CHANGED -> ExitCode.BUSY;
      case INVALID_COMPRESSION_FORMAT, TRUNCATED_INPUT, NOT_PARQUET, PARQUET_PARSING_ERROR ->
          ExitCode.DAMAGED;
      default -> ExitCode.FAILURE; // or that of what S3 failed with
    };
  }
}
