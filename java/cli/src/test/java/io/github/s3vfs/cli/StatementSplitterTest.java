package io.github.s3vfs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Statements end where SQLite says that they do. */
class StatementSplitterTest {
  private static List<String> split(String text) {
    StatementSplitter splitter = new StatementSplitter();
    splitter.add(text);
    List<String> all = new ArrayList<>();
    for (String each = splitter.next(); each != null; each = splitter.next()) {
      all.add(each);
    }
    String rest = splitter.rest();
    if (rest != null) {
      all.add("rest: " + rest.strip());
    }
    return all;
  }

  @Test
  void semicolonsInQuotesAndCommentsEndNothing() {
    assertEquals(List.of("SELECT ';';", "SELECT \";\";"), split("SELECT ';';SELECT \";\";"));
    assertEquals(List.of("SELECT [;], `;`;"), split("SELECT [;], `;`;"));
    assertEquals(List.of("SELECT 'it''s;';"), split("SELECT 'it''s;';"));
    assertEquals(List.of("SELECT 1 -- ;\n;"), split("SELECT 1 -- ;\n;"));
    assertEquals(List.of("SELECT 1 /* ; */ ;"), split("SELECT 1 /* ; */ ;"));
    assertEquals(List.of("SELECT 3-1;", "SELECT 4/2*1;"), split("SELECT 3-1;SELECT 4/2*1;"));
    assertEquals(List.of("SELECT 1 -;", "SELECT 2;"), split("SELECT 1 -; SELECT 2;"));
  }

  @Test
  void theBodyOfATriggerEndsNothing() {
    String trigger =
        "CREATE TEMP TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; SELECT CASE WHEN 1 THEN 2 END;"
            + " END;";
    assertEquals(List.of(trigger, "SELECT 1;"), split(trigger + " SELECT 1;"));
    assertEquals(
        List.of("CREATE TABLE trigger_(a);", "SELECT 1;"),
        split("CREATE TABLE trigger_(a); SELECT 1;"));
    assertEquals(List.of("EXPLAIN " + trigger), split("EXPLAIN " + trigger));
  }

  @Test
  void blanksAndCommentsAreNoStatements() {
    assertEquals(List.of(), split(" ; ;\n-- nothing\n; /* nothing */ ;"));
    assertEquals(List.of("rest: SELECT 1"), split(";SELECT 1 "));
  }

  @Test
  void whatIsOpenGoesOn() {
    StatementSplitter splitter = new StatementSplitter();
    splitter.add("SELECT 1;\n");
    assertTrue(splitter.isBlank());
    splitter.add("/* a comment");
    assertFalse(splitter.isBlank());
    splitter.add(" that ends */");
    assertTrue(splitter.isBlank());
    splitter.add("SELECT 'a\nb");
    assertFalse(splitter.isBlank());
  }
}
