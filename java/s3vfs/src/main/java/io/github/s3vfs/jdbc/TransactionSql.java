package io.github.s3vfs.jdbc;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Recognises SQL that begins or ends a transaction, by how it begins. */
final class TransactionSql {
  private TransactionSql() {}

  /**
   * {@code BEGIN}, {@code COMMIT}, {@code END} or {@code ROLLBACK}, if the first statement is one
   * of these, and not {@code ROLLBACK TO} a savepoint; otherwise null.
   */
  static @Nullable String controlWord(String sql) {
    int at = skip(sql, 0);
    String word = word(sql, at);
    return switch (word) {
      case "BEGIN", "COMMIT", "END" -> word;
      case "ROLLBACK" -> isToSavepoint(sql, at + word.length()) ? null : word;
      default -> null;
    };
  }

  private static boolean isToSavepoint(String sql, int behindRollback) {
    int at = skip(sql, behindRollback);
    String word = word(sql, at);
    return word.equals("TO")
        || (word.equals("TRANSACTION") && word(sql, skip(sql, at + word.length())).equals("TO"));
  }

  /** Behind white space, comments and empty statements. */
  private static int skip(String sql, int from) {
    int at = from;
    while (at < sql.length()) {
      if (sql.startsWith("--", at)) {
        at = end(sql, "\n", at);
      } else if (sql.startsWith("/*", at)) {
        at = end(sql, "*/", at + 2);
      } else if (sql.charAt(at) == ';' || sql.charAt(at) == '\uFEFF') {
        at++;
      } else if (Character.isWhitespace(sql.charAt(at))) {
        at++;
      } else {
        return at;
      }
    }
    return at;
  }

  private static int end(String sql, String mark, int from) {
    int at = sql.indexOf(mark, from);
    return at < 0 ? sql.length() : at + mark.length();
  }

  /** The letters there, in upper case, twelve at most. */
  private static String word(String sql, int from) {
    int to = from;
    while (to < sql.length() && to < from + 12 && Character.isLetter(sql.charAt(to))) {
      to++;
    }
    return sql.substring(from, to).toUpperCase(Locale.ROOT);
  }
}
