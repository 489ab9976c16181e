package io.github.s3vfs.select.internal.sql;

import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import io.github.s3vfs.select.internal.eval.Comparing.Operator;
import io.github.s3vfs.select.internal.eval.Step;
import io.github.s3vfs.select.internal.eval.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Expressions, by precedence: OR, AND, NOT, comparisons, {@code + -}, {@code * / % ^}, signs.
 * Operators of one level go from left to right. How deep they are nested is bounded, so that
 * neither this nor what works on the tree runs out of stack.
 */
final class ExpressionParser {
  /** Most expressions within each other, and most comparisons of comparisons. */
  static final int MAX_DEPTH = 256;

  private static final Set<String> RESERVED =
      Set.of(
          "select", "from", "where", "limit", "as", "and", "or", "not", "between", "in", "like",
          "escape", "is", "case", "when", "then", "else", "end", "group", "order", "having");

  private static final Set<String> BEHIND_A_COLUMN =
      Set.of("from", "as", "and", "or", "not", "between", "in", "like", "is");

  private final TokenStream tokens;
  private final PrimaryParser primary;
  private int depth;
  private int chained;

  ExpressionParser(TokenStream tokens) {
    this.tokens = tokens;
    this.primary = new PrimaryParser(tokens, this);
  }

  static boolean isReserved(String word) {
    return RESERVED.contains(word.toLowerCase(Locale.ROOT));
  }

  Node expression() {
    deeper(tokens.peek());
    Node result = or();
    depth--;
    return result;
  }

  /**
   * DISTINCT and ALL, which would else be names: of a column whose alias is the one that is meant.
   */
  void refuseQuantifier() {
    Token word = tokens.peek();
    if (!word.isWord("DISTINCT") && !word.isWord("ALL")) {
      return;
    }
    List<Token> behind = tokens.behind(2);
    Token next = behind.get(0);
    boolean column =
        switch (next.kind()) {
          case SYMBOL -> !next.isSymbol("*") || !isEndOfExpression(behind.get(1));
          case WORD -> BEHIND_A_COLUMN.contains(next.text().toLowerCase(Locale.ROOT));
          case END -> true;
          default -> false;
        };
    if (!column) {
      throw tokens.error(
          SelectError.PARSE_UNSUPPORTED_SELECT,
          word,
          "S3 Select has no " + word.text().toUpperCase(Locale.ROOT) + "; expected an expression");
    }
  }

  private static boolean isEndOfExpression(Token token) {
    return token.isWord("FROM") || token.isSymbol(",") || token.isSymbol(")");
  }

  private void deeper(Token at) {
    if (++depth > MAX_DEPTH) {
      throw tooDeep(at.at());
    }
  }

  private SelectException tooDeep(int at) {
    return tokens.error(
        SelectError.EXPRESSION_TOO_DEEP,
        at,
        "expressions are nested deeper than " + MAX_DEPTH + ", the most there can be");
  }

  private Node or() {
    Node first = and();
    if (!tokens.peekWord("OR")) {
      return first;
    }
    List<Node> parts = new ArrayList<>(List.of(first));
    while (tokens.takeWord("OR")) {
      parts.add(and());
    }
    return new Node.Logic(first.at(), false, parts);
  }

  private Node and() {
    Node first = not();
    if (!tokens.peekWord("AND")) {
      return first;
    }
    List<Node> parts = new ArrayList<>(List.of(first));
    while (tokens.takeWord("AND")) {
      parts.add(not());
    }
    return new Node.Logic(first.at(), true, parts);
  }

  private Node not() {
    Token token = tokens.peek();
    if (!token.isWord("NOT")) {
      return comparison();
    }
    boolean opposite = false;
    boolean twice = false;
    while (tokens.takeWord("NOT")) {
      twice |= opposite;
      opposite = !opposite;
    }
    Node part = comparison();
    Node once = new Node.Not(token.at(), part);
    return opposite ? once : twice ? new Node.Not(token.at(), once) : part;
  }

  /** NOT as an operand. */
  Node nestedNot() {
    deeper(tokens.peek());
    Node result = not();
    depth--;
    return result;
  }

  private Node comparison() {
    Node left = sum();
    for (int count = 0; ; count++) {
      Node more = comparisonTail(left);
      if (more == null) {
        return left;
      } else if (count > 0 && ++chained > MAX_DEPTH) {
        throw tooDeep(more.at());
      }
      left = more;
    }
  }

