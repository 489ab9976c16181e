package io.github.s3vfs.select;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The only exception of a query. Errors of the query's text say where in it they are, and what was
 * expected there.
 */
public final class SelectException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What went wrong. */
  private final SelectError error;

  /** Where in the query, from 1; 0 if nowhere. */
  private final int line;

  private final int column;

  /**
   * An error that is not of a place in the query.
   *
   * @param error what went wrong
   * @param message a sentence
   */
  public SelectException(SelectError error, String message) {
    this(error, message, 0, 0, null);
  }

  /**
   * An error with a cause.
   *
   * @param error what went wrong
   * @param message a sentence
   * @param cause what it came from
   */
  public SelectException(SelectError error, String message, Throwable cause) {
    this(error, message, 0, 0, cause);
  }

  /**
   * An error at a place in the query.
   *
   * @param error what went wrong
   * @param message a sentence, without the place
   * @param line in the query, from 1; 0 for none
   * @param column in the line, in characters, from 1; 0 for none
   * @param cause what it came from, or null
   */
  public SelectException(
      SelectError error, String message, int line, int column, @Nullable Throwable cause) {
    super(line == 0 ? message : "line " + line + ", column " + column + ": " + message, cause);
    this.error = Objects.requireNonNull(error, "error");
    this.line = line;
    this.column = column;
  }

  /** What went wrong, and the place. */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }

  /**
   * What went wrong.
   *
   * @return the error
   */
  public SelectError error() {
    return error;
  }

  /**
   * AWS's code of the error.
   *
   * @return one word
   */
  public String code() {
    return error.code();
  }

  /**
   * Where in the query.
   *
   * @return the line, from 1, or 0 if it is not of a place in the query
   */
  public int line() {
    return line;
  }

  /**
   * Where in the line.
   *
   * @return the column in characters, from 1, or 0
   */
  public int column() {
    return column;
  }
}
