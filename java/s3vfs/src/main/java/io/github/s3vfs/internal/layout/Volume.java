package io.github.s3vfs.internal.layout;

import java.time.Duration;

/** One database's storage, shared by all connections of the process. Thread-safe. */
public interface Volume {

  /**
   * Looks at the stored database. What it learns serves the session's first read, if that comes
   * soon.
   *
   * @param mustExist whether a database that is not there is an error
   * @param maxStaleness how old the view of a new read transaction may be
   * @throws io.github.s3vfs.S3VfsException {@code NOT_FOUND} for a missing bucket or database,
   *     {@code CORRUPT} when what is stored is no SQLite database, or what the store failed with
   */
  Session connect(boolean mustExist, Duration maxStaleness);

  /** The rollback journal of this database. */
  Journal journal();
}
