package io.github.s3vfs.select.internal.sql;

import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.internal.eval.Step;
import io.github.s3vfs.select.internal.sql.Query.Projection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is wrong with a query whatever its rows are. */
public final class Checker {
  private final Query query;
  private final boolean json;
  private final Map<String, Projection> aliases = new HashMap<>();
  private final Map<String, Boolean> withoutColumns = new HashMap<>();
  private final Map<String, Boolean> aggregated = new HashMap<>();

  /** Aliases that are looked into: one that comes again is in a circle, which binding finds. */
  private final Set<String> open = new HashSet<>();

  /** The alias whose expression is looked into; in JSON, this name within it is a key. */
  private @Nullable String own;

  private Checker(Query query, boolean json) {
    this.query = query;
    this.json = json;
  }

  /**
   * Checks aggregates, aliases, prefixes of tables, and FROM.
   *
   * @throws io.github.s3vfs.select.SelectException if something is wrong
   */
  public static void check(Query query, boolean json) {
    new Checker(query, json).check();
  }

  private void check() {
    source();
    for (Projection projection : query.projections()) {
      if (projection.alias() != null && aliases.put(projection.alias(), projection) != null) {
        throw query.error(
            SelectError.AMBIGUOUS_NAME,
            projection.at(),
            "the alias " + projection.alias() + " is there twice");
      }
    }
    boolean aggregates = false;
    for (Projection projection : query.projections()) {
      Node expression = projection.expression();
      if (expression != null) {
        aggregates |= isAggregate(projection.alias(), expression);
        walk(projection, expression, false);
      }
    }
    Node where = query.where();
    if (where != null) {
      Node found = aggregate(where);
      if (found != null) {
        throw query.error(
            SelectError.PARSE_INVALID_AGGREGATE, found.at(), "WHERE can not have an aggregate");
      }
      walk(where, false, false);
    }
    if (aggregates) {
      for (Projection projection : query.projections()) {
        Node expression = projection.expression();
        if (expression == null) {
          throw mixed(projection.at());
        }
        walk(projection, expression, true);
      }
    }
  }

  private void walk(Projection projection, Node expression, boolean onlyAggregates) {
    String alias = projection.alias();
    if (alias != null) {
      open.add(alias);
    }
    own = alias;
    walk(expression, false, onlyAggregates);
    own = null;
    open.clear();
  }

  private RuntimeException mixed(int at) {
    return query.error(
        SelectError.PARSE_INVALID_AGGREGATE,
        at,
        "nested aggregation function or mixed with a column is illegal");
  }

  private void source() {
    List<Step> from = query.from();
    if (json && (from.isEmpty() || !from.get(0).isEach())) {
      throw query.error(
          SelectError.INVALID_DATA_SOURCE,
          query.fromAt(),
          "FROM for JSON is s3object[*], with a path or without");
    } else if (!json && !from.isEmpty()) {
      throw query.error(
          SelectError.INVALID_DATA_SOURCE, query.fromAt(), "FROM for CSV and Parquet has no path");
    }
  }

