package io.github.s3vfs.transfer;

/** What ends the line of a header. */
public enum LineEnd {
  /**
   * As lines of the source end: its first line feed that is not in quotes tells, with what is in
   * front of it; a carriage return if there are only such; a line feed if there is neither.
   */
  AS_SOURCE(""),
  /** A line feed. */
  LF("\n"),
  /** A carriage return. */
  CR("\r"),
  /** A carriage return and a line feed. */
  CRLF("\r\n"),
  /** Nothing: the header is put in front as it is. */
  NONE("");

  private final String text;

  LineEnd(String text) {
    this.text = text;
  }

  /** The characters; none for {@code AS_SOURCE}, too. */
  String text() {
    return text;
  }
}
