package io.github.s3vfs.select;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Three-valued logic, all of it, as SQLite has it. */
class TruthTableTest {
  private static final List<String> TRUTHS = List.of("true", "false", "null");

  /** Operands that are not known before a row is read. */
  private static final List<String> COLUMNS = List.of("(_1 = '1')", "(_1 = '2')", "(_9 = '1')");

  @Test
  void allExpressionsOfThreeOperands() throws SQLException {
    List<String> shapes = new ArrayList<>();
    for (String first : List.of("and", "or")) {
      for (String second : List.of("and", "or")) {
        for (String not : List.of("", "not ")) {
          shapes.add(not + "%s " + first + " " + not + "%s " + second + " %s");
          shapes.add("%s " + first + " " + not + "(%s " + second + " %s)");
          shapes.add("(" + not + "%s " + first + " %s) " + second + " not %s");
          shapes.add("not (%s " + first + " %s " + second + " " + not + "%s)");
        }
      }
    }
    try (Connection sqlite = DriverManager.getConnection("jdbc:sqlite::memory:");
        Statement statement = sqlite.createStatement()) {
      for (String shape : shapes) {
        for (int operands = 0; operands < 27; operands++) {
          int a = operands % 3;
          int b = operands / 3 % 3;
          int c = operands / 9;
          String constant = shape.formatted(TRUTHS.get(a), TRUTHS.get(b), TRUTHS.get(c));
          String expected = sqlite(statement, constant);
          assertEquals(expected, Queries.value("(" + constant + ")"), constant);
          String ofRow = shape.formatted(COLUMNS.get(a), COLUMNS.get(b), COLUMNS.get(c));
          assertEquals(expected, Queries.value("(" + ofRow + ")"), ofRow);
          String kept = Queries.csv("select 1 from s3object where " + ofRow, "1,2\n");
          assertEquals(expected.equals("true") ? "1\n" : "", kept, ofRow);
        }
      }
    }
  }

  @Test
  void everyConditionOnNull() throws SQLException {
    List<String> values = List.of("1", "2", "null");
    try (Connection sqlite = DriverManager.getConnection("jdbc:sqlite::memory:");
        Statement statement = sqlite.createStatement()) {
      for (String a : values) {
        for (String b : values) {
          for (String c : values) {
            for (String not : List.of("", "not ")) {
              same(statement, a + " " + not + "between " + b + " and " + c);
              same(statement, a + " " + not + "in (" + b + ", " + c + ")");
              same(statement, "(" + a + " = " + b + ") is " + not + "null");
              same(statement, not + "(" + a + " < " + b + ") = (" + b + " < " + c + ")");
              same(
                  statement,
                  "case when " + not + "(" + a + " <= " + b + ") then true else false end");
              same(
                  statement,
                  "case "
                      + a
                      + " when "
                      + b
                      + " then true when "
                      + c
                      + " then false else null end");
            }
            for (String operator : List.of("=", "!=", "<>", "<", "<=", ">", ">=")) {
              same(statement, a + operator + b);
            }
          }
        }
      }
    }
  }

  private static void same(Statement statement, String expression) throws SQLException {
    assertEquals(sqlite(statement, expression), Queries.value("(" + expression + ")"), expression);
  }

  private static String sqlite(Statement statement, String expression) throws SQLException {
    try (ResultSet result = statement.executeQuery("select " + expression)) {
      result.next();
      int truth = result.getInt(1);
      return result.wasNull() ? "null" : truth != 0 ? "true" : "false";
    }
  }
}
