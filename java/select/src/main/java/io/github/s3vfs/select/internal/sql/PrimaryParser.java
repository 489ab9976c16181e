package io.github.s3vfs.select.internal.sql;

import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import io.github.s3vfs.select.internal.eval.Aggregate;
import io.github.s3vfs.select.internal.eval.Cast;
import io.github.s3vfs.select.internal.eval.Functions;
import io.github.s3vfs.select.internal.eval.Step;
import io.github.s3vfs.select.internal.eval.Timestamps;
import io.github.s3vfs.select.internal.eval.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What stands between operators: literals, names, functions, CASE, CAST, parentheses. */
final class PrimaryParser {
  private final TokenStream tokens;
  private final ExpressionParser expressions;

  PrimaryParser(TokenStream tokens, ExpressionParser expressions) {
    this.tokens = tokens;
    this.expressions = expressions;
  }

  Node primary() {
    Token token = tokens.peek();
    return switch (token.kind()) {
      case INTEGER -> integer(false);
      case NUMBER -> {
        tokens.take();
        Value value = new Value();
        value.setDouble(Double.parseDouble(token.text()));
        yield new Node.Literal(token.at(), value);
      }
      case STRING -> {
        tokens.take();
        yield new Node.Literal(token.at(), ExpressionParser.text(token.text()));
      }
      case TIMESTAMP -> timestamp();
      case WORD -> word(token);
      case SYMBOL -> {
        if (!tokens.takeSymbol("(")) {
          throw missing();
        }
        Node inner = expressions.expression();
        if (!tokens.takeSymbol(")")) {
          throw tokens.unexpected(SelectError.PARSE_UNEXPECTED_TOKEN, "an operator or ')'");
        }
        yield inner;
      }
      case END -> throw missing();
    };
  }

  private SelectException missing() {
    return tokens.unexpected(SelectError.PARSE_EXPECTED_EXPRESSION, "an expression");
  }

  Node integer(boolean negative) {
    Token token = tokens.take();
    Value value = new Value();
    try {
      value.setInt(Long.parseLong(negative ? "-" + token.text() : token.text()));
    } catch (NumberFormatException e) {
      throw tokens.error(
          SelectError.LEXER_INVALID_LITERAL,
          token,
          "the number is out of the range of a 64-bit integer");
    }
    return new Node.Literal(token.at(), value);
  }

  private Node timestamp() {
    Token token = tokens.take();
    byte[] text = token.text().getBytes(StandardCharsets.UTF_8);
    Value value = new Value();
    try {
      Timestamps.parse(text, 0, text.length, value);
    } catch (SelectException e) {
      throw tokens.error(
          SelectError.LEXER_INVALID_LITERAL, token, "input date-time is illegal: " + token.shown());
    }
    return new Node.Literal(token.at(), value);
  }

  private Node word(Token token) {
    String word = token.text().toLowerCase(Locale.ROOT);
    if (word.equals("case")) {
      tokens.take();
      return choice(token);
    } else if (word.equals("not")) {
      return expressions.nestedNot();
    }
    if (ExpressionParser.isReserved(word)) {
      throw missing();
    }
    tokens.take();
    if (tokens.takeSymbol("(")) {
      return call(token, word);
    }
    Value value = constant(word);
    return value != null && !tokens.peek().isSymbol(".")
        ? new Node.Literal(token.at(), value)
        : new Node.Name(token.at(), path(Step.key(token.text(), false)));
  }

  private static @Nullable Value constant(String word) {
    Value value = new Value();
    switch (word) {
      case "true" -> value.setBool(true);
      case "false" -> value.setBool(false);
      case "null" -> value.setNull();
      case "missing" -> value.setMissing();
      case "nan" -> value.setDouble(Double.NaN);
      default -> {
        return null;
      }
    }
    return value;
  }

  private List<Step> path(Step first) {
    List<Step> steps = new ArrayList<>();
    steps.add(first);
    while (true) {
      if (tokens.takeSymbol(".")) {
        if (tokens.takeSymbol("*")) {
          steps.add(Step.any());
          return steps;
        }
        steps.add(expressions.key());
      } else if (tokens.takeSymbol("[")) {
        steps.add(expressions.element());
        tokens.expectSymbol("]");
      } else {
        return steps;
      }
      if (steps.size() > ExpressionParser.MAX_DEPTH) {
        throw tokens.error(
            SelectError.EXPRESSION_TOO_DEEP,
            tokens.peek(),
            "a path has at most " + ExpressionParser.MAX_DEPTH + " steps");
      }
    }
  }

  private Node choice(Token token) {
    Node operand = tokens.peekWord("WHEN") ? null : expressions.expression();
    List<Node> conditions = new ArrayList<>();
    List<Node> results = new ArrayList<>();
    tokens.expectWord("WHEN");
    do {
      conditions.add(expressions.expression());
      tokens.expectWord("THEN");
      results.add(expressions.expression());
    } while (tokens.takeWord("WHEN"));
    if (!tokens.takeWord("ELSE")) {
      throw tokens.unexpected(SelectError.PARSE_EXPECTED_KEYWORD, "WHEN or ELSE");
    }
    Node otherwise = expressions.expression();
    tokens.expectWord("END");
    return new Node.Case(token.at(), operand, conditions, results, otherwise);
  }

