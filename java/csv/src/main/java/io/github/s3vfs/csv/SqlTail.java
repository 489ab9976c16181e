package io.github.s3vfs.csv;

/**
 * What is behind the first statement of some SQL, by the rules of SQLite's tokenizer
 * (https://sqlite.org/src/file?name=src/tokenize.c). Not for statements with others in them, as
 * CREATE TRIGGER.
 */
final class SqlTail {
  private final String sql;
  private int at;

  private SqlTail(String sql) {
    this.sql = sql;
  }

  /** Whether there is more than white space, comments and semicolons behind it. */
  static boolean isThere(String sql) {
    SqlTail tail = new SqlTail(sql);
    while (tail.at < sql.length() && sql.charAt(tail.at) != ';') {
      tail.skipToken();
    }
    while (tail.at < sql.length()) {
      char c = sql.charAt(tail.at);
      if (c == ';' || isSpace(c)) {
        tail.at++;
      } else if (!tail.skipComment()) {
        return true;
      }
    }
    return false;
  }

  /** A comment, something in quotes, or any other character. */
  private void skipToken() {
    if (skipComment()) {
      return;
    }
    char c = sql.charAt(at);
    if (c == '\'' || c == '"' || c == '`') {
      skipPast(String.valueOf(c), at + 1); // one that is doubled begins the next token
    } else if (c == '[') {
      skipPast("]", at + 1);
    } else {
      at++;
    }
  }

  /** If there is one here. */
  private boolean skipComment() {
    if (sql.startsWith("--", at)) {
      skipPast("\n", at + 2);
      return true;
    } else if (sql.startsWith("/*", at)) {
      skipPast("*/", at + 2);
      return true;
    }
    return false;
  }

  private void skipPast(String end, int from) {
    int found = sql.indexOf(end, from);
    at = found < 0 ? sql.length() : found + end.length();
  }

  private static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }
}
