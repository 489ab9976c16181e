package io.github.s3vfs.select;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad input ends with an error of the specification, in bounded memory. */
class BadInputTest {
  /** One byte again and again, behind a few others. */
  private record Endless(String head, byte fill, long size) implements ObjectSource {
    @Override
    public InputStream open(long offset, long length) {
      InputStream rest =
          new InputStream() {
            private long left = length;

            @Override
            public int read() {
              return left-- > 0 ? fill : -1;
            }

            @Override
            public int read(byte[] target, int start, int count) {
              if (left <= 0) {
                return -1;
              }
              int given = (int) Math.min(count, left);
              Arrays.fill(target, start, start + given, fill);
              left -= given;
              return given;
            }
          };
      return offset > 0
          ? rest
          : new SequenceInputStream(new ByteArrayInputStream(Queries.bytes(head)), rest);
    }

    @Override
    public String name() {
      return "endless";
    }
  }

  private static SelectException failure(String query, ObjectSource source, SelectOptions options) {
    return Queries.failure(
        () -> {
          try (SelectRows rows = S3Select.query(query, source, options)) {
            while (rows.next()) {
              rows.getString(0);
            }
          }
        });
  }

  @Test
  void aFieldOf4GiBIsRefused() {
    for (String head : new String[] {"", "a,", "\"", "a\nb,\"", "\\"}) {
      SelectException e =
          failure("select _1 from stdin", new Endless(head, (byte) 'x', 4L << 30), Queries.CSV);
      assertEquals("OverMaxRecordSize", e.code(), head);
    }
    SelectOptions ceph = Queries.CSV.withDialect(Dialect.CEPH);
    assertEquals(
        "OverMaxRecordSize",
        failure("select _1 from stdin", new Endless("a,\"", (byte) 'x', 4L << 30), ceph).code());
    assertEquals(
        "OverMaxRecordSize",
        failure("select _1 from stdin", new Endless("", (byte) ',', 4L << 30), Queries.CSV).code());
    assertEquals(
        "OverMaxRecordSize",
        failure(
                "select s.a from s3object[*] s",
                new Endless("{\"a\":\"", (byte) 'x', 4L << 30),
                Queries.DOCUMENT)
            .code());
    assertEquals(
        "OverMaxRecordSize",
        failure(
                "select * from s3object[*] s",
                new Endless("{\"a\":[\"", (byte) 'x', 4L << 30),
                Queries.LINES)
            .code());
  }

  @Test
  void theLimitOfRecordsIsExact() {
    SelectOptions options = Queries.CSV.withLimits(SelectLimits.DEFAULT.withMaxRecordBytes(2_000));
    for (String end : new String[] {"", "\n", ",\"q\"\n"}) {
      int length = 2_000 - end.strip().length();
      String fits = "x".repeat(length) + end;
      assertEquals("1", Queries.run("select count(*) from stdin", fits, options));
      assertEquals(
          "OverMaxRecordSize",
          Queries.failure(() -> Queries.run("select count(*) from stdin", "x" + fits, options))
              .code());
    }
  }

  @Test
  void aQuotedRecordThatIsTooLongIsNotSeveral() {
    SelectOptions options =
        Queries.CSV
            .withInput(CsvInput.DEFAULT.withQuotedRecordDelimiter(true))
            .withLimits(SelectLimits.DEFAULT.withMaxRecordBytes(2_000));
    String lines = "bbbbbbbbb\n".repeat(199);
    for (String rest : new String[] {"", "x\n".repeat(500_000)}) {
      String fits = "1,\"" + lines + "\",x\n" + rest;
      assertEquals("1\n", Queries.run("select _1 from stdin limit 1", fits, options));
      String longer = "0\n1,\"" + lines + "bbbbbbb\",x\n" + rest;
      assertEquals("0\n", Queries.run("select _1 from stdin limit 1", longer, options));
      SelectException e =
          Queries.failure(() -> Queries.run("select count(*) from stdin", longer, options));
      assertEquals("OverMaxRecordSize", e.code());
    }
    String open = "1,\"" + lines + "2\n";
    assertEquals("200", Queries.run("select count(*) from stdin", open, options));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{\"a\":", "[{\"a\":", "[[]"})
  void tenMegabytesOfNestingAreRefused(String level) {
    String deep = level.repeat((10 << 20) / level.length());
    for (String query :
        new String[] {
          "select _1.a from s3object[*]",
          "select _1.b.c from s3object[*]",
          "select * from s3object[*]",
          "select _1.a[0][0][0] from s3object[*].a.a",
          "select count(*) from s3object[*].*.*"
        }) {
      SelectException e = Queries.failure(() -> Queries.run(query, deep, Queries.DOCUMENT));
      boolean bounded = e.code().equals("JSONParsingError") || e.code().equals("OverMaxRecordSize");
      assertTrue(bounded, query + ": " + e.getMessage());
    }
  }

