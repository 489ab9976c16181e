package io.github.s3vfs.csv;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * CSV that cannot be read or written as it was asked for. The message names line and column, and
 * shows the beginning of the value.
 */
public final class CsvException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Of the record, or 0. */
  private final long line;

  /** Of the field, or null. */
  private final @Nullable String column;

  /**
   * @param message what is wrong, and where
   * @param line where the record begins that is wrong, counted from 1; 0 if it is none
   * @param column the name of the column that is wrong, or null
   * @param cause what it came from, or null
   */
  CsvException(String message, long line, @Nullable String column, @Nullable Throwable cause) {
    super(message, cause);
    this.line = line;
    this.column = column;
  }

  CsvException(String message) {
    this(message, 0, null, null);
  }

  /**
   * Where the record begins that is wrong.
   *
   * @return the number of the line, counted from 1; in an export that of the row. 0 if no record is
   */
  public long line() {
    return line;
  }

  /**
   * The column that is wrong.
   *
   * @return its name, or null if it is not one
   */
  public @Nullable String column() {
    return column;
  }
}
