package io.github.s3vfs.select.internal.table;

import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;

/** Failures as SQLite's callers see them, who get the message only. */
final class TableFailure {
  private TableFailure() {}

  /**
   * With the code of the error and the object in the message; what a source throws has one, too.
   */
  static SelectException of(String url, RuntimeException thrown) {
    SelectException e =
        thrown instanceof SelectException known
            ? known
            : new SelectException(SelectError.READ_FAILED, thrown.toString(), thrown);
    String message = e.getMessage();
    String place = message.contains(url) ? "" : url + ": ";
    return new SelectException(e.error(), e.code() + ": " + place + message, e);
  }
}
