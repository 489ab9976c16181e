package io.github.s3vfs.select.parquet;

/**
 * Carries what a source has thrown, beside IOExceptions, through a decoder, which may take anything
 * for damage. Never leaves the package.
 */
final class SourceFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final RuntimeException exception;

  SourceFailure(RuntimeException exception) {
    super(exception);
    this.exception = exception;
  }

  /** What was thrown. */
  RuntimeException exception() {
    return exception;
  }
}
