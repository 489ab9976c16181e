package io.github.s3vfs.select.internal.table;

import io.github.s3vfs.table.spi.ScanPlan;
import io.github.s3vfs.table.spi.ScanRequest;
import io.github.s3vfs.table.spi.ScanRequest.Constraint;
import io.github.s3vfs.table.spi.SqlValue;
import java.util.ArrayList;
import java.util.List;

/**
 * Which columns a scan is of, and which rows: what the planner tells the cursor, in the words of a
 * text as {@code used=5 0= 2< limit}.
 *
 * @param used as {@link ScanRequest#columnsUsed}
 * @param tests columns, and what they are compared with
 * @param wanted how many rows will be asked for, as far as is known; or {@code Long.MAX_VALUE}
 */
record Scan(long used, List<Test> tests, long wanted) {
  /** To open an object costs as much as to read so many rows of a local table. */
  private static final double OPENING = 50_000;

  /** And to read one of its rows as much as to read so many of these. */
  private static final double READING = 2;

  /** A comparison. */
  record Test(int column, Condition condition) {}

  private static final List<Integer> COMPARISONS =
      List.of(ScanRequest.EQ, ScanRequest.GT, ScanRequest.LE, ScanRequest.LT, ScanRequest.GE);

  /**
   * Makes the plan. All plans cost about the same: whatever is left out is read.
   *
   * @param rows about how many rows the object has
   */
  static ScanPlan plan(ScanRequest request, long rows) {
    int size = request.constraints().size();
    int[] arguments = new int[size];
    int next = 0;
    double expected = rows;
    StringBuilder text = new StringBuilder("used=" + Long.toHexString(request.columnsUsed()));
    for (int i = 0; i < size; i++) {
      Constraint constraint = request.constraints().get(i);
      if (!constraint.usable()) {
        continue;
      }
      int operator = constraint.operator();
      if (operator == ScanRequest.LIMIT || operator == ScanRequest.OFFSET) {
        arguments[i] = ++next;
        text.append(operator == ScanRequest.LIMIT ? " limit" : " offset");
      } else if (constraint.column() >= 0 && isTest(operator)) {
        arguments[i] = ++next;
        text.append(' ').append(constraint.column()).append(':').append(operator);
        text.append(constraint.binary() ? "" : "~");
        expected /= operator == ScanRequest.EQ ? 50 : operator == ScanRequest.IS_NOT_NULL ? 1.1 : 3;
      }
    }
    double cost = OPENING + READING * rows + expected;
    return new ScanPlan(
        text.toString(), cost, Math.max(1, (long) expected), arguments, new boolean[size]);
  }

  private static boolean isTest(int operator) {
    return COMPARISONS.contains(operator)
        || operator == ScanRequest.IS_NULL
        || operator == ScanRequest.IS_NOT_NULL;
  }

  /** Reads the text of a plan. */
  static Scan parse(String plan, List<SqlValue> arguments, List<TableColumn> columns) {
    String[] words = plan.split(" ", -1);
    long used = Long.parseUnsignedLong(words[0].substring("used=".length()), 16);
    List<Test> tests = new ArrayList<>();
    long limit = -1;
    long offset = 0;
    for (int i = 1; i < words.length; i++) {
      SqlValue value = arguments.get(i - 1);
      if (words[i].equals("limit")) {
        limit = value.type() == SqlValue.Type.INTEGER ? value.number() : -1;
      } else if (words[i].equals("offset")) {
        offset = value.type() == SqlValue.Type.INTEGER ? Math.max(0, value.number()) : 0;
      } else {
        int colon = words[i].indexOf(':');
        boolean binary = !words[i].endsWith("~");
        int column = Integer.parseInt(words[i].substring(0, colon));
        int operator =
            Integer.parseInt(words[i].substring(colon + 1, words[i].length() - (binary ? 0 : 1)));
        tests.add(
            new Test(
                column, new Condition(operator, columns.get(column).affinity(), binary, value)));
      }
    }
    long wanted = limit < 0 || offset > Long.MAX_VALUE - limit ? Long.MAX_VALUE : limit + offset;
    return new Scan(used, tests, wanted);
  }

  /** Whether another scan reads the same columns. */
  boolean readsAs(Scan other) {
    return used == other.used && columnsTested().equals(other.columnsTested());
  }

  private List<Integer> columnsTested() {
    return tests.stream().map(Test::column).toList();
  }
}
