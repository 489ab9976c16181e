package io.github.s3vfs.select;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Rows come as values, as CSV and as JSON. */
class OutputTest {
  private static final String NASTY = "a\\\"b,\"c,d\",é,\"x\\\"y\\\\\",,\u0001\n";

  @Test
  void fieldsAreQuotedAsAsked() {
    assertEquals(
        "\"a\"\"b\",\"c,d\",é,\"x\"\"y\",,\u0001\n",
        Queries.csv("select * from stdin", "a\\\"b,\"c,d\",é,\"x\\\"y\",,\u0001\n"));
    SelectOptions always =
        Queries.CSV.withOutput(CsvOutput.DEFAULT.withQuoteFields(QuoteFields.ALWAYS));
    assertEquals(
        "\"1\",\"null\",\"2\"\n", Queries.run("select _1, _3, 2 from stdin", "1,2\n", always));
    SelectOptions other =
        Queries.CSV.withOutput(new CsvOutput("\t", "|", '\'', '\\', QuoteFields.ASNEEDED));
    assertEquals(
        "'a\\'b'\t'c|d'\t'back\\\\slash\t'|",
        Queries.run("select * from stdin", "a'b,c|d,back\\\\slash\t\n", other));
    SelectOptions ceph = Queries.CSV.withDialect(Dialect.CEPH);
    assertEquals("c,d\n", Queries.run("select _1 from stdin", "\"c,d\"\n", ceph));
  }

  @Test
  void valuesOfAllTypesAreQuotedWhereTheyHaveDelimiters() {
    String query =
        "select to_timestamp('2020-01-02T03:04:05Z'), 1.5, -3, true, null, cast(1.5 as decimal(3,2))"
            + " from stdin";
    for (String delimiter : new String[] {":", ".", "-", "e", "l", ",", "0"}) {
      CsvOutput output = CsvOutput.DEFAULT.withDelimiters(delimiter, "\n");
      String written = Queries.run(query, "x\n", Queries.CSV.withOutput(output));
      assertEquals(
          List.of(List.of("2020-01-02T03:04:05Z", "1.5", "-3", "true", "null", "1.50")),
          Queries.rows(
              "select * from stdin",
              Queries.bytes(written),
              Queries.CSV.withInput(CsvInput.DEFAULT.withDelimiters(delimiter, "\n"))),
          written);
    }
    assertEquals(
        "\"1.5\".-3.true\n",
        Queries.run(
            "select 1.5, -3, true from stdin",
            "x\n",
            Queries.CSV.withOutput(CsvOutput.DEFAULT.withDelimiters(".", "\n"))));
  }

  @Test
  void nullIsWrittenInProjectionsAndEmptyInStar() {
    assertEquals("null,1,,2\n", Queries.csv("select _2, * from stdin", "1,,2\n"));
    assertEquals("1,,2,null\n", Queries.csv("select *, _9 from stdin", "1,,2\n"));
  }

  @Test
  void starMayStandBehindTheAliasOfTheTable() {
    assertEquals("1,2\n", Queries.csv("select s.* from s3object s", "1,2\n"));
    assertEquals("2,1,2\n", Queries.csv("select s._2, S3Object.* from s3object as s", "1,2\n"));
    assertEquals(
        "ParseUnexpectedToken",
        Queries.failure(() -> Queries.csv("select x.* from s3object s", "1\n")).code());
    assertEquals(
        "ParseUnexpectedToken",
        Queries.failure(() -> Queries.csv("select 1 + s.* from s3object s", "1\n")).code());
  }

  @Test
  void jsonIsJson() {
    SelectOptions json = Queries.CSV.withOutput(JsonOutput.DEFAULT);
    String line =
        Queries.run(
            "select *, nan as n, 1.5 as f, 2e300 as g, true as b, null as m, `2020T` as \u00e9t from stdin",
            NASTY,
            json);
    JsonNode row = JsonMapper.shared().readTree(line);
    assertEquals("a\"b", row.get("_1").asString());
    assertEquals("c,d", row.get("_2").asString());
    assertEquals("x\"y\\", row.get("_4").asString());
    assertTrue(row.get("_5").isNull() && row.get("n").isNull() && row.get("m").isNull());
    assertEquals("\u0001", row.get("_6").asString());
    assertEquals(1.5, row.get("f").asDouble());
    assertEquals(2e300, row.get("g").asDouble());
    assertTrue(row.get("b").asBoolean());
    assertEquals("2020-01-01T00:00:00+00:00", row.get("ét").asString());
    String nested =
        Queries.run(
            "select * from s3object[*]",
            "{\"a\": [1, {\"b\\n\" : \"x y\"}],\n \"n\": 12345678901234567890, \"d\":1.50, \"s\":\"\\u00e9\\ud83d\\ude00\\ud800\"}",
            Queries.DOCUMENT.withOutput(JsonOutput.DEFAULT));
    assertEquals(
        "{\"a\":[1,{\"b\\n\":\"x y\"}],\"n\":12345678901234567890,\"d\":1.5,\"s\":\"é😀\uFFFD\"}\n",
        nested);
    assertEquals("{\"_1\":3}\n", Queries.run("select count(*) from stdin", "1\n2\n3\n", json));
  }

