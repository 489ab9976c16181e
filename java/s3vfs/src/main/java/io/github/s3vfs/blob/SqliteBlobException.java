package io.github.s3vfs.blob;

import java.io.IOException;
import java.io.Serial;
import java.sql.SQLException;

/**
 * An {@code SQLException} where only an {@code IOException} may be thrown: what SQLite, or S3
 * behind it, has failed with.
 */
public final class SqliteBlobException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  private final SQLException failure;

  SqliteBlobException(SQLException failure) {
    super(failure.getMessage(), failure);
    this.failure = failure;
  }

  /**
   * What has failed; also the cause of this exception. Its {@code getErrorCode()} is SQLite's
   * result code: 4 (ABORT) if the row was changed by something else than the blob, 5 (BUSY), 8
   * (READONLY), 10 (IOERR), 21 (MISUSE) and others. Its own cause is a {@link
   * io.github.s3vfs.S3VfsException} if S3 failed.
   */
  public SQLException sqlException() {
    return failure;
  }
}
