package io.github.s3vfs.transfer;

/** What ends the line of a header. */
public enum LineEnd {
  /** As the first line of the source ends; a line feed if it has none. */
  AS_SOURCE(""),
  /** A line feed. */
  LF("\n"),
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
