package io.github.s3vfs.select;

/** Which fields of CSV output are put into quotes. */
public enum QuoteFields {
  /** Those that hold a delimiter or a quote. */
  ASNEEDED,
  /** All. */
  ALWAYS,
  /** None, whatever they hold. */
  NEVER
}
