package io.github.s3vfs.internal.layout;

/**
 * SQLite's file lock levels, in its order (https://sqlite.org/lockingv3.html); the ordinal is
 * SQLite's number.
 */
public enum LockLevel {
  /** Nothing. */
  NONE,
  /** Reading. */
  SHARED,
  /** Going to write; readers may still begin. */
  RESERVED,
  /** Waiting for readers to end; none may begin. Never asked for by SQLite itself. */
  PENDING,
  /** Writing, alone. */
  EXCLUSIVE;

  private static final LockLevel[] LEVELS = values();

  /** The level of SQLite's number 0 to 4. */
  public static LockLevel of(int number) {
    return LEVELS[number];
  }
}
