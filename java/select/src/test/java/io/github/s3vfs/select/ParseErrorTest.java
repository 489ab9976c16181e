package io.github.s3vfs.select;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong with a query is told with its place and what was expected there. */
class ParseErrorTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "|1|1|ParseExpectedKeyword|expected SELECT, found the end of the query",
        "update x|1|1|ParseExpectedKeyword|expected SELECT, found 'update'",
        "select|1|7|ParseExpectedExpression|expected an expression, found the end of the query",
        "select _1|1|10|ParseSelectMissingFrom|expected ',' or FROM, found the end of the query",
        "select _1, from s3object|1|12|ParseExpectedExpression|expected an expression, found 'from'",
        "select _1 from tables|1|16|ParseUnexpectedToken|expected S3OBJECT, STDIN or a path after FROM, found 'tables'",
        "select (_1 from s3object|1|12|ParseUnexpectedToken|expected an operator or ')', found 'from'",
        "select _1 from s3object where|1|30|ParseExpectedExpression|expected an expression, found the end of the query",
        "select _1 from s3object where _1 = |1|35|ParseExpectedExpression|expected an expression",
        "select _1 from s3object where _1 like|1|38|ParseExpectedExpression|expected an expression",
        "select _1 from s3object where _1 between 1 or 2|1|44|ParseExpectedKeyword|expected AND, found 'or'",
        "select _1 from s3object where _1 in 1|1|37|ParseUnexpectedToken|expected '(', found '1'",
        "select _1 from s3object where _1 in (1|1|39|ParseUnexpectedToken|expected an operator, ',' or ')'",
        "select _1 from s3object where _1 is 1|1|37|ParseExpectedKeyword|expected NOT, NULL or MISSING, found '1'",
        "select _1 from s3object where _1 not 1|1|38|ParseExpectedKeyword|expected BETWEEN, IN or LIKE after NOT",
        "select _1 from s3object limit x|1|31|ParseUnexpectedToken|expected a number of rows, found 'x'",
        "select _1 from s3object limit 1 2|1|33|ParseUnexpectedToken|expected the end of the query, found '2'",
        "select _1 from s3object s where s._1 = 1 x|1|42|ParseUnexpectedToken|expected an operator, LIMIT or the end of the query",
        "select _1 from s3object, s3object|1|24|ParseUnsupportedAlias|query can not contain more then a single table-alias",
        "select x._1 from s3object s|1|8|ParseUnsupportedAlias|query can not contain more then a single table-alias",
        "select _1 from s3object group by _1|1|25|ParseUnsupportedSelect|S3 Select has no GROUP",
        "select _1 from s3object order by _1|1|25|ParseUnsupportedSelect|S3 Select has no ORDER",
        "select distinct _1 from s3object|1|8|ParseUnsupportedSelect|S3 Select has no DISTINCT",
        "select all _1, _2 from s3object|1|8|ParseUnsupportedSelect|S3 Select has no ALL",
        "select Distinct * from s3object|1|8|ParseUnsupportedSelect|S3 Select has no DISTINCT",
        "select distinct 'x' from s3object|1|8|ParseUnsupportedSelect|S3 Select has no DISTINCT",
        "select distinct case when 1=1 then 2 else 3 end from s3object|1|8|ParseUnsupportedSelect|S3 Select has no DISTINCT",
        "select count(distinct _1) from s3object|1|14|ParseUnsupportedSelect|S3 Select has no DISTINCT",
        "select sum(all int(_1)) from s3object|1|12|ParseUnsupportedSelect|S3 Select has no ALL",
        "select cast(_1 as thing) from s3object|1|19|ParseExpectedTypeName|expected a type: INT, FLOAT",
        "select cast(_1 int) from s3object|1|16|ParseExpectedKeyword|expected AS, found 'int'",
        "select cast(1 as decimal('3')) from s3object|1|26|ParseUnexpectedToken|expected a number of digits, found the string '3'",
        "select s[x] from s3object s|1|10|ParseUnexpectedToken|expected an index of up to 9 digits, or a key in quotes, found 'x'",
        "select s['x' from s3object s|1|14|ParseUnexpectedToken|expected ']'",
        "select cast(1 as decimal(0,0)) from s3object|1|18|ParseExpectedTypeName|1 to 38 digits",
        "select extract(century from _1) from s3object|1|16|ParseExpectedDatePart|expected a part: YEAR",
        "select date_add(timezone_hour, 1, `2020T`) from s3object|1|8|ParseExpectedDatePart|does not take the part",
        "select case when 1=1 then 2 end from s3object|1|29|ParseExpectedKeyword|expected WHEN or ELSE, found 'end'",
        "select trim(both '12' '3') from s3object|1|23|ParseExpectedKeyword|expected FROM, found the string '3'",
        "select nothing(1) from s3object|1|8|UnsupportedFunction|there is no function nothing",
        "select lower() from s3object|1|8|EvaluatorInvalidArguments|lower takes 1 argument, found 0",
        "select nullif(1) from s3object|1|8|EvaluatorInvalidArguments|nullif takes 2 arguments, found 1",
        "select 'abc from s3object|1|8|ParseMalformedString|no closing '",
        "select _1 from s3object where _1 ? 2|1|34|LexerInvalidChar|a query can not have '?' here",
        "select 9223372036854775808 from s3object|1|8|LexerInvalidLiteral|out of the range",
        "select `2020-13-01` from s3object|1|8|LexerInvalidLiteral|input date-time is illegal",
        "select sum(max(_1)) from s3object|1|12|ParseInvalidContextForAggregate|nested aggregation",
        "select sum(int(_1)), _2 from s3object|1|22|ParseInvalidContextForAggregate|mixed with a column",
        "select sum(int(_1)), * from s3object|1|22|ParseInvalidContextForAggregate|mixed with a column",
        "select _1 from s3object where count(*) > 1|1|31|ParseInvalidContextForAggregate|WHERE can not have an aggregate",
        "select sum(int(_1)) as s from s3object where s is null|1|46|ParseInvalidContextForAggregate|WHERE can not have an aggregate",
        "select sum(int(_1)) as s, s + 1 as t from s3object where 1 < t|1|62|ParseInvalidContextForAggregate|WHERE can not have an aggregate",
        "select sum(int(_1)) as s, max(s) from s3object|1|31|ParseInvalidContextForAggregate|nested aggregation",
        "select max(t), s as t, sum(int(_1)) as s from s3object|1|12|ParseInvalidContextForAggregate|nested aggregation",
        "select _1 from s3object[*].a|1|11|InvalidDataSource|FROM for CSV and Parquet has no path",
        "select _1 as a, _2 as a from s3object|1|17|AmbiguousFieldName|the alias a is there twice"
      })
  void errorsSayWhereAndWhatWasExpected(
      String query, int line, int column, String code, String message) {
    String text = query == null ? "" : query;
    SelectException e = Queries.failure(() -> Queries.csv(text, "1,2\n"));
    assertEquals(code, e.code(), e.getMessage());
    assertTrue(e.getMessage().contains(message), e.getMessage());
    assertEquals(line + ":" + column, e.line() + ":" + e.column(), e.getMessage());
  }

  @Test
  void distinctAndAllCanBeColumns() {
    String row = "{\"distinct\":{\"a\":[7]},\"all\":6,\"name\":\"x\"}";
    for (String query :
        new String[] {
          "select distinct name from s3object[*]",
          "select all name from s3object[*]",
          "select count(distinct name) from s3object[*]"
        }) {
      assertEquals(
          "ParseUnsupportedSelect",
          Queries.failure(() -> Queries.run(query, row, Queries.DOCUMENT)).code());
    }
    assertEquals(
        "7,6,6,36,6,true\n",
        Queries.run(
            "select distinct.a[0], all, all as b, all * all, s.all, all between 1 and 9"
                + " from s3object[*] s",
            row,
            Queries.DOCUMENT));
    assertEquals(
        "6,1", Queries.run("select max(all), count(all) from s3object[*]", row, Queries.DOCUMENT));
    assertEquals("6\n", Queries.run("select all from s3object[*]", row, Queries.DOCUMENT));
    assertEquals("6\n", Queries.run("select all * 1 from s3object[*]", row, Queries.DOCUMENT));
  }

  @Test
  void linesAndCharactersAreCounted() {
    SelectException e =
        Queries.failure(() -> Queries.csv("select '😀é'\n , 'x' ,,\nfrom s3object", ""));
    assertEquals(2, e.line());
    assertEquals(9, e.column());
    assertEquals("line 2, column 9: expected an expression, found ','", e.getMessage());
    e = Queries.failure(() -> Queries.csv("select '😀' ? from s3object", ""));
    assertEquals(12, e.column());
  }

  @Test
  void codesOfCephTellThePhase() {
    assertEquals(
        "UnsupportedSyntax", Queries.failure(() -> Queries.csv("select", "")).error().cephCode());
    assertEquals(
        "ProcessingTimeError",
        Queries.failure(() -> Queries.csv("select nothing from stdin", "1\n")).error().cephCode());
    assertEquals(
        "json-Format-Error",
        Queries.failure(() -> Queries.run("select _1.a from s3object", "{}", Queries.DOCUMENT))
            .error()
            .cephCode());
  }

  @Test
  void aliasesOfJsonThatNameEachOtherAreACircle() {
    for (String query :
        new String[] {
          "select max(y) as x, x as y from s3object[*]",
          "select y as x, x as y from s3object[*]",
          "select x + y as x, z as y, x as z from s3object[*]"
        }) {
      SelectException e = Queries.failure(() -> Queries.run(query, "{\"x\":1}", Queries.DOCUMENT));
      assertEquals(SelectError.CYCLIC_ALIAS, e.error());
    }
    for (String query :
        new String[] {
          "select x as x, count(*) from s3object[*]", "select max(x) as x, max(x) from s3object[*]"
        }) {
      SelectException e = Queries.failure(() -> Queries.run(query, "{\"x\":1}", Queries.DOCUMENT));
      assertEquals(SelectError.PARSE_INVALID_AGGREGATE, e.error());
    }
    assertEquals("3,4", Queries.csv("select max(int(_1)) as m, m + 1 as n from stdin", "1\n3\n"));
  }

  @Test
  void namesMayBeOfAnyLettersWithTheirMarks() {
    String rows = "किताब,e\u0301,\uD835\uDCB3,a\u200Cb\n1,2,3,4\n";
    assertEquals(
        "1,2,3,4\n",
        Queries.run(
            "select किताब, e\u0301, \uD835\uDCB3, a\u200Cb from stdin", rows, Queries.HEADER));
    for (String wrong : new String[] {"\u0301", "a\u0000", "a\uFEFF", "\uD835", "a\uD83D\uDE00"}) {
      SelectException e =
          Queries.failure(() -> Queries.csv("select " + wrong + " from stdin", "1\n"));
      assertEquals("LexerInvalidChar", e.code());
    }
  }

  @Test
  void namesThatAreNotThere() {
    SelectException e =
        Queries.failure(() -> Queries.run("select a, c from stdin", "a,b\n1,2\n", Queries.HEADER));
    assertEquals("EvaluatorBindingDoesNotExist", e.code());
    assertTrue(e.getMessage().contains("alias {c} or column not exist in schema"));
    assertEquals(11, e.column());
    e =
        Queries.failure(
            () -> Queries.run("select a as b from stdin", "a,b\n1,2\n", Queries.HEADER));
    assertTrue(
        e.getMessage().contains("multiple definition of column {b} as schema-column and alias"));
    e = Queries.failure(() -> Queries.csv("select _0 from stdin", "1\n"));
    assertEquals("InvalidColumnIndex", e.code());
    e = Queries.failure(() -> Queries.csv("select b+1 as a, a+1 as b from stdin", "1\n"));
    assertTrue(e.getMessage().contains("probably a cyclic reference to alias"));
  }

  @Test
  void aQueryHasAtMost256KiB() {
    String fits = "select 1 from stdin" + " ".repeat((256 << 10) - 19);
    assertEquals("1\n", Queries.csv(fits, "x\n"));
    assertEquals("ExpressionTooLong", Queries.failure(() -> Queries.csv(fits + " ", "x\n")).code());
    String wide = "select '" + "é".repeat(128 << 10) + "' from stdin";
    assertEquals("ExpressionTooLong", Queries.failure(() -> Queries.csv(wide, "x\n")).code());
  }

  @Test
  void deepExpressionsAreRefusedAndLongOnesAreNot() {
    String deep = "(".repeat(10_000) + "1" + ")".repeat(10_000);
    assertDeep("select " + deep + " from stdin");
    assertDeep("select " + "lower(".repeat(30_000) + "_1" + ")".repeat(30_000) + " from stdin");
    assertDeep("select 1 from stdin where " + "not (".repeat(20_000) + "1=1" + ")".repeat(20_000));
    assertDeep("select 1 from stdin where 1" + " = not 1".repeat(20_000));
    assertDeep("select 1 from stdin where 1" + " = 1".repeat(30_000));
    assertDeep(
        "select "
            + "case when 1=1 then ".repeat(8_000)
            + "1"
            + " else 2 end".repeat(8_000)
            + " from stdin");
    assertDeep("select _1" + ".a".repeat(50_000) + " from s3object[*]");
    String aliases =
        IntStream.range(1, 5_000)
            .mapToObj(i -> "a" + (i - 1) + "+1 as a" + i)
            .collect(Collectors.joining(", "));
    assertDeep("select int(_1) as a0, " + aliases + " from stdin where a4999 > 1");
    assertEquals("60000\n", Queries.csv("select 1" + "+1".repeat(59_999) + " from stdin", "x\n"));
    assertEquals(
        "true\n", Queries.csv("select (1=1" + " and 1=1".repeat(25_000) + ") from stdin", "x\n"));
    assertEquals(
        "1\n", Queries.csv("select 1 from stdin where " + "not ".repeat(50_000) + "1=1", "x\n"));
    assertEquals("-1\n", Queries.csv("select " + "- ".repeat(100_001) + "1 from stdin", "x\n"));
    String nested = "(".repeat(200) + "int(_1)" + "+1)".repeat(200);
    assertEquals("201\n", Queries.csv("select " + nested + " from stdin", "1\n"));
  }

  @Test
  void aliasesOfAliasesDoNotGrowWithoutBound() {
    String aliases =
        IntStream.range(1, 60)
            .mapToObj(i -> "a" + (i - 1) + "+a" + (i - 1) + " as a" + i)
            .collect(Collectors.joining(", "));
    String last = Queries.csv("select int(_1) as a0, " + aliases + " from stdin", "1\n");
    assertTrue(last.endsWith("," + (1L << 59) + "\n"), last);
    String sums = aliases.replace("int(_1)", "1");
    assertTrue(
        Queries.csv("select sum(1) as a0, " + sums + " from stdin", "1\n")
            .endsWith("," + (1L << 59)));
  }

  private static void assertDeep(String query) {
    SelectException e =
        Queries.failure(
            () ->
                Queries.run(query, "1\n", query.contains("[*]") ? Queries.DOCUMENT : Queries.CSV));
    assertEquals("ExpressionTooDeep", e.code());
  }
}
