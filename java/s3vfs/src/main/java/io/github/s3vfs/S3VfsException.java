package io.github.s3vfs;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An error of this library. The message names what is concerned: bucket, key, range, HTTP status
 * and S3's request id where there are such; never a secret. SQLite shows its callers only a result
 * code; connections made by {@link io.github.s3vfs.jdbc.S3VfsDriver} carry this exception as the
 * cause of the {@link java.sql.SQLException}.
 */
public final class S3VfsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What went wrong. */
  private final ErrorKind kind;

  /**
   * @param kind what went wrong
   * @param message a sentence that names what is concerned
   */
  public S3VfsException(ErrorKind kind, String message) {
    this(kind, message, null);
  }

  /**
   * @param kind what went wrong
   * @param message a sentence that names what is concerned
   * @param cause what it came from, or null
   */
  public S3VfsException(ErrorKind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = Objects.requireNonNull(kind, "kind");
  }

  /**
   * What went wrong, by what a caller can do about it.
   *
   * @return the kind
   */
  public ErrorKind kind() {
    return kind;
  }
}