  /** Behind the opening parenthesis. */
  private Node call(Token token, String name) {
    return switch (name) {
      case "count", "sum", "avg", "min", "max" -> aggregate(token, name);
      case "cast" -> {
        Node value = expressions.expression();
        tokens.expectWord("AS");
        yield closed(type(token, value));
      }
      case "int", "integer" -> convert(token, Cast.Type.INT);
      case "float" -> convert(token, Cast.Type.FLOAT);
      case "string" -> convert(token, Cast.Type.STRING);
      case "to_bool", "bool" -> convert(token, Cast.Type.BOOL);
      case "to_timestamp" -> convert(token, Cast.Type.TIMESTAMP);
      case "extract" -> {
        String part = part();
        tokens.expectWord("FROM");
        yield closed(new Node.Call(token.at(), name, part, List.of(expressions.expression())));
      }
      case "date_add", "date_diff" -> {
        String part = part();
        tokens.expectSymbol(",");
        yield new Node.Call(token.at(), name, part, expressions.list());
      }
      case "substring", "substr" -> substring(token);
      case "trim" -> trim(token);
      default ->
          new Node.Call(
              token.at(), name, null, tokens.takeSymbol(")") ? List.of() : expressions.list());
    };
  }

  private Node closed(Node node) {
    if (!tokens.takeSymbol(")")) {
      throw tokens.unexpected(SelectError.PARSE_UNEXPECTED_TOKEN, "an operator or ')'");
    }
    return node;
  }

  private Node convert(Token token, Cast.Type type) {
    return closed(new Node.Convert(token.at(), expressions.expression(), type, 0, 0));
  }

  private Node aggregate(Token token, String name) {
    Aggregate.Function function = Aggregate.Function.valueOf(name.toUpperCase(Locale.ROOT));
    expressions.refuseQuantifier();
    Node argument = null;
    if (function == Aggregate.Function.COUNT && tokens.takeSymbol("*")) {
      argument = null;
    } else if (function != Aggregate.Function.COUNT || !tokens.peek().isSymbol(")")) {
      argument = expressions.expression();
    }
    return closed(new Node.Aggregation(token.at(), function, argument));
  }

  private Node type(Token token, Node value) {
    Token name = tokens.peek();
    String expected = "a type: INT, FLOAT, DECIMAL, STRING, TIMESTAMP or BOOL";
    if (name.kind() != Token.Kind.WORD) {
      throw tokens.unexpected(SelectError.PARSE_EXPECTED_TYPE, expected);
    }
    Cast.Type type =
        switch (name.text().toLowerCase(Locale.ROOT)) {
          case "int", "integer", "bigint", "smallint" -> Cast.Type.INT;
          case "float", "double", "real" -> Cast.Type.FLOAT;
          case "decimal", "numeric" -> Cast.Type.DECIMAL;
          case "string", "varchar", "char", "character" -> Cast.Type.STRING;
          case "timestamp" -> Cast.Type.TIMESTAMP;
          case "bool", "boolean" -> Cast.Type.BOOL;
          default -> throw tokens.unexpected(SelectError.PARSE_EXPECTED_TYPE, expected);
        };
    tokens.take();
    int precision = 0;
    int scale = 0;
    if (type == Cast.Type.DECIMAL && tokens.takeSymbol("(")) {
      precision = expressions.number("a number of digits");
      scale = tokens.takeSymbol(",") ? expressions.number("a number of digits") : 0;
      if (precision < 1 || precision > 38 || scale > precision) {
        throw tokens.error(
            SelectError.PARSE_EXPECTED_TYPE,
            name,
            "a decimal has 1 to 38 digits, and not more of them behind the point");
      }
      tokens.expectSymbol(")");
    }
    return new Node.Convert(token.at(), value, type, precision, scale);
  }

  private String part() {
    Token token = tokens.peek();
    if (token.kind() != Token.Kind.WORD || !Functions.isPart(token.text())) {
      throw tokens.unexpected(
          SelectError.PARSE_EXPECTED_DATE_PART,
          "a part: YEAR, MONTH, WEEK, DAY, HOUR, MINUTE, SECOND, TIMEZONE_HOUR or TIMEZONE_MINUTE");
    }
    return tokens.take().text();
  }

  private Node substring(Token token) {
    List<Node> arguments = new ArrayList<>();
    arguments.add(expressions.expression());
    if (tokens.takeWord("FROM")) {
      arguments.add(expressions.expression());
      if (tokens.takeWord("FOR")) {
        arguments.add(expressions.expression());
      }
      return closed(new Node.Call(token.at(), "substring", null, arguments));
    }
    if (!tokens.takeSymbol(",")) {
      throw tokens.unexpected(SelectError.PARSE_UNEXPECTED_TOKEN, "',' or FROM");
    }
    arguments.addAll(expressions.list());
    return new Node.Call(token.at(), "substring", null, arguments);
  }

  /** {@code trim(s)}, {@code trim([leading] [characters] from s)}. */
  private Node trim(Token token) {
    String name = "trim_both";
    boolean side = true;
    if (tokens.takeWord("LEADING")) {
      name = "trim_leading";
    } else if (tokens.takeWord("TRAILING")) {
      name = "trim_trailing";
    } else {
      side = tokens.takeWord("BOTH");
    }
    if (side && tokens.takeWord("FROM")) {
      return closed(new Node.Call(token.at(), name, null, List.of(expressions.expression())));
    }
    Node first = expressions.expression();
    if (tokens.takeWord("FROM")) {
      return closed(
          new Node.Call(token.at(), name, null, List.of(expressions.expression(), first)));
    } else if (side) {
      throw tokens.unexpected(SelectError.PARSE_EXPECTED_KEYWORD, "FROM");
    }
    return closed(new Node.Call(token.at(), name, null, List.of(first)));
  }
}
