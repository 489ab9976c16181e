package io.github.s3vfs.select.internal.sql;

import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import java.util.List;

/** The tokens of a query, with one to look at in front. */
final class TokenStream {
  private final Lexer lexer;
  private Token next;

  TokenStream(String query) {
    lexer = new Lexer(query);
    next = lexer.next();
  }

  Token peek() {
    return next;
  }

  boolean peekWord(String word) {
    return next.isWord(word);
  }

  /** What comes behind the next token. */
  List<Token> behind(int count) {
    return lexer.ahead(count);
  }

  Token take() {
    Token token = next;
    next = lexer.next();
    return token;
  }

  boolean takeWord(String word) {
    if (next.isWord(word)) {
      take();
      return true;
    }
    return false;
  }

  boolean takeSymbol(String symbol) {
    if (next.isSymbol(symbol)) {
      take();
      return true;
    }
    return false;
  }

  void expectWord(String word) {
    if (!takeWord(word)) {
      throw unexpected(SelectError.PARSE_EXPECTED_KEYWORD, word);
    }
  }

  void expectSymbol(String symbol) {
    if (!takeSymbol(symbol)) {
      throw unexpected(SelectError.PARSE_UNEXPECTED_TOKEN, "'" + symbol + "'");
    }
  }

  /** Takes a path that begins with the slash that is next. */
  void takePath() {
    lexer.path();
    next = lexer.next();
  }

  SelectException unexpected(SelectError error, String expected) {
    return error(error, next, "expected " + expected + ", found " + next.shown());
  }

  SelectException error(SelectError error, Token at, String message) {
    return lexer.error(error, at.at(), message);
  }

  SelectException error(SelectError error, int at, String message) {
    return lexer.error(error, at, message);
  }
}
