package io.github.s3vfs.select.internal.sql;

import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import java.util.ArrayList;
import java.util.List;

/** Characters to tokens, one at a time. */
final class Lexer {
  private static final int ZERO_WIDTH_NON_JOINER = 0x200C;
  private static final int ZERO_WIDTH_JOINER = 0x200D;

  private final String query;
  private int position;

  Lexer(String query) {
    this.query = query;
  }

  /** The tokens behind those that were taken, without taking them. */
  List<Token> ahead(int count) {
    int before = position;
    List<Token> tokens = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      tokens.add(next());
    }
    position = before;
    return tokens;
  }

  Token next() {
    while (position < query.length() && Character.isWhitespace(query.charAt(position))) {
      position++;
    }
    int start = position;
    if (start == query.length()) {
      return new Token(Token.Kind.END, "", start);
    }
    char c = query.charAt(start);
    int first = query.codePointAt(start);
    if (Character.isUnicodeIdentifierStart(first) || c == '_') {
      return word(start);
    } else if (isDigit(c) || (c == '.' && start + 1 < query.length() && isDigit(peek(1)))) {
      return number(start);
    }
    return switch (c) {
      case '\'', '"' -> quoted(Token.Kind.STRING, c);
      case '`' -> quoted(Token.Kind.TIMESTAMP, c);
      default -> symbol(start, c);
    };
  }

  /** The rest of a path that began with a slash, up to white space or a semicolon. */
  String path() {
    int start = position;
    while (position < query.length()
        && !Character.isWhitespace(query.charAt(position))
        && query.charAt(position) != ';') {
      position++;
    }
    return query.substring(start, position);
  }

  private char peek(int ahead) {
    return position + ahead < query.length() ? query.charAt(position + ahead) : '\0';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private Token word(int start) {
    while (position < query.length() && isPart(query.codePointAt(position))) {
      position += Character.charCount(query.codePointAt(position));
    }
    return new Token(Token.Kind.WORD, query.substring(start, position), start);
  }

  /** Of characters that are not seen, the two that join letters can be in a word. */
  private static boolean isPart(int c) {
    return c == ZERO_WIDTH_JOINER
        || c == ZERO_WIDTH_NON_JOINER
        || (Character.isUnicodeIdentifierPart(c) && !Character.isIdentifierIgnorable(c));
  }

  private Token number(int start) {
    digits();
    Token.Kind kind = Token.Kind.INTEGER;
    if (peek(0) == '.' && isDigit(peek(1))) {
      kind = Token.Kind.NUMBER;
      position++;
      digits();
    } else if (peek(0) == '.' && position > start) {
      kind = Token.Kind.NUMBER;
      position++;
    }
    if ((peek(0) == 'e' || peek(0) == 'E')
        && (isDigit(peek(1)) || ((peek(1) == '-' || peek(1) == '+') && isDigit(peek(2))))) {
      kind = Token.Kind.NUMBER;
      position += 2;
      digits();
    }
    return new Token(kind, query.substring(start, position), start);
  }

  private void digits() {
    while (isDigit(peek(0))) {
      position++;
    }
  }

  private Token quoted(Token.Kind kind, char quote) {
    int start = position;
    int close = query.indexOf(quote, start + 1);
    if (close < 0) {
      throw error(
          SelectError.PARSE_UNTERMINATED,
          start,
          "no closing " + quote + " for the " + quote + " here");
    }
    position = close + 1;
    return new Token(kind, query.substring(start + 1, close), start);
  }

  private Token symbol(int start, char c) {
    char second = peek(1);
    boolean pair =
        (second == '=' && (c == '<' || c == '>' || c == '!' || c == '='))
            || (c == '<' && second == '>');
    if (!pair && "()[],.;*/%^+-=<>".indexOf(c) < 0) {
      String shown =
          Character.isISOControl(c)
              ? "U+%04X".formatted((int) c)
              : query.substring(start, start + Character.charCount(query.codePointAt(start)));
      throw error(
          SelectError.LEXER_INVALID_CHAR, start, "a query can not have '" + shown + "' here");
    }
    position += pair ? 2 : 1;
    return new Token(Token.Kind.SYMBOL, query.substring(start, position), start);
  }

  /** An error at a place. */
  SelectException error(SelectError error, int at, String message) {
    int line = 1;
    int begin = 0;
    for (int i = query.indexOf('\n'); i >= 0 && i < at; i = query.indexOf('\n', i + 1)) {
      line++;
      begin = i + 1;
    }
    return new SelectException(error, message, line, query.codePointCount(begin, at) + 1, null);
  }
}