  @Test
  void aBombIsStoppedAtTheLimit() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      byte[] lines = "a,b,c\n".repeat(10_000).getBytes(java.nio.charset.StandardCharsets.UTF_8);
      for (int i = 0; i < 500; i++) {
        gzip.write(lines);
      }
    }
    SelectOptions options =
        Queries.CSV
            .withCompression(Compression.GZIP)
            .withLimits(SelectLimits.DEFAULT.withMaxInputBytes(1 << 20));
    SelectException e =
        failure("select count(*) from stdin", ObjectSource.of(packed.toByteArray()), options);
    assertEquals("OverMaxDecompressedSize", e.code());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "{\"a\":1|expected ',' or '}', found the end of the input",
        "{\"a\" 1}|expected ':', found '1'",
        "{a:1}|expected '\"', found 'a'",
        "{\"a\":}|expected a value, found '}'",
        "{\"a\":01}|expected ',' or '}', found '1'",
        "{\"a\":1.}|expected a digit, found '}'",
        "{\"a\":+1}|expected a value, found '+'",
        "{\"a\":tru}|expected true, found '}'",
        "{\"a\":\"\\x\"}|behind a backslash, found 'x'",
        "{\"a\":\"\\u12g4\"}|expected a hexadecimal digit, found 'g'",
        "{\"a\":\"b|a string has no end",
        "{\"a\":[1,]}|expected a value, found ']'",
        "{\"a\":1,}|expected '\"', found '}'",
        "[1 2]|expected ',' or ']', found '2'",
        "nothing|expected null, found 'o'"
      })
  void malformedJsonSaysWhere(String json, String message) {
    for (String query :
        new String[] {
          "select _1.a from s3object[*]",
          "select * from s3object[*]",
          "select _1.b from s3object[*]"
        }) {
      for (SelectOptions options : new SelectOptions[] {Queries.DOCUMENT, Queries.LINES}) {
        SelectException e = Queries.failure(() -> Queries.run(query, json, options));
        assertEquals("JSONParsingError", e.code());
        boolean told =
            e.getMessage().contains(message) || message.startsWith("expected ',' or '}'");
        assertTrue(told, query + ": " + e.getMessage());
        assertTrue(e.getMessage().startsWith("JSON at byte "), e.getMessage());
      }
    }
  }

  @Test
  void aLineOfJsonIsOneValue() {
    SelectException e =
        Queries.failure(
            () ->
                Queries.run(
                    "select _1.a from s3object[*]", "{\"a\":1} {\"a\":2}\n", Queries.LINES));
    assertTrue(e.getMessage().contains("expected the end of the line"), e.getMessage());
    assertEquals(
        "1\n2\n",
        Queries.run("select _1.a from s3object[*]", "{\"a\":1} {\"a\":2}\n", Queries.DOCUMENT));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1/0|DivisionByZero",
        "1 % 0|DivisionByZero",
        "1.5/0|DivisionByZero",
        "9223372036854775807 + 1|IntegerOverflow",
        "-9223372036854775808 - 1|IntegerOverflow",
        "9223372036854775807 * 2|IntegerOverflow",
        "-9223372036854775808 / -1|IntegerOverflow",
        "10 ^ 19|IntegerOverflow",
        "-(-9223372036854775808)|IntegerOverflow",
        "_1 + 1|TypeMismatch",
        "1 + true|TypeMismatch",
        "('1' = 1)|TypeMismatch",
        "(_2 = 1)|TypeMismatch",
        "(true = 'true')|TypeMismatch",
        "(`2020T` < 1)|TypeMismatch",
        "(1 like '1')|TypeMismatch",
        "('a' like 'a!' escape '!')|LikeInvalidInputs",
        "('a' like 'a' escape '!!')|LikeInvalidInputs",
        "cast('x' as float)|CastFailed",
        "cast('.nan' as float)|CastFailed",
        "cast('.inf' as float)|CastFailed",
        "cast('-.infinity' as float)|CastFailed",
        "cast('1e400' as decimal) * cast('1e400' as decimal)|IntegerOverflow",
        "cast('1e-400' as decimal) * cast('1e-400' as decimal)|IntegerOverflow",
        "cast('1e400' as decimal) / cast('1e-400' as decimal)|IntegerOverflow",
        "cast('1e400' as decimal) % cast('3e-400' as decimal)|IntegerOverflow",
        "cast('1e400' as decimal(38,2))|CastFailed",
        "cast(cast('1e400' as decimal) as int)|CastFailed",
        "cast('1x' as float)|CastFailed",
        "cast('x' as decimal(3,1))|CastFailed",
        "cast(1000 as decimal(3,1))|CastFailed",
        "cast(1e30 as int)|CastFailed",
        "cast('1e999999999' as decimal)|CastFailed",
        "cast(`2020T` as int)|CastFailed",
        "lower(1)|EvaluatorInvalidFunctionArgument",
        "substring('abc', 'x')|EvaluatorInvalidFunctionArgument",
        "substring('abc', 1, -1)|EvaluatorInvalidFunctionArgument",
        "extract(year from 'x')|EvaluatorInvalidFunctionArgument",
        "date_add(year, 9000, `2020T`)|EvaluatorInvalidTimestamp",
        "to_timestamp('x')|EvaluatorInvalidTimestamp",
        "sum(_1)|TypeMismatch",
        "sum(9223372036854775807 - 0 * int(_1))|ok",
        "sum(9223372036854775807) + 1|IntegerOverflow"
      })
  void errorsOfExpressions(String expression, String code) {
    SelectOptions options = Queries.CSV.withLimits(SelectLimits.DEFAULT.withMaxRowErrors(1));
    String query = "select " + expression + " from stdin";
    if (code.equals("ok")) {
      assertEquals("9223372036854775807", Queries.run(query, "5,x\n", options));
      return;
    }
    SelectException e = Queries.failure(() -> Queries.run(query, "5,x\n", options));
    assertEquals(code, e.code(), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "select _1 from stdin where _1 > 5|1:31|operands not of the same type: string 'name' and int, in row 2",
        "select _1 from stdin where 5 < _1|1:30|operands not of the same type: int and string 'name', in row 2",
        "select _1 from stdin where not _1 between 1 and 5|1:35|string 'name' and int, in row 2",
        "select _1 from stdin where _1 in (8, 9)|1:31|string 'name' and int, in row 2",
        "select _1 from stdin where int(_2) like '1'|1:36|takes strings, and this is a int, in row 1",
        "select 1 + 2 - _1 * 3 from stdin|1:19|illegal binary operation with string '7': '*' takes numbers, in row 1",
        "select 1 + 2 - _1 from stdin|1:14|string '7': '-' takes numbers, in row 1",
        "select 1, -_1 from stdin|1:11|string '7': '-' takes numbers, in row 1",
        "select add(1, _1) from stdin|1:8|string '7': '+' takes numbers, in row 1",
        "select 1 + 6 / int(_2) from stdin|1:14|division by zero is not allowed, in row 2",
        "select sum(_1) from stdin|1:8|illegal aggregation of string '7': it takes numbers, in row 1",
        "select max(case when _2 = '1' then int(_1) else _1 end) from stdin|1:8|string 'name' and int, in row 2",
        "select max(int(_2)) / 0 from stdin|1:21|division by zero is not allowed",
        "select 1 / 0 from stdin|1:10|division by zero is not allowed"
      })
  void errorsOfOperatorsSayWhereAndInWhichRow(String query, String place, String message) {
    SelectException e = Queries.failure(() -> Queries.csv(query, "7,1\nname,0\n9,2\n"));
    assertEquals(place, e.line() + ":" + e.column(), e.getMessage());
    assertTrue(e.getMessage().endsWith(message), e.getMessage());
  }

  @Test
  void textThatIsComparedWithANumberMayHaveBlanksInFront() {
    String rows = " 7\n\t 8\n 4.5\n 10000000000000000000\n-9\n";
    assertEquals(
        " 7\n\t 8\n 10000000000000000000\n",
        Queries.csv("select _1 from stdin where _1 > 5", rows));
    assertEquals("4", Queries.csv("select count(*) from stdin where not _1 in (8)", rows));
    assertEquals(
        " 7\n 4.5\n", Queries.csv("select _1 from stdin where _1 between 1 and 7.5", rows));
    assertEquals(
        "x\n", Queries.csv("select case _1 when 7 then 'x' else '' end from stdin", " 7\n"));
    for (String no : new String[] {"7 ", " ", " x", "- 7"}) {
      assertEquals(
          "TypeMismatch",
          Queries.failure(() -> Queries.csv("select _1 > 5 from stdin", no + "\n")).code());
    }
  }

  @Test
  void textInAMessageIsShortened() {
    SelectException e =
        Queries.failure(() -> Queries.csv("select _1 > 1 from stdin", "x".repeat(10_000) + "\n"));
    assertTrue(
        e.getMessage().endsWith("string '" + "x".repeat(60) + "...' and int, in row 1"),
        e.getMessage());
    e =
        Queries.failure(
            () -> Queries.run("select name > 1 from stdin", "name\n2\ny\n", Queries.HEADER));
    assertTrue(e.getMessage().endsWith("string 'y' and int, in row 2"), e.getMessage());
  }

  /** Without bounds, each column would have twice as many digits as the one before. */
  @Test
  void decimalsDoNotGrowWithoutBounds() {
    for (String number : new String[] {"1e400", "1e-400", "123e300"}) {
      StringBuilder query = new StringBuilder("select cast(_1 as decimal) as a0");
      for (int i = 1; i < 40; i++) {
        query.append(", a" + (i - 1) + " * a" + (i - 1) + " as a" + i);
      }
      String text = query + " from stdin where cast(a39 as int) = 1 or a39 < 0";
      SelectException e = Queries.failure(() -> Queries.csv(text, number + "\n1\n"));
      assertEquals("IntegerOverflow", e.code());
    }
    assertEquals("0", Queries.value("cast(cast('1e-400' as decimal) as int)"));
    assertEquals("0.00", Queries.value("cast('1e-400' as decimal(5,2))"));
    assertEquals("0.01", Queries.value("cast('0.005' as decimal(5,2))"));
    assertEquals("0.00", Queries.value("cast('0e400' as decimal(5,2))"));
    assertEquals("0", Queries.value("int(cast('0e400' as decimal) * cast('0e400' as decimal))"));
    assertEquals(401, Queries.value("cast('1e400' as decimal) + 0").length());
  }

  @Test
  void rowsThatCanNotBeComputedAreLeftOutUntilThereAreTooMany() {
    String rows = "1\nx\n2\ny\n3\n";
    assertEquals("1\n2\n3\n", Queries.csv("select int(_1) from stdin", rows));
    assertEquals("6,3", Queries.csv("select sum(int(_1)), count(int(_1)) from stdin", rows));
    assertEquals("3", Queries.csv("select count(*) from stdin where int(_1) > 0", rows));
    SelectOptions two = Queries.CSV.withLimits(SelectLimits.DEFAULT.withMaxRowErrors(2));
    assertEquals(
        "CastFailed",
        Queries.failure(() -> Queries.run("select int(_1) from stdin", rows, two)).code());
    String many = "x\n".repeat(99);
    assertEquals("1\n", Queries.csv("select int(_1) from stdin", many + "1\n"));
    assertEquals(
        "CastFailed",
        Queries.failure(() -> Queries.csv("select int(_1) from stdin", many + "x\n1\n")).code());
    try (SelectRows result =
        S3Select.query(
            "select int(_1) from stdin", ObjectSource.of(Queries.bytes(rows)), Queries.CSV)) {
      while (result.next()) {
        result.getLong(0);
      }
      assertEquals(new SelectStats(10, 5, 3, 2), result.stats());
    }
  }

  @Test
  void sourcesThatFail() {
    for (IOException failure :
        new IOException[] {new IOException("broken"), new InterruptedIOException("stop")}) {
      ObjectSource source =
          new ObjectSource() {
            @Override
            public long size() {
              return 100;
            }

            @Override
            public InputStream open(long offset, long length) throws IOException {
              throw failure;
            }

            @Override
            public String name() {
              return "s3://bucket/object";
            }
          };
      for (Compression compression : Compression.values()) {
        SelectException e =
            failure("select * from stdin", source, Queries.CSV.withCompression(compression));
        boolean stop = failure instanceof InterruptedIOException;
        assertEquals(stop ? SelectError.INTERRUPTED : SelectError.READ_FAILED, e.error());
        assertTrue(e.getMessage().contains("s3://bucket/object"), e.getMessage());
      }
    }
  }

  @Test
  void parquetNeedsItsModule() {
    SelectException e =
        failure(
            "select * from stdin",
            ObjectSource.of(Queries.bytes("PAR1")),
            Queries.CSV.withInput(ParquetInput.DEFAULT));
    assertEquals(SelectError.INVALID_REQUEST, e.error());
    assertTrue(
        e.getMessage().contains("io.github.s3vfs:sqlite-s3vfs-select-parquet"), e.getMessage());
  }

  @Test
  void aFileThatChangesIsTold(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("rows.csv");
    Files.writeString(file, "a,b\n".repeat(400_000));
    ObjectSource source = ObjectSource.of(file);
    assertEquals("400000", text(source));
    try (SelectRows rows = S3Select.query("select _1 from stdin", source, Queries.CSV)) {
      assertTrue(rows.next());
      Files.writeString(file, "other");
      SelectException e =
          Queries.failure(
              () -> {
                while (rows.next()) {
                  rows.getString(0);
                }
              });
      assertEquals(SelectError.OBJECT_CHANGED, e.error());
    }
    assertEquals(
        SelectError.OBJECT_CHANGED, failure("select _1 from stdin", source, Queries.CSV).error());
  }

  private static String text(ObjectSource source) {
    try (SelectRows rows = S3Select.query("select count(*) from stdin", source, Queries.CSV)) {
      rows.next();
      return String.valueOf(rows.getString(0));
    }
  }
}
