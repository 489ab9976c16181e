package io.github.s3vfs.select.internal.sql;

import io.github.s3vfs.select.Dialect;
import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import io.github.s3vfs.select.internal.eval.Aggregate;
import io.github.s3vfs.select.internal.eval.Alias;
import io.github.s3vfs.select.internal.eval.Arithmetic;
import io.github.s3vfs.select.internal.eval.Cast;
import io.github.s3vfs.select.internal.eval.Choices;
import io.github.s3vfs.select.internal.eval.Conditions;
import io.github.s3vfs.select.internal.eval.Constant;
import io.github.s3vfs.select.internal.eval.Expr;
import io.github.s3vfs.select.internal.eval.Failing;
import io.github.s3vfs.select.internal.eval.Functions;
import io.github.s3vfs.select.internal.eval.Like;
import io.github.s3vfs.select.internal.eval.Logic;
import io.github.s3vfs.select.internal.eval.Place;
import io.github.s3vfs.select.internal.eval.RowSource;
import io.github.s3vfs.select.internal.eval.Step;
import io.github.s3vfs.select.internal.eval.Timestamps;
import io.github.s3vfs.select.internal.sql.Query.Projection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The syntax tree to expressions over a source of rows; what is constant is computed here. */
public final class Binder {
  /** Deepest expression with the aliases in it: what the stack surely holds. */
  private static final int MAX_HEIGHT = 1_000;

  private final Query query;
  private final RowSource rows;
  private final Dialect dialect;
  private final Instant now;
  private final List<Aggregate> aggregates = new ArrayList<>();
  private final Map<String, Projection> aliases = new HashMap<>();
  private final Map<String, Expr> bound = new HashMap<>();
  private final Hyphens hyphens;
  private final Set<String> binding = new HashSet<>();
  private final Map<String, Integer> heights = new HashMap<>();

  /** The alias whose expression is being made; in JSON, this name within it is a key. */
  private @Nullable String own;

  /** Whether what is being made is of one row even if the query has aggregates. */
  private boolean ofRow;

  /** How deep the expressions are that were made last, with the aliases in them. */
  private int height;

  /** How many expressions around this one are being made. */
  private int depth;

  /** For one execution of a query. */
  public Binder(Query query, RowSource rows, Dialect dialect, Instant now) {
    this.query = query;
    this.rows = rows;
    this.dialect = dialect;
    this.now = now;
    this.hyphens = new Hyphens(query, rows, aliases.keySet());
  }

  /**
   * Binds a query.
   *
   * @throws SelectException if a name is not known
   */
  public Plan bind() {
    for (Projection projection : query.projections()) {
      String alias = projection.alias();
      if (alias != null) {
        aliases.put(alias, projection);
        if (!rows.isJson() && rows.column(List.of(Step.key(alias, false))) != null) {
          throw query.error(
              SelectError.AMBIGUOUS_NAME,
              projection.at(),
              "multiple definition of column {" + alias + "} as schema-column and alias");
        }
      }
    }
    Node condition = query.where();
    ofRow = true;
    Expr where = condition == null ? null : expression(condition);
    ofRow = false;
    rows.condition(where);
    List<Plan.Column> columns = new ArrayList<>();
    Set<String> names = names();
    int number = 0;
    for (Projection projection : query.projections()) {
      Node expression = projection.expression();
      if (expression == null) {
        columns.add(new Plan.Column("*", null));
        rows.wantStar();
        continue;
      }
      String name = name(projection);
      while (name == null) {
        number = (dialect == Dialect.AWS ? Math.max(number, columns.size()) : number) + 1;
        name = names.contains("_" + number) ? null : "_" + number;
      }
      String alias = projection.alias();
      columns.add(new Plan.Column(name, alias == null ? expression(expression) : alias(alias)));
    }
    return new Plan(columns, where, aggregates, query.limit());
  }

  /** The names that columns of the result have of their own. */
  private Set<String> names() {
    Set<String> names = new HashSet<>();
    for (Projection projection : query.projections()) {
      String name = name(projection);
      if (name != null) {
        names.add(name);
      }
    }
    return names;
  }