  /** The first aggregate, or the name of one; or null. */
  private @Nullable Node aggregate(Node node) {
    if (node instanceof Node.Aggregation
        || (node instanceof Node.Name name && isAggregateAlias(name))) {
      return node;
    }
    for (Node child : children(node)) {
      Node found = aggregate(child);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  /** The alias that a name is; null if it is none. */
  private @Nullable String alias(Node.Name name) {
    String key = name.steps().size() == 1 ? name.steps().get(0).key() : null;
    boolean isKey = json && key != null && key.equals(own);
    return key != null && !isKey && aliases.containsKey(key) ? key : null;
  }

  /** Whether an expression, the one of an alias or of none, has an aggregate in it. */
  private boolean isAggregate(@Nullable String alias, Node expression) {
    String around = own;
    own = alias;
    boolean found = aggregate(expression) != null;
    own = around;
    return found;
  }

  /** Whether a name is an alias of something with an aggregate in it. */
  private boolean isAggregateAlias(Node.Name name) {
    String key = alias(name);
    if (key == null || open.contains(key)) {
      return false;
    }
    Boolean known = aggregated.get(key);
    if (known != null) {
      return known;
    }
    open.add(key);
    Node expression = Objects.requireNonNull(aliases.get(key)).expression();
    boolean found = expression != null && isAggregate(key, expression);
    open.remove(key);
    aggregated.put(key, found);
    return found;
  }

  /** Within an aggregate there is no other one; beside one there is no column. */
  private void walk(Node node, boolean inside, boolean onlyAggregates) {
    if (node instanceof Node.Name name) {
      checkName(name);
      boolean beside = onlyAggregates && !inside && !isConstantAlias(name);
      if (beside || (inside && isAggregateAlias(name))) {
        throw mixed(name.at());
      }
    } else if (node instanceof Node.Aggregation && inside) {
      throw mixed(node.at());
    }
    for (Node child : children(node)) {
      walk(child, inside || node instanceof Node.Aggregation, onlyAggregates);
    }
  }

  private void checkName(Node.Name name) {
    if (name.steps().get(name.steps().size() - 1).isAny()) {
      throw query.error(
          SelectError.PARSE_UNEXPECTED_TOKEN,
          name.at(),
          "'.*' stands behind the alias of the table only, as a column");
    }
    List<Step> steps = Names.withoutTable(name.steps(), query.tableAlias());
    if (!json && steps.size() > 1) {
      throw query.error(
          SelectError.PARSE_UNSUPPORTED_ALIAS,
          name.at(),
          "query can not contain more then a single table-alias");
    }
  }

  /** Whether a name is an alias of something without columns outside of aggregates. */
  private boolean isConstantAlias(Node.Name name) {
    String key = alias(name);
    if (key == null) {
      return false;
    }
    Boolean known = withoutColumns.get(key);
    if (known != null) {
      return known;
    }
    // Binding finds circles.
    withoutColumns.put(key, true);
    Projection projection = aliases.get(key);
    Node expression = projection == null ? null : projection.expression();
    String around = own;
    own = key;
    boolean holds = expression == null || withoutColumns(expression);
    own = around;
    withoutColumns.put(key, holds);
    return holds;
  }

  private boolean withoutColumns(Node node) {
    if (node instanceof Node.Aggregation) {
      return true;
    } else if (node instanceof Node.Name name) {
      return isConstantAlias(name);
    }
    for (Node child : children(node)) {
      if (!withoutColumns(child)) {
        return false;
      }
    }
    return true;
  }

  static List<Node> children(Node node) {
    List<Node> children = new ArrayList<>();
    if (node instanceof Node.Arithmetic chain) {
      children.add(chain.first());
      children.addAll(chain.rest());
    } else if (node instanceof Node.Logic logic) {
      children.addAll(logic.parts());
    } else if (node instanceof Node.Not not) {
      children.add(not.part());
    } else if (node instanceof Node.Compare compare) {
      children.add(compare.left());
      children.add(compare.right());
    } else if (node instanceof Node.Between between) {
      children.addAll(List.of(between.value(), between.low(), between.high()));
    } else if (node instanceof Node.In in) {
      children.add(in.value());
      children.addAll(in.list());
    } else if (node instanceof Node.Like like) {
      children.add(like.text());
      children.add(like.pattern());
      addIfThere(children, like.escape());
    } else if (node instanceof Node.IsNull test) {
      children.add(test.value());
    } else if (node instanceof Node.Case choice) {
      addIfThere(children, choice.operand());
      children.addAll(choice.conditions());
      children.addAll(choice.results());
      addIfThere(children, choice.otherwise());
    } else if (node instanceof Node.Convert convert) {
      children.add(convert.value());
    } else if (node instanceof Node.Call call) {
      children.addAll(call.arguments());
    } else if (node instanceof Node.Aggregation aggregation) {
      addIfThere(children, aggregation.argument());
    }
    return children;
  }

  private static void addIfThere(List<Node> children, @Nullable Node node) {
    if (node != null) {
      children.add(node);
    }
  }
}
