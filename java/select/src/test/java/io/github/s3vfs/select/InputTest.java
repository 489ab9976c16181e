package io.github.s3vfs.select;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What rows and columns of CSV and JSON are. */
class InputTest {
  private static final String DOCUMENT =
      """
      {"meta": {"n": 1, "N": 2}, "Rows": [{"a": 1, "b": {"c": [10, [20, 21]]}}, {"a": null}, 5,
        [7, 8]], "deep": [{"x": [{"y": 1}, {"y": 2}]}, {"x": {"y": 3}}], "a.b": {"c d": true}}
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "select _1.a from s3object[*].rows|1 null null null",
        "select r.a from s3object[*].rows r|1 null null null",
        "select a from s3object[*].Rows[*]|1 null null null",
        "select _1.b.c[0], b.c[1][1], b.c[9], b.c from s3object[*].rows limit 1|10,21,null,null",
        "select _1[1] from s3object[*].rows|null null null 8",
        "select _1 from s3object[*].rows|null null 5 null",
        "select _1 from s3object[*].rows[3]|null",
        "select _1.a from s3object[*].rows[0]|1",
        "select _1.y from s3object[*].deep.x|1 2 3",
        "select _1.y from s3object[*].deep[0].x|1 2",
        "select _1.y from s3object[*].*.x|1 2 3",
        "select _1.n from s3object[*].meta|2",
        "select _1.meta.n, _1.Meta.N from s3object[*]|2,2",
        "select _1.\"a.b\".\"c d\" from s3object[*]|true",
        "select _1.\"c d\" from s3object[*].\"a.b\"|true",
        "select s['a.b']['c d'], _1.meta['N'], meta[\"n\"], s['Rows'][0]['b'].c[0] from s3object[*] s|true,2,2,10",
        "select r['a'] from s3object[*]['rows'][*] r|1 null null null",
        "select r['c d'] from s3object[*]['a.b'] r|true",
        "select _1.nothing.at.all, _1.meta.n.x from s3object[*]|null,null",
        "select count(*) from s3object[*].nothing|0",
        "select (_1.a is missing), (_1.a is null) from s3object[*].rows limit 2|false,false false,true"
      })
  void pathsOfJson(String query, String rows) {
    String result = Queries.run(query, DOCUMENT, Queries.DOCUMENT);
    assertEquals(rows, result.strip().replace('\n', ' '), query);
    String line = DOCUMENT.replace('\n', ' ') + "\n";
    assertEquals(result, Queries.run(query, line, Queries.LINES), query);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "select id from s3object[*].Rules[*].id|{\"id\":1} {\"id\":7} {\"id\":\"x\"} {\"id\":null} {\"id\":true}",
        "select ID from s3object[*].Rules[*].id where id is not missing limit 3|{\"ID\":1} {\"ID\":7} {\"ID\":\"x\"}",
        "select id as id from s3object[*].Rules[*].id r where R is null and r is not missing|{\"id\":null}",
        "select r, id from s3object[*].Rules[*].id r limit 1|{\"r\":1,\"id\":1}",
        "select *, id from s3object[*].Rules[*].id limit 1|{\"_1\":1,\"id\":1}"
      })
  void ofAwsTheLastKeyOfFromIsTheRowThatIsNoObject(String query, String rows) {
    // As AWS documents it; its rows that are {} for what is not there are none here.
    String json =
        "{\"Rules\":[{\"id\":1},{\"id\":{\"id\":7}},{\"expr\":\"y\"},{\"id\":\"x\"},{\"id\":null},"
            + "{\"id\":[true]}]}\n{\"created\":\"June 27\"}\n";
    SelectOptions options = Queries.LINES.withOutput(JsonOutput.DEFAULT);
    assertEquals(rows, Queries.run(query, json, options).strip().replace('\n', ' '), query);
  }

  @Test
  void ofCephABareNameIsAlwaysAKey() {
    SelectOptions options = Queries.DOCUMENT.withDialect(Dialect.CEPH);
    assertEquals(
        "null,null,1\n",
        Queries.run("select id, r, _1 from s3object[*].id r", "{\"id\":1}", options));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "select name as name from s3object[*]|x",
        "select upper(name) as name from s3object[*]|X",
        "select upper(name) as Name, name from s3object[*]|X,x",
        "select upper(name) as name, name as n, s.name, n from s3object[*] s|X,X,x,X",
        "select upper(name) as name from s3object[*] where name = 'X'|X",
        "select upper(name) as name from s3object[*] where name = 'x'|''",
        "select upper(s.name) as name from s3object[*] s where s.name = 'x'|X",
        "select n as n, n + m as m from s3object[*]|5,12",
        "select max(n) as n, sum(m) + 1 as m from s3object[*]|5,8",
        "select max(n) as n, n + 1 as next from s3object[*]|5,6"
      })
  void withinAnAliasOfJsonItsNameIsAKey(String query, String rows) {
    String json = "{\"name\":\"x\",\"n\":5,\"m\":7}";
    for (Dialect dialect : Dialect.values()) {
      assertEquals(
          rows, Queries.run(query, json, Queries.DOCUMENT.withDialect(dialect)).strip(), query);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a|[1,2] [3] 4",
        "a[*]|[1,2] [3] 4",
        "a[*][*]|1 2 3 4",
        "a[*][*][*]|1 2 3 4",
        "b[*][*]|[1] [2,3]",
        "b[*][*][*]|1 2 3",
        "a[*][0]|1 3",
        "b[*][*][0]|1 2",
        "b[*][0]|[1]",
        "a[0]|[1,2]",
        "a[0][*]|1 2",
        "b[0][*][*]|1 2 3",
        "c[*][*].d|5 6",
        "c[*].d|5 6"
      })
  void elementsOfElements(String path, String rows) {
    String json = "{\"a\":[[1,2],[3],4],\"b\":[[[1],[2,3]]],\"c\":[[{\"d\":5}],{\"d\":[6]}]}";
    String query = "select * from s3object[*]." + path;
    SelectOptions options =
        Queries.DOCUMENT.withOutput(CsvOutput.DEFAULT.withQuoteFields(QuoteFields.NEVER));
    assertEquals(rows, Queries.run(query, json, options).strip().replace('\n', ' '), path);
  }

  @Test
  void theFirstStepBehindTheSourceTakesTheValuesOfTheInput() {
    SelectOptions options =
        Queries.LINES.withOutput(CsvOutput.DEFAULT.withQuoteFields(QuoteFields.NEVER));
    String json = "[[1,2],[3]]\n[4]\n5\n";
    for (String source : new String[] {"s3object[*]", "s3object[*][*]"}) {
      assertEquals("[1,2]\n[3]\n4\n5\n", Queries.run("select * from " + source, json, options));
    }
    assertEquals("1\n2\n3\n4\n5\n", Queries.run("select * from s3object[*][*][*]", json, options));
    assertEquals("[1,2]\n4\n", Queries.run("select * from s3object[*][0]", json, options));
    assertEquals("1\n3\n", Queries.run("select * from s3object[*][*][0]", json, options));
  }

  @Test
  void valuesOfJson() {
    String json =
        "{\"i\":-5,\"f\":2.50,\"e\":1e3,\"big\":123456789012345678901234567890,"
            + "\"max\":9223372036854775807,\"s\":\"\\u00e9\\n\\\"\\/\\ud83d\\ude00\",\"t\":true,\"n\":null,\"\":1,\"K\\u0041\":2}";
    assertEquals(
        "-5,2.5,1000,123456789012345678901234567890,9223372036854775807,true,null,2\n",
        Queries.run(
            "select s.i, s.f, s.e, s.big, s.max, s.t, s.n, s.ka from s3object[*] s",
            json,
            Queries.DOCUMENT));
    assertEquals(
        "é\n\"/😀\n",
        Queries.run(
            "select s.s from s3object[*] s",
            json,
            Queries.DOCUMENT.withOutput(CsvOutput.DEFAULT.withQuoteFields(QuoteFields.NEVER))));
    assertEquals(
        "9223372036854775808\n",
        Queries.run("select s.big + 1 - s.big + s.max from s3object[*] s", json, Queries.DOCUMENT));
  }

  @Test
  void valuesOfADocumentThatHaveNoEndOfTheirOwnHaveWhiteSpaceBehindThem() {
    for (String json :
        new String[] {"01", "12\"a\"truefalse", "\"a\"\"b\"", "1{\"a\":2}", "null1"}) {
      for (String query :
          new String[] {"select * from s3object[*]", "select count(*) from s3object[*].a"}) {
        SelectException e = Queries.failure(() -> Queries.run(query, json, Queries.DOCUMENT));
        assertEquals("JSONParsingError", e.code());
      }
    }
    assertEquals(
        "6", Queries.run("select count(*) from s3object[*]", "{}{}[1,2]3 4\n", Queries.DOCUMENT));
  }

  @Test
  void ofKeysThatComeTwiceTheLastCounts() {
    String json = "{\"a\":{\"b\":1,\"c\":2},\"a\":{\"b\":3},\"A\":{\"d\":[1]}}";
    assertEquals(
        "null,null,1\n",
        Queries.run("select _1.a.b, _1.a.c, _1.a.d[0] from s3object[*]", json, Queries.DOCUMENT));
  }

  @Test
  void aColumnOfCsvMayBeNamedInBrackets() {
    assertEquals(
        "1,2\n",
        Queries.run(
            "select s['first name'], s[\"b\"] from s3object s",
            "first name,b\n1,2\n",
            Queries.HEADER));
    assertEquals("2\n", Queries.csv("select s['_2'] from s3object s", "1,2\n"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "select customer-id from stdin where int(age)>30|{\"customer-id\":\"7\"}",
        "select s.customer-id, s3object.customer-id as cid from stdin s|{\"customer-id\":\"7\",\"cid\":\"7\"}",
        "select a-b-c, a-b, age from stdin|{\"a-b-c\":\"1\",\"a-b\":\"2\",\"age\":\"40\"}",
        "select int(age)-int(a-b)-3 as x from stdin where a-b-c='1'|{\"x\":35}",
        "select concat-x, 5 as n from stdin|!EvaluatorBindingDoesNotExist",
        "select customer - id from stdin|!EvaluatorBindingDoesNotExist",
        "select (customer)-id from stdin|!EvaluatorBindingDoesNotExist",
        "select age-id from stdin|!TypeMismatch",
        "select age-missing from stdin|!TypeMismatch",
        "select 9 as customer, customer-id from stdin|!TypeMismatch",
        "select count(customer-id), count(*) as n from stdin|{\"_1\":1,\"n\":1}",
        "select max(int(customer-id)) as m, customer-id from stdin|!ParseInvalidContextForAggregate"
      })
  void columnsMayHaveHyphens(String query, String expected) {
    String rows = "customer-id,age,id,age-id,a-b-c,a-b\n7,40,x,9,1,2\n";
    for (Dialect dialect : Dialect.values()) {
      SelectOptions options = Queries.HEADER.withOutput(JsonOutput.DEFAULT).withDialect(dialect);
      if (expected.startsWith("!")) {
        SelectException e = Queries.failure(() -> Queries.run(query, rows, options));
        assertEquals(expected.substring(1), e.code(), e.getMessage());
      } else {
        assertEquals(expected, Queries.run(query, rows, options).strip());
      }
    }
  }

  @Test
  void quotesOfCsv() {
    String rows = "a,\"b\nc\",d\n\"x\"\"y\",\"z\\\"\"\n";
    SelectOptions never =
        Queries.CSV.withOutput(
            CsvOutput.DEFAULT.withQuoteFields(QuoteFields.NEVER).withDelimiters("|", ";"));
    assertEquals("a|\"b;c\",d;", Queries.run("select * from stdin", "a,\"b\nc\",d\n", never));
    assertEquals(
        "a|b\nc|d;x\"y|z\";",
        Queries.run("select * from stdin", rows, never.withDialect(Dialect.CEPH)));
    SelectOptions allowed = never.withInput(CsvInput.DEFAULT.withQuotedRecordDelimiter(true));
    assertEquals("a|b\nc|d;x\"y|z\";", Queries.run("select * from stdin", rows, allowed));
    assertEquals("1|\"open;2|3;", Queries.run("select * from stdin", "1,\"open\n2,3\n", allowed));
    SelectOptions doubled = never.withInput(CsvInput.DEFAULT.withQuotes("\"", "\""));
    assertEquals("x\"y|a\\;", Queries.run("select * from stdin", "\"x\"\"y\",a\\\n", doubled));
    SelectOptions plain = never.withInput(CsvInput.DEFAULT.withQuotes(null, null));
    assertEquals("\"x|y\"|a\\;", Queries.run("select * from stdin", "\"x,y\",a\\\n", plain));
  }

  @Test
  void blankLinesCommentsAndShortRows() {
    String rows = "1,2,3\n\n4\n#5,6\n\r\n7,,8\n";
    assertEquals("1,2\n4,null\n7,null\n", Queries.csv("select _1, _2 from stdin", rows));
    assertEquals(
        "1\n4\n#5\n7\n",
        Queries.run("select _1 from stdin", rows, Queries.CSV.withDialect(Dialect.CEPH)));
    assertEquals(
        "1\n#5\n7\n",
        Queries.run(
            "select _1 from stdin",
            rows,
            Queries.CSV.withInput(CsvInput.DEFAULT.withComments("4"))));
    assertEquals(
        "4\n",
        Queries.run(
                "select count(*) from stdin",
                rows,
                Queries.CSV.withInput(CsvInput.DEFAULT.withComments("")))
            + "\n");
  }

  @Test
  void commentsEndWithTheirLineWhateverQuotesTheyHave() {
    String rows = "# 5\" pipe\n1,a\n# 6\" \\\n2,\"b\n#c\"\n# \"\n3,d\n#\"";
    SelectOptions quoted = Queries.CSV.withInput(CsvInput.DEFAULT.withQuotedRecordDelimiter(true));
    assertEquals(
        "1,a;2,\"b\n#c\";3,d;",
        Queries.run(
            "select _1, _2 from stdin",
            rows,
            quoted.withOutput(CsvOutput.DEFAULT.withDelimiters(",", ";"))));
    SelectOptions named =
        Queries.CSV.withInput(CsvInput.WITH_HEADER.withQuotedRecordDelimiter(true));
    assertEquals("1\n", Queries.run("select id from stdin", "# \"of\nid\n# \"\n1\n#\"\n", named));
  }

  @Test
  void headers() {
    String rows = "\uFEFFid,\"na,me\",Id\n1,x,2\n";
    assertEquals("1,2,x\n", Queries.run("select id, Id, _2 from stdin", rows, Queries.HEADER));
    assertEquals("x\n", Queries.run("select s.\"na,me\" from s3object s", rows, Queries.HEADER));
    assertEquals(
        "{\"id\":\"1\",\"na,me\":\"x\",\"Id\":\"2\"}\n",
        Queries.run("select * from stdin", rows, Queries.HEADER.withOutput(JsonOutput.DEFAULT)));
    SelectOptions ignored =
        Queries.CSV.withInput(CsvInput.DEFAULT.withHeader(FileHeaderInfo.IGNORE));
    assertEquals("1\n", Queries.run("select _1 from stdin", rows, ignored));
    assertEquals("0", Queries.run("select count(*) from stdin", "", Queries.HEADER));
  }

  @Test
  void optionsThatAreNotPossible() {
    for (Runnable wrong :
        new Runnable[] {
          () -> CsvInput.DEFAULT.withDelimiters("", "\n"),
          () -> CsvInput.DEFAULT.withDelimiters(",", ","),
          () -> CsvInput.DEFAULT.withDelimiters("x".repeat(17), "\n"),
          () -> CsvInput.DEFAULT.withQuotes("ab", null),
          () -> CsvInput.DEFAULT.withQuotes("a", ""),
          () -> CsvInput.DEFAULT.withComments("//"),
          () -> SelectLimits.DEFAULT.withMaxRecordBytes(1),
          () -> SelectLimits.DEFAULT.withMaxRowErrors(0),
          () -> SelectLimits.DEFAULT.withMaxInputBytes(0)
        }) {
      assertEquals("InvalidRequest", Queries.failure(wrong).code());
    }
  }
}
