package io.github.s3vfs.select;

/** What the first record of a CSV object is. */
public enum FileHeaderInfo {
  /** A row like the others. */
  NONE,
  /** Names of columns that a query may use. */
  USE,
  /** Names that are skipped. */
  IGNORE
}
