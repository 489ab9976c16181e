package io.github.s3vfs.select;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Random queries over objects answer what they answer over the same rows in a table. */
class SelectTablesOracleTest {
  private static final boolean THOROUGH = Boolean.getBoolean("s3vfs.test.thorough");
  private static final int ROUNDS = THOROUGH ? 300 : 12;
  private static final int QUERIES = 60;

  private static final List<String> TYPES =
      List.of("INT", "REAL", "NUMERIC", "TEXT", "BLOB", "", "VARCHAR(9)", "DOUBLE PRECISION");
  private static final String[] TEXTS = {
    "",
    "0",
    "1",
    "2",
    "3",
    "10",
    "01",
    "1.0",
    "2.50",
    " 1",
    "1 ",
    "\t2",
    "-0",
    "-0.0",
    "+3",
    ".5",
    "5.",
    "1e3",
    "1E-2",
    "1e",
    "0x10",
    "abc",
    "ABC",
    "aBc",
    "b",
    "ä",
    "Ä",
    "\uD83D\uDE00",
    "1a",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "9007199254740993",
    "9007199254740993.0",
    "12345678901234567.5",
    "3e15",
    "1e400",
    "0.1",
    "0.30000000000000004",
    "Inf",
    "a,b",
    "q\"q",
    "two\nlines",
    "-",
    "~",
    "\uFFFD",
    "1000",
    "0.1e1"
  };
  private static final String[] LITERALS = {
    "0",
    "1",
    "2",
    "-1",
    "10",
    "1.0",
    "2.5",
    "0.1",
    "1e3",
    "9223372036854775807",
    "9007199254740993",
    "9007199254740992.0",
    "'1'",
    "'01'",
    "'1.0'",
    "'abc'",
    "'ABC'",
    "'a'",
    "''",
    "'ä'",
    "' 1'",
    "NULL",
    "x'31'",
    "x''",
    "9e99",
    "CAST('1' AS TEXT)",
    "CAST(1 AS REAL)",
    "CAST('2' AS INT)",
    "'9223372036854775808'",
    "'\uFFFD'"
  };
  private static final String[] OPERATORS = {
    "=", "=", "=", "<", "<=", ">", ">=", "<>", "IS", "IS NOT"
  };

  private Random random = new Random(0);
  private int columns;

  private String any(String... of) {
    return of[random.nextInt(of.length)];
  }

  private String text() {
    return switch (random.nextInt(5)) {
      case 0 -> Integer.toString(random.nextInt(30) - 10);
      case 1 -> Double.toString(random.nextInt(100) / 8.0);
      default -> any(TEXTS);
    };
  }

  private String column(String table) {
    return table + ".c" + random.nextInt(columns);
  }

  /** Of the table that is not an object: one without a type, a number, a text, a blob. */
  private String other() {
    return "o." + any("n", "i", "r", "t");
  }

  private String value(boolean joined) {
    return switch (random.nextInt(joined ? 6 : 4)) {
      case 0 -> "'" + text().replace("'", "''") + "'";
      case 1 -> column("x");
      case 4, 5 -> other();
      default -> any(LITERALS);
    };
  }

  private String condition(int depth, boolean joined) {
    if (depth > 0 && random.nextInt(3) == 0) {
      return "("
          + condition(depth - 1, joined)
          + any(" AND ", " OR ")
          + condition(depth - 1, joined)
          + ")";
    }
    String column = column("x");
    return switch (random.nextInt(12)) {
      case 0 -> column + any(" IS NULL", " IS NOT NULL", " NOTNULL");
      case 1 -> column + " BETWEEN " + value(joined) + " AND " + value(joined);
      case 2 ->
          column + " IN (" + value(joined) + ", " + value(joined) + ", " + value(joined) + ")";
      case 3 -> column + any(" LIKE ", " GLOB ") + "'" + any("a%", "%1%", "*", "1*", "_") + "'";
      case 4 -> column + " COLLATE NOCASE " + any(OPERATORS) + " " + value(joined);
      case 5 -> value(joined) + " " + any(OPERATORS) + " " + column;
      case 6 -> "NOT " + column + " " + any(OPERATORS) + " " + value(joined);
      case 7 -> column + " + 0 " + any(OPERATORS) + " " + value(joined);
      default -> column + " " + any(OPERATORS) + " " + value(joined);
    };
  }