  private @Nullable Node comparisonTail(Node left) {
    Token token = tokens.peek();
    Operator operator = token.kind() == Token.Kind.SYMBOL ? operator(token.text()) : null;
    if (operator != null) {
      tokens.take();
      return new Node.Compare(
          token.at(), operator, left, tokens.peekWord("NOT") ? nestedNot() : sum());
    } else if (tokens.takeWord("IS")) {
      return is(token, left);
    }
    boolean not = tokens.peekWord("NOT");
    if (not) {
      tokens.take();
    }
    Node result;
    if (tokens.takeWord("BETWEEN")) {
      Node low = sum();
      tokens.expectWord("AND");
      result = new Node.Between(token.at(), left, low, sum());
    } else if (tokens.takeWord("IN")) {
      tokens.expectSymbol("(");
      result = new Node.In(token.at(), left, list());
    } else if (tokens.takeWord("LIKE")) {
      Node pattern = sum();
      result = new Node.Like(token.at(), left, pattern, tokens.takeWord("ESCAPE") ? sum() : null);
    } else if (not) {
      throw tokens.unexpected(SelectError.PARSE_EXPECTED_KEYWORD, "BETWEEN, IN or LIKE after NOT");
    } else {
      return null;
    }
    return not ? new Node.Not(token.at(), result) : result;
  }

  private static @Nullable Operator operator(String symbol) {
    return switch (symbol) {
      case "=", "==" -> Operator.EQ;
      case "!=", "<>" -> Operator.NE;
      case "<" -> Operator.LT;
      case "<=" -> Operator.LE;
      case ">" -> Operator.GT;
      case ">=" -> Operator.GE;
      default -> null;
    };
  }

  private Node is(Token token, Node left) {
    boolean not = tokens.takeWord("NOT");
    boolean missing = tokens.takeWord("MISSING");
    if (!missing && !tokens.takeWord("NULL")) {
      throw tokens.unexpected(
          SelectError.PARSE_EXPECTED_KEYWORD, not ? "NULL or MISSING" : "NOT, NULL or MISSING");
    }
    Node result = new Node.IsNull(token.at(), left, missing);
    return not ? new Node.Not(token.at(), result) : result;
  }

  /** Expressions up to the closing parenthesis, one or more. */
  List<Node> list() {
    List<Node> list = new ArrayList<>();
    do {
      list.add(expression());
    } while (tokens.takeSymbol(","));
    if (!tokens.takeSymbol(")")) {
      throw tokens.unexpected(SelectError.PARSE_UNEXPECTED_TOKEN, "an operator, ',' or ')'");
    }
    return list;
  }

  private Node sum() {
    return chain(false);
  }

  private Node chain(boolean product) {
    Node first = product ? sign() : chain(true);
    if (!isOperator(product)) {
      return first;
    }
    StringBuilder operators = new StringBuilder();
    List<Integer> places = new ArrayList<>();
    List<Node> rest = new ArrayList<>();
    while (isOperator(product)) {
      places.add(tokens.peek().at());
      operators.append(tokens.take().text());
      rest.add(product ? sign() : chain(true));
    }
    return new Node.Arithmetic(first.at(), first, operators.toString(), places, rest);
  }

  private boolean isOperator(boolean product) {
    Token token = tokens.peek();
    return token.kind() == Token.Kind.SYMBOL
        && token.text().length() == 1
        && (product ? "*/%^" : "+-").contains(token.text());
  }

  private Node sign() {
    Token token = tokens.peek();
    int minus = 0;
    while (tokens.peek().isSymbol("-") || tokens.peek().isSymbol("+")) {
      minus += tokens.take().isSymbol("-") ? 1 : 0;
    }
    if (minus == 0) {
      return primary.primary();
    } else if (minus % 2 == 1 && tokens.peek().kind() == Token.Kind.INTEGER) {
      // The least integer has no opposite that is one.
      return primary.integer(true);
    }
    Node part = primary.primary();
    Node once = negated(token.at(), part);
    return minus % 2 == 1 ? once : negated(token.at(), once);
  }

  private static Node negated(int at, Node part) {
    return new Node.Call(at, "negate", null, List.of(part));
  }

  /** A key of a path. */
  Step key() {
    Token token = tokens.peek();
    if (token.kind() != Token.Kind.WORD && token.kind() != Token.Kind.STRING) {
      throw tokens.unexpected(SelectError.PARSE_UNEXPECTED_TOKEN, "a key after '.'");
    }
    tokens.take();
    return Step.key(token.text(), token.kind() == Token.Kind.STRING);
  }

  /** What is between brackets: an index, or a key in quotes. */
  Step element() {
    Token token = tokens.peek();
    if (token.kind() == Token.Kind.STRING) {
      return key();
    }
    return Step.index(number("an index of up to 9 digits, or a key in quotes"));
  }

  /** A number of up to 9 digits. */
  int number(String what) {
    Token token = tokens.peek();
    if (token.kind() != Token.Kind.INTEGER || token.text().length() > 9) {
      throw tokens.unexpected(SelectError.PARSE_UNEXPECTED_TOKEN, what);
    }
    tokens.take();
    return Integer.parseInt(token.text());
  }

  static Value text(String text) {
    Value value = new Value();
    value.setString(text);
    return value;
  }
}
