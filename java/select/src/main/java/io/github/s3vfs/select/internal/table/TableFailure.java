package io.github.s3vfs.select.internal.table;

import io.github.s3vfs.select.SelectException;

/** Failures as SQLite's callers see them, who get the message only. */
final class TableFailure {
  private TableFailure() {}

  /** With the code of the error and the object in the message. */
  static SelectException of(String url, SelectException e) {
    String message = e.getMessage();
    String place = message.contains(url) ? "" : url + ": ";
    return new SelectException(e.error(), e.code() + ": " + place + message, e);
  }
}
