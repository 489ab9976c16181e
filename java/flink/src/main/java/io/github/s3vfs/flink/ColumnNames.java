package io.github.s3vfs.flink;

import java.util.List;

/** Names of columns as SQLite compares them: by the case of letters of ASCII it does not. */
final class ColumnNames {
  private ColumnNames() {}

  /** Whether they are the same to SQLite. */
  static boolean same(String a, String b) {
    return folded(a).equals(folded(b));
  }

  /** Where a name is among others, as it is written or else but for case; -1 if it is not. */
  static int index(List<String> names, String wanted) {
    int exact = names.indexOf(wanted);
    for (int i = 0; exact < 0 && i < names.size(); i++) {
      if (same(names.get(i), wanted)) {
        return i;
      }
    }
    return exact;
  }

  private static String folded(String name) {
    StringBuilder folded = new StringBuilder(name.length());
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      folded.append(c >= 'A' && c <= 'Z' ? (char) (c + 32) : c);
    }
    return folded.toString();
  }
}
