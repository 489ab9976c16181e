package io.github.s3vfs.cli;

import java.util.ArrayDeque;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Cuts SQL into statements, at the semicolons at which SQLite's sqlite3_complete() says that a
 * statement ends: none within strings, names, comments and the bodies of triggers. Not thread-safe.
 */
final class StatementSplitter {
  private enum Within {
    NOTHING,
    SINGLE_QUOTES,
    DOUBLE_QUOTES,
    BACKTICKS,
    BRACKETS,
    LINE_COMMENT,
    BLOCK_COMMENT
  }

  /** The states and tokens of https://sqlite.org/src/file?name=src/complete.c, in its order. */
  private static final int START = 1;

  private static final int SEMI = 0;
  private static final int OTHER = 2;

  private static final int[][] NEXT = {
    {1, 0, 2, 3, 4, 2, 2, 2}, // invalid
    {1, 1, 2, 3, 4, 2, 2, 2}, // start
    {1, 2, 2, 2, 2, 2, 2, 2}, // normal
    {1, 3, 3, 2, 4, 2, 2, 2}, // explain
    {1, 4, 2, 2, 2, 4, 5, 2}, // create
    {6, 5, 5, 5, 5, 5, 5, 5}, // trigger
    {6, 6, 5, 5, 5, 5, 5, 7}, // semicolon in a trigger
    {1, 7, 5, 5, 5, 5, 5, 5}, // end of a trigger
  };

  private static final Map<String, Integer> WORDS =
      Map.of("EXPLAIN", 3, "CREATE", 4, "TEMP", 5, "TEMPORARY", 5, "TRIGGER", 6, "END", 7);

  private final StringBuilder statement = new StringBuilder();
  private final StringBuilder word = new StringBuilder();
  private final Queue<String> complete = new ArrayDeque<>();
  private Within within = Within.NOTHING;
  private int state;
  private boolean blank = true;
  private char before;

  /** Takes more text. */
  void add(CharSequence text) {
    for (int i = 0; i < text.length(); i++) {
      add(text.charAt(i));
    }
  }

  /** The next complete statement, or null. */
  @Nullable String next() {
    return complete.poll();
  }

  /** Whether what is left over is nothing but blanks and comments. */
  boolean isBlank() {
    return blank && within != Within.BLOCK_COMMENT;
  }

  /** What is left over, as the last statement; null if it is blank. */
  @Nullable String rest() {
    endWord();
    String rest = blank ? null : statement.toString();
    clear();
    return rest;
  }

  /** Forgets what is left over. */
  void clear() {
    statement.setLength(0);
    word.setLength(0);
    within = Within.NOTHING;
    state = 0;
    blank = true;
    before = 0;
  }

  private void add(char c) {
    statement.append(c);
    char last = before;
    before = c;
    switch (within) {
      case NOTHING -> outside(c, last);
      case SINGLE_QUOTES -> leave(c == '\'');
      case DOUBLE_QUOTES -> leave(c == '"');
      case BACKTICKS -> leave(c == '`');
      case BRACKETS -> leave(c == ']');
      case LINE_COMMENT -> leave(c == '\n');
      case BLOCK_COMMENT -> leave(c == '/' && last == '*');
    }
  }

  private void leave(boolean ends) {
    if (ends) {
      within = Within.NOTHING;
      before = 0;
    }
  }

  private void outside(char c, char last) {
    if ((last == '-' && c != '-') || (last == '/' && c != '*')) {
      token(OTHER); // it was no comment, but an operator
    }
    if (Character.isLetterOrDigit(c) || c == '_' || c == '$' || c > 0x7f) {
      word.append(c);
      blank = false;
      return;
    }
    endWord();
    switch (c) {
      case '\'' -> enter(Within.SINGLE_QUOTES);
      case '"' -> enter(Within.DOUBLE_QUOTES);
      case '`' -> enter(Within.BACKTICKS);
      case '[' -> enter(Within.BRACKETS);
      case ';' -> semicolon();
      case '-' -> comment(last == '-', Within.LINE_COMMENT);
      case '*' -> comment(last == '/', Within.BLOCK_COMMENT);
      case '/' -> {} // what is behind it tells
      default -> {
        if (!Character.isWhitespace(c)) {
          token(OTHER);
        }
      }
    }
  }

  private void comment(boolean begins, Within comment) {
    if (begins) {
      within = comment;
      before = 0;
    } else if (comment == Within.BLOCK_COMMENT) {
      token(OTHER); // a star
    }
  }

  private void enter(Within quotes) {
    token(OTHER);
    within = quotes;
  }

  private void token(int token) {
    blank = false;
    state = NEXT[state][token];
  }

  private void endWord() {
    if (word.length() > 0) {
      token(WORDS.getOrDefault(word.toString().toUpperCase(Locale.ROOT), OTHER));
      word.setLength(0);
    }
  }

  private void semicolon() {
    state = NEXT[state][SEMI];
    if (state != START) {
      return;
    }
    if (!blank) {
      complete.add(statement.toString().strip());
    }
    clear();
  }
}
