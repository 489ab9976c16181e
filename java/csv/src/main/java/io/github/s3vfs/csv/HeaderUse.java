package io.github.s3vfs.csv;

/** What the first record is. */
public enum HeaderUse {
  /** The names of the columns, in any order; letters A to Z in either case, as in SQLite. */
  NAMES,
  /** A header that does not count: fields go by their position. */
  IGNORE,
  /** Data: fields go by their position. */
  NONE
}
