package io.github.s3vfs.cli;

import static io.github.s3vfs.cli.CliBucket.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SQL from arguments, files and standard input, and the forms that rows are written in. */
class SqlCommandTest {
  private static final String DB = at("db");
  private static CliBucket bucket;

  @TempDir Path directory;

  @BeforeAll
  static void open() {
    bucket = new CliBucket();
    bucket
        .run(
            "sql",
            "--create",
            DB,
            "CREATE TABLE t(a INTEGER, b TEXT, c REAL, d BLOB)",
            "INSERT INTO t VALUES (1, 'x,\"y\"', 1.5, x'00ff'), (2, NULL, -2.0, NULL)")
        .ok();
  }

  @AfterAll
  static void close() {
    bucket.close();
  }

  @Test
  void tablesAreWrittenForPeople() {
    assertEquals(
        """
        a  b      c     d
        -  -----  ----  -------
        1  x,"y"  1.5   x'00ff'
        2  NULL   -2.0  NULL
        """,
        bucket.run("sql", DB, "SELECT * FROM t").ok().out());
  }

  @Test
  void csvIsWrittenForSpreadsheets() {
    assertEquals(
        "a,b,c,d\r\n1,\"x,\"\"y\"\"\",1.5,00ff\r\n2,,-2.0,\r\n",
        bucket.run("sql", DB, "-m", "csv", "SELECT * FROM t").ok().out());
    assertEquals("a\r\n\"\"\r\n", bucket.run("sql", DB, "--mode=csv", "SELECT '' AS a").ok().out());
  }

  @Test
  void jsonIsWrittenForPrograms() throws Exception {
    CliBucket.Run run = bucket.run("sql", DB, "--json", "SELECT *, a FROM t").ok();
    assertEquals("x,\"y\"", run.json("$[0].b"));
    assertEquals("00ff", run.json("$[0].d"));
    assertEquals("1", run.json("$[0].\"a:1\""));
    assertEquals("null", run.json("$[1].b"));
    assertEquals(
        "\u0001\n\"ä\\",
        bucket
            .run("sql", DB, "-m", "json", "SELECT char(1, 10, 34, 228, 92) AS s")
            .ok()
            .json("$[0].s"));
    assertEquals("[]\n", bucket.run("sql", DB, "--json", "SELECT * FROM t WHERE 0").ok().out());
  }

  @Test
  void controlCharactersReachNoTerminal() {
    String out = bucket.run("sql", DB, "SELECT char(27) || '[2J' || char(10) AS s").ok().out();
    assertTrue(out.contains("\\x1b[2J\\n"), out);
    assertFalse(out.contains("\u001b"), out);
  }

  @Test
  void statementsComeFromFilesAndStandardInputToo() throws Exception {
    Path file = directory.resolve("script.sql");
    Files.writeString(
        file,
        """
        -- a comment; with a semicolon
        CREATE TEMP TABLE u(x); /* another; */
        CREATE TEMP TRIGGER g AFTER INSERT ON u BEGIN
          INSERT INTO u SELECT 'a;b' WHERE new.x < 5;
          SELECT CASE WHEN 1 THEN 2 END;
        END;
        INSERT INTO u VALUES (1);
        SELECT count(*) AS n FROM u""");
    assertEquals("n\n-\n2\n", bucket.run("sql", DB, "--file", file.toString()).ok().out());
    String script = Files.readString(file);
    assertEquals("n\n-\n2\n", bucket.runWith(script, "sql", DB).ok().out());
    assertEquals("n\n-\n2\n", bucket.runWith(script, "sql", DB, "-").ok().out());
  }

  @Test
  void commandsWithADotShowTheSchema() {
    assertEquals("t\n", bucket.runWith(".tables\n", "sql", DB).ok().out());
    assertEquals(
        "CREATE TABLE t(a INTEGER, b TEXT, c REAL, d BLOB);\n",
        bucket.runWith(".schema T\n.quit\nno SQL", "sql", DB).ok().out());
    assertEquals("a\r\n1\r\n", bucket.runWith(".mode csv\nSELECT 1 AS a;\n", "sql", DB).ok().out());
    bucket.runWith(".nonsense\n", "sql", DB).ends(ExitCode.USAGE);
  }

