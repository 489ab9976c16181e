package io.github.s3vfs.csv;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;

/** Names of tables and columns in SQL. */
final class SqlName {
  private SqlName() {}

  /** In quotes, whatever it is. */
  static String quoted(String name) {
    if (name.indexOf('\0') >= 0) {
      throw new S3VfsException(ErrorKind.INVALID, "a name has the character NUL");
    }
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  /** The same for names that SQLite takes for the same: A to Z in either case. */
  static String folded(String name) {
    StringBuilder folded = new StringBuilder(name);
    for (int i = 0; i < folded.length(); i++) {
      char c = folded.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        folded.setCharAt(i, (char) (c - 'A' + 'a'));
      }
    }
    return folded.toString();
  }
}
