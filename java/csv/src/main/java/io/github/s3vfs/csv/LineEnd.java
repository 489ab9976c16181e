package io.github.s3vfs.csv;

/** What ends a record. All three are read, whatever the file has. */
public enum LineEnd {
  /** Carriage return and line feed, as RFC 4180 has it. */
  CRLF,
  /** Line feed. */
  LF,
  /** Carriage return. */
  CR
}
