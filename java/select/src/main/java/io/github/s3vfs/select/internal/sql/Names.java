package io.github.s3vfs.select.internal.sql;

import io.github.s3vfs.select.SelectException;
import io.github.s3vfs.select.internal.eval.Functions;
import io.github.s3vfs.select.internal.eval.Step;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rules of names that need no rows. */
final class Names {
  private Names() {}

  /** A path without the table in front of it. */
  static List<Step> withoutTable(List<Step> steps, @Nullable String tableAlias) {
    String first = steps.get(0).key();
    boolean table =
        steps.size() > 1
            && first != null
            && (first.equalsIgnoreCase("s3object")
                || (tableAlias != null && first.equalsIgnoreCase(tableAlias)));
    return table ? steps.subList(1, steps.size()) : steps;
  }

  /**
   * Checks how many arguments the functions have that are not in the table of functions.
   *
   * @throws SelectException if it is another number
   */
  static void checkCall(Node.Call call) {
    int found = call.arguments().size();
    switch (call.name()) {
      case "coalesce" -> require(call, found >= 1, 1, Integer.MAX_VALUE);
      case "nullif", "date_add", "date_diff" -> require(call, found == 2, 2, 2);
      case "utcnow" -> require(call, found == 0, 0, 0);
      default -> {}
    }
  }

  private static void require(Node.Call call, boolean holds, int least, int most) {
    if (!holds) {
      throw Functions.wrongCount(call.name(), least, most, call.arguments().size());
    }
  }
}