  @Test
  void anAliasMayBeInDoubleQuotes() {
    SelectOptions json = Queries.HEADER.withOutput(JsonOutput.DEFAULT);
    for (Dialect dialect : Dialect.values()) {
      assertEquals(
          "{\"First Name\":\"a\",\"from\":2,\"x\":3}\n",
          Queries.run(
              "select s.name as \"First Name\", 1+1 as \"from\", 3 as \"x\" from s3object s where x = 3",
              "name\na\n",
              json.withDialect(dialect)));
    }
    for (String wrong : new String[] {"as 'x'", "as \"\"", "\"x\""}) {
      assertTrue(
          Queries.failure(() -> Queries.csv("select _1 " + wrong + " from stdin", "1\n"))
              .code()
              .startsWith("Parse"));
    }
    assertEquals(
        "AmbiguousFieldName",
        Queries.failure(
                () -> Queries.run("select 1 as \"name\" from stdin", "name\na\n", Queries.HEADER))
            .code());
  }

  @Test
  void columnsWithoutANameHaveTheirPlaceAsOne() {
    SelectOptions json = Queries.CSV.withOutput(JsonOutput.DEFAULT);
    assertEquals(
        "{\"_2\":2,\"_1\":\"a\"}\n", Queries.run("select int(_2), _1 from stdin", "a,2\n", json));
    assertEquals(
        "{\"_2\":\"2\",\"x\":\"a\",\"_3\":null,\"_4\":2}\n",
        Queries.run("select _2, _1 as x, _3, 1+1 from stdin", "a,2\n", json));
    assertEquals(
        "{\"_2\":1,\"_3\":2,\"_5\":3,\"_1\":\"a\",\"_4\":null}\n",
        Queries.run("select 1, 2, 3, _1, _4 from stdin", "a,2\n", json));
    SelectOptions ceph = json.withDialect(Dialect.CEPH);
    assertEquals(
        "{\"x\":\"a\",\"_1\":2,\"_3\":3,\"_2\":\"2\"}\n",
        Queries.run("select _1 as x, 1+1, 3, _2 from stdin", "a,2\n", ceph));
  }

  @Test
  void valuesHaveTypes() {
    String query =
        "select _1, int(_1) as i, 1.5 as f, cast(_1 as decimal(5,2)) as d, true as b,"
            + " `2020-01-02T03:04:05+01:00` as t, null as n, missing as m from stdin";
    try (SelectRows rows =
        S3Select.query(query, ObjectSource.of(Queries.bytes("7\n")), Queries.CSV)) {
      assertEquals(0, rows.columnCount());
      assertTrue(rows.next());
      assertEquals(List.of("_1", "i", "f", "d", "b", "t", "n", "m"), rows.columnNames());
      assertEquals("7", rows.getString(0));
      assertEquals(SelectType.STRING, rows.type(0));
      assertEquals(7, rows.getLong(1));
      assertEquals(7.0, rows.getDouble(1));
      assertEquals(new BigDecimal("7"), rows.getDecimal(1));
      assertEquals(1.5, rows.getDouble(2));
      assertEquals(new BigDecimal("1.5"), rows.getDecimal(2));
      assertEquals(new BigDecimal("7.00"), rows.getDecimal(3));
      assertEquals("7.00", rows.getString(3));
      assertTrue(rows.getBoolean(4));
      assertEquals(OffsetDateTime.parse("2020-01-02T03:04:05+01:00"), rows.getTimestamp(5));
      assertTrue(rows.isNull(6) && rows.isNull(7));
      assertNull(rows.getString(6));
      assertNull(rows.getObject(7));
      assertEquals(OffsetDateTime.parse("2020-01-02T03:04:05+01:00"), rows.getObject(5));
      assertEquals("TypeMismatch", Queries.failure(() -> rows.getLong(0)).code());
      assertEquals("TypeMismatch", Queries.failure(() -> rows.getTimestamp(1)).code());
      assertThrows(IndexOutOfBoundsException.class, () -> rows.getString(8));
      assertFalse(rows.next());
      assertFalse(rows.next());
    }
  }

