package io.github.s3vfs.select.internal.sql;

/**
 * A word of a query.
 *
 * @param kind what it is
 * @param text without quotes; of words as they are written
 * @param at where it begins in the query
 */
record Token(Kind kind, String text, int at) {
  enum Kind {
    WORD,
    INTEGER,
    NUMBER,
    /** In single or double quotes. */
    STRING,
    /** In backticks. */
    TIMESTAMP,
    SYMBOL,
    END
  }

  boolean isWord(String word) {
    return kind == Kind.WORD && text.equalsIgnoreCase(word);
  }

  boolean isSymbol(String symbol) {
    return kind == Kind.SYMBOL && text.equals(symbol);
  }

  /** As messages call it. */
  String shown() {
    return switch (kind) {
      case END -> "the end of the query";
      case STRING -> "the string '" + shortened() + "'";
      default -> "'" + shortened() + "'";
    };
  }

  private String shortened() {
    return text.length() <= 40 ? text : text.substring(0, 37) + "...";
  }
}