  /** With {@code x} as the table in question, and {@code @} where its name stands. */
  private String query() {
    boolean joined = random.nextInt(3) == 0;
    String list =
        joined
            ? column("x") + ", o.n, typeof(" + column("x") + ")"
            : any(
                "x.rowid, " + column("x"),
                "*",
                column("x") + ", typeof(" + column("x") + ")",
                "max(" + column("x") + "), min(" + column("x") + "), count(*)",
                "DISTINCT " + column("x"));
    String from = "@ x";
    if (joined) {
      String on = " ON " + condition(1, true);
      from =
          any(
              "@ x JOIN o" + on,
              "o LEFT JOIN @ x" + on,
              "@ x LEFT JOIN o" + on,
              "o CROSS JOIN @ x" + on,
              "@ x JOIN @ y ON " + column("x") + " = y.c0 JOIN o" + on);
    }
    String sql = "SELECT " + list + " FROM " + from;
    if (random.nextInt(5) > 0) {
      sql += " WHERE " + condition(2, joined);
    }
    if (!joined && !list.contains("max(") && random.nextInt(3) == 0) {
      sql +=
          any("", " ORDER BY 1, x.rowid")
              + " LIMIT "
              + random.nextInt(9)
              + any("", " OFFSET " + random.nextInt(5));
    }
    return sql;
  }

  private static String quoted(String field) {
    return field.isEmpty() ? "" : "\"" + field.replace("\"", "\"\"") + "\"";
  }

  @Test
  void objectsAnswerAsTablesDo() throws SQLException {
    long seed = Long.getLong("s3vfs.test.seed", System.nanoTime());
    System.out.println("SelectTablesOracleTest: -Ds3vfs.test.seed=" + seed);
    for (int round = 0; round < ROUNDS; round++) {
      random = new Random(seed + round);
      try (MemoryTables db = new MemoryTables()) {
        if (random.nextInt(4) == 0) {
          db.run("PRAGMA encoding = 'UTF-16'");
        }
        fill(db);
        for (int i = 0; i < QUERIES; i++) {
          String sql = query();
          List<String> expected = answer(db, sql.replace("@", "l"));
          List<String> found = answer(db, sql.replace("@", "v"));
          if (!sql.contains(" LIMIT ")) {
            Collections.sort(expected);
            Collections.sort(found);
          }
          assertEquals(expected, found, () -> "seed " + seed + ": " + sql);
        }
      }
    }
  }

  private List<String> answer(MemoryTables db, String sql) {
    try {
      return db.rows(sql);
    } catch (SQLException e) {
      throw new AssertionError(sql, e);
    }
  }

  private void fill(MemoryTables db) throws SQLException {
    columns = 1 + random.nextInt(5);
    if (random.nextInt(10) == 0) {
      columns = 70;
    }
    List<String> declared = new ArrayList<>();
    for (int i = 0; i < columns; i++) {
      declared.add("c" + i + " " + TYPES.get(random.nextInt(TYPES.size())));
    }
    String list = String.join(", ", declared);
    db.run("CREATE TABLE l(" + list + ")");
    StringBuilder csv = new StringBuilder();
    int rows = random.nextInt(60);
    String marks = declared.stream().map(c -> "?").collect(Collectors.joining(","));
    try (PreparedStatement insert =
        db.connection.prepareStatement("INSERT INTO l VALUES(" + marks + ")")) {
      for (int row = 0; row < rows; row++) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < columns; i++) {
          String field = text();
          if (i == 0 && columns == 1 && field.isEmpty()) {
            field = "x"; // a blank line would be none
          }
          line.append(i == 0 ? "" : ",").append(quoted(field));
          insert.setString(i + 1, field.isEmpty() ? null : field);
        }
        csv.append(line).append('\n');
        insert.execute();
      }
    }
    db.put("s3://bucket/k", csv.toString());
    db.run(
        "CREATE VIRTUAL TABLE temp.v USING s3_csv('s3://bucket/k', escape='', columns='"
            + list
            + "')");
    db.run("CREATE TABLE o(n, i INT, r REAL, t TEXT)");
    for (int i = random.nextInt(12); i >= 0; i--) {
      db.run(
          "INSERT INTO o VALUES("
              + any(LITERALS)
              + ","
              + any(LITERALS)
              + ","
              + any(LITERALS)
              + ","
              + any(LITERALS)
              + ")");
    }
  }
}
