package io.github.s3vfs.csv;

/** Which fields are put in quotes. NULL never is. */
public enum QuotePolicy {
  /** Those that have to be, and empty text, so that it differs from NULL. */
  REQUIRED,
  /** All but numbers, so that text which looks like a number differs from one. */
  TEXT,
  /** All. */
  ALL
}
