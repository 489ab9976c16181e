package io.github.s3vfs.select;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Random expressions over random rows have the values that SQLite finds. */
class RandomExpressionTest {
  private static final boolean THOROUGH = Boolean.getBoolean("s3vfs.test.thorough");
  private static final int ROWS = 25;

  private record Row(
      @Nullable Integer a, @Nullable Integer b, @Nullable String s, @Nullable String u) {}

  /** Ours and SQLite's way to write the same. */
  private record Pair(String ours, String sqlite) {
    static Pair of(String both) {
      return new Pair(both, both);
    }

    Pair parenthesised() {
      return new Pair("(" + ours + ")", "(" + sqlite + ")");
    }

    static Pair join(String format, Pair... parts) {
      Object[] ours = new Object[parts.length];
      Object[] sqlite = new Object[parts.length];
      for (int i = 0; i < parts.length; i++) {
        ours[i] = parts[i].ours();
        sqlite[i] = parts[i].sqlite();
      }
      return new Pair(format.formatted(ours), format.formatted(sqlite));
    }
  }

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);

  @Test
  void valuesAreThoseOfSqlite() throws SQLException {
    System.out.println("seed " + seed);
    List<Row> rows = new ArrayList<>();
    StringBuilder csv = new StringBuilder();
    for (int i = 0; i < ROWS; i++) {
      Row row = new Row(number(), number(), text(), text());
      rows.add(row);
      csv.append(shown(row.a())).append(',').append(shown(row.b())).append(',');
      csv.append(shown(row.s())).append(',').append(shown(row.u())).append(",end\n");
    }
    try (Connection sqlite = DriverManager.getConnection("jdbc:sqlite::memory:")) {
      prepare(sqlite, rows);
      for (int round = 0; round < (THOROUGH ? 20_000 : 700); round++) {
        check(sqlite, csv.toString(), round % 3);
      }
    }
  }

  private static void prepare(Connection sqlite, List<Row> rows) throws SQLException {
    try (Statement statement = sqlite.createStatement()) {
      statement.execute("pragma case_sensitive_like = on");
      statement.execute("create table t(id integer primary key, a int, b int, s text, u text)");
    }
    try (PreparedStatement insert =
        sqlite.prepareStatement("insert into t(a, b, s, u) values (?, ?, ?, ?)")) {
      for (Row row : rows) {
        insert.setObject(1, row.a());
        insert.setObject(2, row.b());
        insert.setString(3, row.s());
        insert.setString(4, row.u());
        insert.execute();
      }
    }
  }

  private void check(Connection sqlite, String csv, int kind) throws SQLException {
    Pair expression = kind == 0 ? integer(4) : kind == 1 ? string(3) : condition(4);
    Pair filter = condition(3);
    String ours = "select " + expression.ours() + " from s3object where " + filter.ours();
    List<@Nullable String> found = new ArrayList<>();
    try (SelectRows rows =
        S3Select.query(ours, ObjectSource.of(csv.getBytes(StandardCharsets.UTF_8)), Queries.CSV)) {
      while (rows.next()) {
        String value = rows.getString(0);
        boolean truth = rows.type(0) == SelectType.BOOL;
        found.add(truth ? (rows.getBoolean(0) ? "1" : "0") : value);
      }
    }
    List<@Nullable String> expected = new ArrayList<>();
    String theirs =
        "select " + expression.sqlite() + " from t where " + filter.sqlite() + " order by id";
    try (Statement statement = sqlite.createStatement();
        ResultSet result = statement.executeQuery(theirs)) {
      while (result.next()) {
        expected.add(result.getString(1));
      }
    }
    assertEquals(expected, found, "seed " + seed + "\n" + ours + "\n" + theirs);
  }

  private @Nullable Integer number() {
    return random.nextInt(5) == 0 ? null : random.nextInt(21) - 10;
  }

  private @Nullable String text() {
    if (random.nextInt(5) == 0) {
      return null;
    }
    String[] parts = {"a", "b", "ab", "B", "é", " ", "x", "漢", "%", "_", "."};
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(4); i >= 0; i--) {
      text.append(parts[random.nextInt(parts.length)]);
    }
    return text.toString();
  }

  private static String shown(@Nullable Object value) {
    return value == null ? "" : value.toString();
  }

  private Pair integer(int depth) {
    int choice = depth == 0 ? random.nextInt(3) : random.nextInt(10);
    return switch (choice) {
      case 0 -> new Pair("cast(_1 as int)", "a");
      case 1 -> new Pair("int(_2)", "b");
      case 2 -> Pair.of(String.valueOf(random.nextInt(30) - 10));
      case 3, 4 -> Pair.join("(%s + %s)", integer(depth - 1), integer(depth - 1));
      case 5 -> Pair.join("%s - %s * %s", integer(0), integer(0), integer(0)).parenthesised();
      case 6 ->
          Pair.join(
              "(%s " + (random.nextBoolean() ? "/ " : "%% ") + (1 + random.nextInt(9)) + ")",
              integer(depth - 1));
      case 7 ->
          Pair.join(
              "case when %s then %s else %s end",
              condition(depth - 1), integer(depth - 1), integer(depth - 1));
      case 8 -> Pair.join("coalesce(%s, %s)", integer(depth - 1), integer(depth - 1));
      default -> {
        Pair text = string(depth - 1);
        yield new Pair("char_length(" + text.ours() + ")", "length(" + text.sqlite() + ")");
      }
    };
  }

  private Pair string(int depth) {
    int choice = depth == 0 ? random.nextInt(3) : random.nextInt(7);
    return switch (choice) {
      case 0 -> new Pair("_3", "s");
      case 1 -> new Pair("_4", "u");
      case 2 -> Pair.of("'" + new String[] {"a", "ab", "é", "x y"}[random.nextInt(4)] + "'");
      case 3 ->
          Pair.join(
              "case when %s then %s else %s end",
              condition(depth - 1), string(depth - 1), string(depth - 1));
      case 4 -> Pair.join("nullif(%s, %s)", string(depth - 1), string(depth - 1));
      case 5 -> Pair.join("trim(%s)", string(depth - 1));
      default -> {
        Pair text = string(depth - 1);
        int from = 1 + random.nextInt(3);
        int length = random.nextInt(4);
        String arguments = ", " + from + ", " + length + ")";
        yield new Pair(
            "substring(" + text.ours() + arguments, "substr(" + text.sqlite() + arguments);
      }
    };
  }

  private Pair condition(int depth) {
    int choice = depth == 0 ? random.nextInt(3) : random.nextInt(10);
    String not = random.nextInt(3) == 0 ? "not " : "";
    return switch (choice) {
      case 0 -> Pair.join("(%s " + operator() + " %s)", integer(0), integer(0));
      case 1 -> Pair.join("(%s " + operator() + " %s)", string(0), string(0));
      case 2 -> Pair.join("(%s is " + not + "null)", random.nextBoolean() ? integer(0) : string(0));
      case 3 -> Pair.join("(%s and " + not + "%s)", condition(depth - 1), condition(depth - 1));
      case 4 -> Pair.join("(%s or " + not + "%s)", condition(depth - 1), condition(depth - 1));
      case 5 -> Pair.join("(not %s)", condition(depth - 1));
      case 6 ->
          Pair.join(
              "(%s " + not + "between %s and %s)",
              integer(depth - 1),
              integer(0),
              integer(depth - 1));
      case 7 ->
          Pair.join(
              "(%s " + not + "in (%s, %s, %s))",
              integer(depth - 1),
              integer(0),
              integer(0),
              integer(0));
      case 8 -> Pair.join("(%s " + not + "in (%s, %s))", string(depth - 1), string(0), string(0));
      default ->
          Pair.join("(%s " + not + "like " + pattern().replace("%", "%%") + ")", string(depth - 1));
    };
  }

  private String operator() {
    return new String[] {"=", "!=", "<>", "<", "<=", ">", ">="}[random.nextInt(7)];
  }

  private String pattern() {
    String[] parts = {"%", "_", "a", "b", "é", " ", ".", "!%", "!_", "漢"};
    StringBuilder pattern = new StringBuilder();
    for (int i = random.nextInt(5); i >= 0; i--) {
      pattern.append(parts[random.nextInt(parts.length)]);
    }
    return "'" + pattern + "' escape '!'";
  }
}
