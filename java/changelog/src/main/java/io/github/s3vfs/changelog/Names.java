package io.github.s3vfs.changelog;

/** Names of tables and columns, as SQLite compares and writes them. */
final class Names {
  private Names() {}

  /** In lower case as by the collation NOCASE: ASCII only. */
  static String folded(String name) {
    StringBuilder folded = new StringBuilder(name.length());
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      folded.append(c >= 'A' && c <= 'Z' ? (char) (c + 32) : c);
    }
    return folded.toString();
  }

  /** Whether they are the same to SQLite. */
  static boolean same(String a, String b) {
    return folded(a).equals(folded(b));
  }

  /** As an identifier of SQL. */
  static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