  @Test
  void theFirstFailureEndsAScript() {
    CliBucket.Run run =
        bucket.runWith("SELECT 1 AS a;\nSELECT missing;\nSELECT 2 AS b;", "sql", DB);
    assertEquals(ExitCode.FAILURE, run.code());
    assertEquals("a\n-\n1\n", run.out());
    assertTrue(run.error().contains("no such column: missing"), run.err());
  }

  @Test
  void aTransactionThatIsNotCommittedIsRolledBack() throws Exception {
    bucket.run("sql", DB, "BEGIN", "DELETE FROM t").ok();
    assertEquals(
        "2", bucket.run("sql", DB, "--json", "SELECT count(*) n FROM t").ok().json("$[0].n"));
  }

  @Test
  void readOnlyRefusesToWrite() {
    assertTrue(
        bucket
            .run("sql", DB, "--read-only", "DELETE FROM t")
            .ends(ExitCode.FAILURE)
            .error()
            .contains("readonly"));
  }

  @Test
  void manyRowsAreStreamed() {
    String many =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)"
            + " SELECT i FROM n";
    assertEquals(2002, bucket.run("sql", DB, many).ok().out().lines().count());
    assertEquals(2001, bucket.run("sql", DB, "-m", "csv", many).ok().out().lines().count());
  }

  @Test
  void everyCharacterOfAStringIsKept() throws Exception {
    String sql = "SELECT hex('a\rb\r\nc\nd\r') AS h";
    String expected = "h\r\n610D620D0A630A640D\r\n";
    assertEquals(expected, bucket.run("sql", DB, "-m", "csv", sql).ok().out());
    for (String end : List.of("", ";", ";\r\n", ";\n", ";\r")) {
      assertEquals(expected, bucket.runWith(sql + end, "sql", DB, "-m", "csv").ok().out());
    }
    Path file = Files.writeString(directory.resolve("script.sql"), sql + ";\r\n");
    assertEquals(expected, bucket.run("sql", DB, "-m", "csv", "-F", file.toString()).ok().out());
    assertEquals(
        "h\r\n0D\r\nt\n",
        bucket.runWith(".mode csv\r\nSELECT hex('\r') AS h;\r\n.tables\r\n", "sql", DB).ok().out());
    assertEquals("a\n-\n1\nt\n", bucket.run("sql", DB, "SELECT 1 AS a", ".tables").ok().out());
  }

  @Test
  void aByteOrderMarkIsNoPartOfAScript() throws Exception {
    String script = "\uFEFFSELECT 1 AS a;";
    Path file = Files.writeString(directory.resolve("script.sql"), script);
    assertEquals("a\n-\n1\n", bucket.run("sql", DB, "-F", file.toString()).ok().out());
    assertEquals("a\n-\n1\n", bucket.runWith(script, "sql", DB).ok().out());
    assertEquals("", bucket.runWith("\uFEFF", "sql", DB).ok().out());
    assertEquals("", bucket.runWith("", "sql", DB).ok().out());
  }

  @Test
  void argumentsThatBeginWithAnAtAreNoFiles() throws Exception {
    Path file = Files.writeString(directory.resolve("words"), "SELECT 1");
    String error = bucket.run("sql", DB, "@" + file).ends(ExitCode.FAILURE).error();
    assertTrue(error.contains("@"), error);
  }

  @Test
  void aTimeOutThatSqliteDoesNotHaveIsRefused() {
    for (String seconds : List.of("-1", "2147484", "3000000")) {
      assertEquals(
          "--busy-timeout " + seconds + " is not in 0 to 2147483",
          bucket
              .run("sql", DB, "SELECT 1", "--busy-timeout=" + seconds)
              .ends(ExitCode.USAGE)
              .error());
    }
    bucket.run("sql", DB, "SELECT 1", "--busy-timeout", "2147483").ok();
  }
}
