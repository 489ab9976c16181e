package io.github.s3vfs.select.internal.sql;

import io.github.s3vfs.select.internal.eval.RowSource;
import io.github.s3vfs.select.internal.eval.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Columns that have hyphens in their names, as {@code customer-id}, which are differences to the
 * grammar: without spaces around the hyphens, and if there is no {@code customer}.
 */
final class Hyphens {
  /** Most hyphens of a name. */
  private static final int MOST = 8;

  private final Query query;
  private final RowSource rows;
  private final Set<String> aliases;

  Hyphens(Query query, RowSource rows, Set<String> aliases) {
    this.query = query;
    this.rows = rows;
    this.aliases = aliases;
  }

  /** A difference of names as the column that they are; anything else as it is. */
  Node joined(Node node) {
    if (!(node instanceof Node.Arithmetic chain) || rows.isJson()) {
      return node;
    }
    List<Node> operands = new ArrayList<>();
    StringBuilder operators = new StringBuilder();
    List<Integer> places = new ArrayList<>();
    Node last = chain.first();
    int i = 0;
    while (true) {
      int end = i;
      if (last instanceof Node.Name name) {
        end = hyphens(chain, name, i);
        last = end == i ? name : joined(chain, name, i, end);
      }
      operands.add(last);
      if (end == chain.rest().size()) {
        break;
      }
      operators.append(chain.operators().charAt(end));
      places.add(chain.places().get(end));
      last = chain.rest().get(end);
      i = end + 1;
    }
    return operands.size() == 1
        ? operands.get(0)
        : new Node.Arithmetic(
            chain.at(),
            operands.get(0),
            operators.toString(),
            places,
            operands.subList(1, operands.size()));
  }

  /** Behind the operators from one on that are hyphens of the name of a column. */
  private int hyphens(Node.Arithmetic chain, Node.Name name, int from) {
    String first = single(name);
    int end = from;
    String before = first;
    while (before != null
        && end < Math.min(chain.rest().size(), from + MOST)
        && chain.rest().get(end) instanceof Node.Name next
        && next.steps().size() == 1
        && isHyphen(chain.operators().charAt(end), chain.places().get(end), before, next)) {
      before = single(next);
      end++;
    }
    if (first == null || end == from || isKnown(first)) {
      return from;
    }
    while (end > from && !isColumn(text(chain, first, from, end))) {
      end--;
    }
    return end;
  }

  private boolean isHyphen(char operator, int place, String before, Node.Name next) {
    return operator == '-'
        && query.text().startsWith(before, place - before.length())
        && next.at() == place + 1;
  }

  private boolean isKnown(String name) {
    return aliases.contains(name) || isColumn(name);
  }

  private boolean isColumn(String name) {
    return rows.column(List.of(Step.key(name, true))) != null;
  }

  private static String text(Node.Arithmetic chain, String first, int from, int end) {
    StringBuilder text = new StringBuilder(first);
    for (int i = from; i < end; i++) {
      text.append('-').append(((Node.Name) chain.rest().get(i)).steps().get(0).key());
    }
    return text.toString();
  }

  private static Node joined(Node.Arithmetic chain, Node.Name name, int from, int end) {
    List<Step> steps = new ArrayList<>(name.steps());
    String first = String.valueOf(steps.remove(steps.size() - 1).key());
    steps.add(Step.key(text(chain, first, from, end), true));
    return new Node.Name(name.at(), steps);
  }

  /** The name of a column that is not in quotes. */
  private @Nullable String single(Node.Name name) {
    List<Step> steps = Names.withoutTable(name.steps(), query.tableAlias());
    return steps.size() == 1 && !steps.get(0).quoted() ? steps.get(0).key() : null;
  }
}
