package io.github.s3vfs.select.internal.sql;

import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import io.github.s3vfs.select.internal.eval.Step;
import io.github.s3vfs.select.internal.sql.Query.Projection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Statements: SELECT, FROM, WHERE, LIMIT. */
final class Parser {
  /** Longest query in bytes of UTF-8, as S3 has it. */
  static final int MAX_BYTES = 256 << 10;

  private final String text;
  private final TokenStream tokens;
  private final ExpressionParser expressions;

  Parser(String text) {
    if (text.length() > MAX_BYTES || text.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
      throw new SelectException(
          SelectError.EXPRESSION_TOO_LONG,
          "the query is longer than " + MAX_BYTES + " bytes, the most there can be");
    }
    this.text = text;
    this.tokens = new TokenStream(text);
    this.expressions = new ExpressionParser(tokens);
  }

  Query query() {
    tokens.expectWord("SELECT");
    expressions.refuseQuantifier();
    List<Projection> projections = new ArrayList<>();
    do {
      projections.add(projection());
    } while (tokens.takeSymbol(","));
    if (!tokens.peekWord("FROM")) {
      throw tokens.unexpected(SelectError.PARSE_SELECT_MISSING_FROM, "',' or FROM");
    }
    int fromAt = tokens.take().at();
    List<Step> from = from();
    String alias = tableAlias();
    Node where = tokens.takeWord("WHERE") ? expressions.expression() : null;
    refuseOther();
    long limit = tokens.takeWord("LIMIT") ? limit() : -1;
    while (tokens.takeSymbol(";")) {}
    if (tokens.peek().kind() != Token.Kind.END) {
      refuseOther();
      String expected =
          limit >= 0
              ? "the end of the query"
              : where == null
                  ? "WHERE, LIMIT or the end of the query"
                  : "an operator, LIMIT or the end of the query";
      throw tokens.unexpected(SelectError.PARSE_UNEXPECTED_TOKEN, expected);
    }
    projections.replaceAll(each -> star(each, alias));
    return new Query(text, projections, from, fromAt, alias, where, limit);
  }

  /** {@code alias.*} is the same as {@code *}. */
  private static Projection star(Projection projection, @Nullable String tableAlias) {
    if (projection.expression() instanceof Node.Name name
        && name.steps().size() == 2
        && name.steps().get(1).isAny()
        && Names.withoutTable(name.steps(), tableAlias).size() == 1) {
      return new Projection(null, null, projection.at());
    }
    return projection;
  }

  private Projection projection() {
    int at = tokens.peek().at();
    if (tokens.takeSymbol("*")) {
      return new Projection(null, null, at);
    }
    Node expression = expressions.expression();
    String alias = null;
    if (tokens.takeWord("AS")) {
      alias = isQuotedName() ? tokens.take().text() : name("an alias");
    } else if (tokens.peek().kind() == Token.Kind.WORD && !tokens.peekWord("FROM")) {
      alias = name("an alias");
    }
    return new Projection(expression, alias, at);
  }

  /** Whether a name in double quotes is next, which is a text anywhere else. */
  private boolean isQuotedName() {
    Token token = tokens.peek();
    return token.kind() == Token.Kind.STRING
        && text.charAt(token.at()) == '"'
        && !token.text().isEmpty();
  }

  private String name(String what) {
    Token token = tokens.peek();
    if (token.kind() != Token.Kind.WORD || ExpressionParser.isReserved(token.text())) {
      throw tokens.unexpected(SelectError.PARSE_UNEXPECTED_TOKEN, what);
    }
    return tokens.take().text();
  }

  private List<Step> from() {
    List<Step> path = new ArrayList<>();
    Token token = tokens.peek();
    if (token.isSymbol("/")) {
      tokens.takePath();
      return path;
    } else if (tokens.takeWord("STDIN")) {
      return path;
    } else if (!tokens.takeWord("S3OBJECT")) {
      throw tokens.unexpected(
          SelectError.PARSE_UNEXPECTED_TOKEN, "S3OBJECT, STDIN or a path after FROM");
    }
    while (true) {
      if (tokens.takeSymbol("[")) {
        if (tokens.takeSymbol("*")) {
          path.add(Step.each());
        } else {
          path.add(expressions.element());
        }
        tokens.expectSymbol("]");
      } else if (tokens.takeSymbol(".")) {
        path.add(tokens.takeSymbol("*") ? Step.any() : expressions.key());
      } else {
        return path;
      }
      if (path.size() > ExpressionParser.MAX_DEPTH) {
        throw tokens.error(
            SelectError.EXPRESSION_TOO_DEEP,
            tokens.peek(),
            "a path has at most " + ExpressionParser.MAX_DEPTH + " steps");
      }
    }
  }

  private @Nullable String tableAlias() {
    String alias = null;
    if (tokens.takeWord("AS")) {
      alias = name("an alias of the table");
    } else if (tokens.peek().kind() == Token.Kind.WORD
        && !ExpressionParser.isReserved(tokens.peek().text())) {
      alias = tokens.take().text();
    }
    if (tokens.peek().isSymbol(",")) {
      throw tokens.error(
          SelectError.PARSE_UNSUPPORTED_ALIAS,
          tokens.peek(),
          "query can not contain more then a single table-alias");
    }
    return alias;
  }

  private void refuseOther() {
    for (String word : List.of("GROUP", "ORDER", "HAVING", "UNION", "JOIN", "OFFSET")) {
      if (tokens.peekWord(word)) {
        throw tokens.error(
            SelectError.PARSE_UNSUPPORTED_SELECT,
            tokens.peek(),
            "S3 Select has no " + word + "; expected WHERE, LIMIT or the end of the query");
      }
    }
  }

  private long limit() {
    Token token = tokens.peek();
    if (token.kind() != Token.Kind.INTEGER) {
      throw tokens.unexpected(SelectError.PARSE_UNEXPECTED_TOKEN, "a number of rows");
    }
    tokens.take();
    return token.text().length() > 18 ? Long.MAX_VALUE : Long.parseLong(token.text());
  }
}
