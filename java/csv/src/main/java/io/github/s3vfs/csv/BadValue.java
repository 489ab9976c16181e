package io.github.s3vfs.csv;

/** A field does not fit its column. The message says what is wrong, without the value. */
final class BadValue extends Exception {
  private static final long serialVersionUID = 1L;

  BadValue(String problem) {
    super(problem, null, false, false);
  }
}