  private @Nullable String name(Projection projection) {
    Node expression = projection.expression();
    if (projection.alias() != null) {
      return projection.alias();
    } else if (expression != null && hyphens.joined(expression) instanceof Node.Name path) {
      for (int i = path.steps().size() - 1; i >= 0; i--) {
        String key = path.steps().get(i).key();
        if (key != null) {
          return key;
        }
      }
    }
    return null;
  }

  private Expr alias(String name) {
    Expr known = bound.get(name);
    if (known != null) {
      height = Math.max(height, heights.getOrDefault(name, 0));
      return known;
    }
    Projection projection = aliases.get(name);
    Node expression = projection == null ? null : projection.expression();
    if (projection == null || expression == null || !binding.add(name)) {
      throw query.error(
          SelectError.CYCLIC_ALIAS,
          projection == null ? 0 : projection.at(),
          "number of calls exceed maximum size, probably a cyclic reference to alias");
    }
    String around = own;
    own = name;
    Expr made = expression(expression);
    own = around;
    Expr cached = made.constant() ? made : new Alias(made, rows::number);
    binding.remove(name);
    heights.put(name, height);
    bound.put(name, cached);
    return cached;
  }

  private Expr expression(Node node) {
    int beside = height;
    height = 0;
    check(++depth, node);
    Expr made = build(node);
    depth--;
    int own = height + 1;
    check(own, node);
    height = Math.max(beside, own);
    if (!made.constant() || made instanceof Constant) {
      return made;
    }
    try {
      return new Constant(made.eval().copy());
    } catch (SelectException e) {
      return new Failing(
          e.line() > 0 ? e : query.error(e.error(), node.at(), String.valueOf(e.getMessage())));
    }
  }

  private void check(int levels, Node node) {
    if (levels > MAX_HEIGHT) {
      throw query.error(
          SelectError.EXPRESSION_TOO_DEEP,
          node.at(),
          "expressions, with the aliases in them, are nested too deep");
    }
  }

  private Expr[] expressions(List<Node> nodes) {
    Expr[] made = new Expr[nodes.size()];
    for (int i = 0; i < made.length; i++) {
      made[i] = expression(nodes.get(i));
    }
    return made;
  }

  private @Nullable Expr optional(@Nullable Node node) {
    return node == null ? null : expression(node);
  }

  private Expr build(Node node) {
    if (node instanceof Node.Literal literal) {
      return new Constant(literal.value());
    } else if (node instanceof Node.Name name) {
      return column(name);
    } else if (node instanceof Node.Arithmetic difference
        && hyphens.joined(difference) instanceof Node.Name name) {
      return column(name);
    } else if (node instanceof Node.Arithmetic
        && hyphens.joined(node) instanceof Node.Arithmetic chain) {
      return new Arithmetic(
          places(chain.places()),
          expression(chain.first()),
          chain.operators().toCharArray(),
          expressions(chain.rest()));
    } else if (node instanceof Node.Logic logic) {
      Expr[] parts = expressions(logic.parts());
      return logic.and() ? Logic.and(parts) : Logic.or(parts);
    } else if (node instanceof Node.Not not) {
      return Logic.not(expression(not.part()));
    } else if (node instanceof Node.Aggregation aggregation) {
      boolean around = ofRow;
      ofRow = true;
      Expr argument = optional(aggregation.argument());
      Aggregate made = new Aggregate(places(node), aggregation.function(), argument);
      ofRow = around;
      aggregates.add(made);
      return made;
    } else if (node instanceof Node.Call call) {
      return call(call);
    } else if (node instanceof Node.Convert convert) {
      return new Cast(
          expression(convert.value()),
          convert.type(),
          convert.precision(),
          convert.scale(),
          dialect);
    }
    return condition(node);
  }