  @Test
  void rowsOfStarHaveTheirOwnColumns() {
    try (SelectRows rows =
        S3Select.query(
            "select *, s.a as z from s3object[*] s",
            ObjectSource.of(
                Queries.bytes("{\"a\":1,\"b\":[1]}\n{\"c\":null}\n5\n{\"a\":1,\"A\":2,\"a\":3}")),
            Queries.LINES)) {
      assertTrue(rows.next());
      assertEquals(List.of("a", "b", "z"), rows.columnNames());
      assertEquals(SelectType.JSON, rows.type(1));
      assertEquals("[1]", rows.getString(1));
      assertTrue(rows.next());
      assertEquals(List.of("c", "z"), rows.columnNames());
      assertTrue(rows.next());
      assertEquals(List.of("_1", "z"), rows.columnNames());
      assertEquals(5, rows.getLong(0));
      assertTrue(rows.next());
      assertEquals(List.of("a", "A", "z"), rows.columnNames());
      assertEquals(3, rows.getLong(0));
      assertEquals(3, rows.getLong(2));
    }
  }

  @Test
  void starsCanBeThereSeveralTimes() {
    String rows = "a,b\n\nc\n";
    assertEquals("a,b,a,b\nc,c\n", Queries.csv("select *, * from stdin", rows));
    assertEquals(
        "b,a,b,b,a,b,a,a,b\nnull,c,null,c,c,c\n",
        Queries.csv("select _2, s.*, _2 as x, *, _1, * from s3object s", rows));
    try (SelectRows found =
        S3Select.query(
            "select 1 as x, *, 2 as y, *, * from s3object[*]",
            ObjectSource.of(Queries.bytes("{\"a\":3,\"b\":null}\n{}\n")),
            Queries.LINES)) {
      assertTrue(found.next());
      assertEquals(List.of("x", "a", "b", "y", "a", "b", "a", "b"), found.columnNames());
      assertEquals(3, found.getLong(6));
      assertTrue(found.isNull(7));
      assertTrue(found.next());
      assertEquals(List.of("x", "y"), found.columnNames());
      assertEquals(2, found.getLong(1));
    }
  }

  @Test
  void limitsAndClosing() {
    String rows = "1\n2\n3\n4\n";
    assertEquals("3\n4\n", Queries.csv("select _1 from stdin where int(_1) > 2 limit 2", rows));
    assertEquals("", Queries.csv("select _1 from stdin limit 0", rows));
    assertEquals("", Queries.csv("select count(*) from stdin limit 0", rows));
    assertEquals(
        "",
        Queries.run(
            "select _1 from stdin where int(_1) > 2 limit 2",
            rows,
            Queries.CSV.withDialect(Dialect.CEPH)));
    SelectRows open =
        S3Select.query("select _1 from stdin", ObjectSource.of(Queries.bytes(rows)), Queries.CSV);
    assertTrue(open.next());
    open.close();
    open.close();
    assertFalse(open.next());
  }

  @Test
  void whatIsWrittenWithAnEscapeCharacterIsReadBackWithIt() {
    List<List<@Nullable String>> values =
        List.of(List.of("a\\", "\\", "b\\c", "d"), List.of("\\\"", "e\nf", "g\\,", "\u00a9"));
    for (String quote : new String[] {"\"", "'", "\u00ab"}) {
      for (String escape : new String[] {"\\", "!", quote}) {
        CsvInput input = CsvInput.DEFAULT.withQuotes(quote, escape).withQuotedRecordDelimiter(true);
        for (QuoteFields quotes : new QuoteFields[] {QuoteFields.ASNEEDED, QuoteFields.ALWAYS}) {
          CsvOutput output = new CsvOutput(",", "\n", quote.charAt(0), escape.charAt(0), quotes);
          String json =
              "{\"a\":\"a\\\\\",\"b\":\"\\\\\",\"c\":\"b\\\\c\",\"d\":\"d\"}\n"
                  + "{\"a\":\"\\\\\\\"\",\"b\":\"e\\nf\",\"c\":\"g\\\\,\",\"d\":\"\u00a9\"}\n";
          String written =
              Queries.run("select * from s3object[*]", json, Queries.LINES.withOutput(output));
          assertEquals(
              values,
              Queries.rows(
                  "select * from stdin", Queries.bytes(written), Queries.CSV.withInput(input)),
              written);
        }
      }
    }
    assertEquals(
        "a\\\n", Queries.run("select * from s3object[*]", "{\"a\":\"a\\\\\"}", Queries.LINES));
  }

  @Test
  void aTargetThatFailsIsTold() {
    OutputStream broken =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("disk full");
          }
        };
    try (SelectRows rows =
        S3Select.query("select 1 from stdin", ObjectSource.of(Queries.bytes("a\n")), Queries.CSV)) {
      SelectException e = Queries.failure(() -> rows.writeTo(broken));
      assertEquals(SelectError.WRITE_FAILED, e.error());
      assertTrue(e.getMessage().contains("disk full"));
    }
  }
}