  private Expr condition(Node node) {
    if (node instanceof Node.Compare compare) {
      return Conditions.compare(
          places(node),
          compare.operator(),
          expression(compare.left()),
          expression(compare.right()));
    } else if (node instanceof Node.Between between) {
      return Conditions.between(
          places(node),
          expression(between.value()),
          expression(between.low()),
          expression(between.high()));
    } else if (node instanceof Node.In in) {
      return Conditions.in(places(node), expression(in.value()), expressions(in.list()));
    } else if (node instanceof Node.Like like) {
      return new Like(
          places(node),
          expression(like.text()),
          expression(like.pattern()),
          optional(like.escape()));
    } else if (node instanceof Node.IsNull test) {
      Expr value = expression(test.value());
      return test.missing() ? Conditions.isMissing(value) : Conditions.isNull(value);
    } else if (node instanceof Node.Case choice) {
      Expr[] conditions = expressions(choice.conditions());
      Expr[] results = expressions(choice.results());
      Node operand = choice.operand();
      Expr otherwise = optional(choice.otherwise());
      return operand == null
          ? Choices.when(conditions, results, otherwise)
          : Choices.match(expression(operand), conditions, results, otherwise);
    }
    throw new IllegalStateException(node.toString());
  }

  private Place places(Node node) {
    return places(List.of(node.at()));
  }

  /** What says where errors are that come while rows are read, and in which. */
  private Place places(List<Integer> at) {
    boolean always = ofRow;
    return (operator, e) -> {
      if (e.line() > 0 || e.error().phase() == SelectError.Phase.ROW) {
        return e;
      }
      long row = always || aggregates.isEmpty() ? rows.number() : 0;
      String message = row > 0 ? e.getMessage() + ", in row " + row : e.getMessage();
      return query.error(e.error(), at.get(operator), message);
    };
  }

  private Expr column(Node.Name name) {
    List<Step> steps = Names.withoutTable(name.steps(), query.tableAlias());
    boolean prefixed = steps.size() < name.steps().size();
    if (rows.isJson()) {
      String first = steps.get(0).key();
      if (first != null && first.equals("_1") && !steps.get(0).quoted()) {
        steps = steps.subList(1, steps.size());
        prefixed = true;
      }
    }
    Expr found = null;
    if (!rows.isJson() || prefixed) {
      found = rows.column(steps);
    }
    if (found != null) {
      return found;
    }
    String single = steps.size() == 1 ? steps.get(0).key() : null;
    boolean key = rows.isJson() && single != null && single.equals(own);
    if (!prefixed && !key && single != null && aliases.containsKey(single)) {
      return alias(single);
    }
    if (rows.isJson()) {
      found = !prefixed && isRow(single) ? rows.rowOr(steps) : rows.column(steps);
    }
    if (found == null) {
      throw query.error(
          SelectError.BINDING_DOES_NOT_EXIST,
          name.at(),
          "alias {" + single + "} or column not exist in schema");
    }
    return found;
  }

  /** Of AWS, the last key of FROM and the alias of the table name the row. */
  private boolean isRow(@Nullable String name) {
    if (dialect != Dialect.AWS || name == null) {
      return false;
    } else if (name.equalsIgnoreCase(query.tableAlias())) {
      return true;
    }
    for (int i = query.from().size() - 1; i >= 0 && !query.from().get(i).isAny(); i--) {
      String key = query.from().get(i).key();
      if (key != null) {
        return name.equalsIgnoreCase(key);
      }
    }
    return false;
  }

  private Expr call(Node.Call call) {
    Expr[] arguments = expressions(call.arguments());
    String part = call.part();
    try {
      Names.checkCall(call);
      if (part == null) {
        return switch (call.name()) {
          case "coalesce" -> Choices.coalesce(arguments);
          case "nullif" -> Choices.nullIf(arguments[0], arguments[1]);
          case "utcnow" -> new Constant(Timestamps.now(now));
          default -> {
            Expr made = Functions.of(places(call), call.name(), arguments);
            if (made == null) {
              throw new SelectException(
                  SelectError.UNSUPPORTED_FUNCTION, "there is no function " + call.name());
            }
            yield made;
          }
        };
      }
      return switch (call.name()) {
        case "extract" -> Functions.extract(part, arguments[0]);
        case "date_add" -> Functions.dateAdd(part, arguments[0], arguments[1]);
        default -> Functions.dateDiff(part, arguments[0], arguments[1]);
      };
    } catch (SelectException e) {
      throw query.error(e.error(), call.at(), String.valueOf(e.getMessage()));
    }
  }
}
