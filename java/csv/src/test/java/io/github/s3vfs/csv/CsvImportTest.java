package io.github.s3vfs.csv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.S3VfsException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How CSV becomes rows of a table. */
class CsvImportTest {
  @TempDir Path directory;
  private Connection connection;

  @BeforeEach
  void open() throws SQLException {
    connection = Sql.memory();
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  private CsvImportResult read(byte[] bytes, UnaryOperator<CsvImportOptions.Builder> options)
      throws Exception {
    CsvImportResult result =
        CsvImport.into(connection, "t")
            .options(options.apply(CsvImportOptions.builder()).build())
            .from(new ByteArrayInputStream(bytes));
    assertTrue(connection.getAutoCommit());
    return result;
  }

  private CsvImportResult read(String text, UnaryOperator<CsvImportOptions.Builder> options)
      throws Exception {
    return read(Sql.utf8(text), options);
  }

  private CsvImportResult read(String text) throws Exception {
    return read(text, builder -> builder);
  }

  private List<String> rows() throws SQLException {
    return Sql.rows(connection, "t");
  }

  @Test
  void mapsFieldsByTheNamesOfTheHeader() throws Exception {
    Sql.execute(connection, "CREATE TABLE t(id INTEGER PRIMARY KEY, Name TEXT, r REAL)");
    CsvImportResult result = read("name,R,id\r\nx,1,2\r\n\"\",,3\r\n");
    assertEquals(List.of("2|'x'|1.0", "3|''|null"), rows());
    assertEquals(2, result.rows());
    assertEquals(25, result.bytes());
    assertFalse(result.tableCreated());
  }

  @Test
  void namesUnknownAndMissingColumns() throws Exception {
    Sql.execute(connection, "CREATE TABLE t(a, b DEFAULT 'd', c AS (a || b))");
    CsvException unknown = assertThrows(CsvException.class, () -> read("a,b,x,y\n1,2,3,4\n"));
    assertEquals("the table \"t\" has no column 'x', 'y'", unknown.getMessage());
    CsvException missing = assertThrows(CsvException.class, () -> read("a\n1\n"));
    assertEquals("the header lacks the column 'b'", missing.getMessage());
    assertEquals(1, missing.line());
    assertEquals("b", missing.column());
    read("y,a\n9,1\n", o -> o.unknownColumns(true).missingColumns(true));
    assertEquals(List.of("'1'|'d'|'1d'"), rows());
    assertThrows(
        CsvException.class, () -> read("y\n9\n", o -> o.unknownColumns(true).missingColumns(true)));
  }

  @Test
  void goesByPositionWithoutNames() throws Exception {
    Sql.execute(connection, "CREATE TABLE t(a, b DEFAULT 'd')");
    read("1,2\n", o -> o.header(HeaderUse.NONE));
    read("x,y\n3,4\n", o -> o.header(HeaderUse.IGNORE));
    read("5,6\n", o -> o.header(HeaderUse.NONE).columns(List.of("B", "a")));
    read("7\n", o -> o.header(HeaderUse.NONE).columns(List.of("a")));
    assertEquals(List.of("'1'|'2'", "'3'|'4'", "'6'|'5'", "'7'|'d'"), rows());
    assertThrows(
        CsvException.class, () -> read("1\n", o -> o.header(HeaderUse.NONE).columns(List.of("z"))));
    assertThrows(S3VfsException.class, () -> read("1\n", o -> o.columns(List.of("a"))));
  }

  @Test
  void makesOfFieldsWhatTheColumnIsDeclaredAs() throws Exception {
    Sql.execute(
        connection,
        "CREATE TABLE t(i BIGINT, r DOUBLE, n DECIMAL(10,2), d DATE, v VARCHAR(3), b BLOB, u)");
    read("i,r,n,d,v,b,u\n-07,1e3,2.50,2024-01-31,007,00fF,1\n");
    assertEquals(List.of("-7|1000.0|2.5|'2024-01-31'|'007'|x'00ff'|'1'"), rows());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '#',
      value = {
        "i;1.5;'1.5' is not a whole number of 64 bits",
        "i;9223372036854775808;'9223372036854775808' is not a whole number of 64 bits",
        "i;0x10;'0x10' is not a whole number of 64 bits",
        "i;٣;'٣' is not a whole number of 64 bits",
        "i;\" 1\";' 1' is not a whole number of 64 bits",
        "i;\"\";'' is not a whole number of 64 bits",
        "r;1,5;",
        "r;NaN;'NaN' is not a number",
        "r;1d;'1d' is not a number",
        "r;.;'.' is not a number",
        "r;1e;'1e' is not a number",
        "b;0g;'0g' is not hex",
        "b;abc;'abc' is not hex",
      })
  void namesValuesThatDoNotFit(String column, String value, String problem) throws Exception {
    Sql.execute(connection, "CREATE TABLE t(i INTEGER, r REAL, b BLOB)");
    CsvException e =
        assertThrows(
            CsvException.class,
            () -> read(column + "\n\n" + value + "\n", o -> o.missingColumns(true)));
    if (problem == null) {
      assertEquals("line 3: 2 fields in place of 1", e.getMessage());
    } else {
      assertEquals("line 3, column '" + column + "': " + problem, e.getMessage());
      assertEquals(column, e.column());
    }
    assertEquals(3, e.line());
    assertEquals(List.of(), rows());
  }

  @Test
  void takesTextIntoNumbersIfThatIsPermitted() throws Exception {
    Sql.execute(connection, "CREATE TABLE t(i INTEGER, r REAL)");
    read("i,r\n1.5,x\n2,\"\"\n", o -> o.looseTypes(true));
    assertEquals(List.of("1.5|'x'", "2|''"), rows());
  }

  @Test
  void createsATableByItsFirstRecords() throws Exception {
    CsvImportResult result =
        read(
            "id,re al,code,q,n,\"we\"\"ird\"\n1,0.5,007,\"1\",,x\n-2,3,8,\"2\",,\n",
            o -> o.createTable(true));
    assertTrue(result.tableCreated());
    assertEquals(List.of("1|0.5|'007'|'1'|null|'x'", "-2|3.0|'8'|'2'|null|null"), rows());
    assertEquals(
        List.of(
            "'t'|'CREATE TABLE \"t\" (\"id\" INTEGER, \"re al\" REAL, \"code\" TEXT, \"q\" TEXT, \"n\" TEXT, \"we\"\"ird\" TEXT)'"),
        Sql.rows(connection, "(SELECT name, sql, 1 AS rowid FROM sqlite_schema)").stream()
            .map(row -> row.replaceFirst("\\|1$", ""))
            .toList());
    assertFalse(
        read("id,re al,code,q,n,\"we\"\"ird\"\n5,,,,,\n", o -> o.createTable(true)).tableCreated());
  }

  @Test
  void saysThatATypeWasTakenFromTheFirstRecords() {
    StringBuilder text = new StringBuilder("id\n");
    for (int i = 0; i < 1000; i++) {
      text.append(i).append('\n');
    }
    CsvException e =
        assertThrows(CsvException.class, () -> read(text + "x\n", o -> o.createTable(true)));
    assertEquals(
        "line 1002, column 'id': 'x' is not a whole number of 64 bits; types that were not given"
            + " are those of the first records",
        e.getMessage());
    assertThrows(SQLException.class, this::rows);
  }

  @ParameterizedTest
  @CsvSource(
      value = {
        "1.5;9007199254740993;TEXT",
        "9007199254740993;1.5;TEXT",
        "9223372036854775807;0.5;TEXT",
        "-9223372036854775807;1e3;TEXT",
        "1.5;9007199254740992;REAL",
        "-9223372036854775808;1.5;REAL",
        "9007199254740994;1.5;REAL",
        "9007199254740993;9223372036854775807;INTEGER"
      },
      delimiter = ';')
  void wholeNumbersKeepTheirDigitsInANewTable(String first, String second, String type)
      throws Exception {
    read("n\n" + first + "\n" + second + "\n", o -> o.createTable(true));
    assertEquals(
        List.of("'" + type + "'"),
        Sql.rows(connection, "(SELECT type, 1 AS rowid FROM pragma_table_info('t'))").stream()
            .map(row -> row.replaceFirst("\\|1$", ""))
            .toList());
    if (type.equals("TEXT")) {
      assertEquals(List.of("'" + first + "'", "'" + second + "'"), rows());
    }
  }

  @Test
  void keepsTheTextOfAnyInAStrictTable() throws Exception {
    Sql.execute(connection, "CREATE TABLE t(a ANY) STRICT");
    read("a\n007\n1e5\n12345678901234567890123\n7\n\"8\"\nx\n\n");
    assertEquals(
        List.of("'007'", "'1e5'", "'12345678901234567890123'", "'7'", "'8'", "'x'", "null"),
        rows());
    Sql.execute(connection, "DROP TABLE t", "CREATE TABLE t(a ANY)");
    read("a\n007\nx\n");
    assertEquals(List.of("7", "'x'"), rows());
  }

  @Test
  void countsWhatTheTriggersOfAViewInsert() throws Exception {
    Sql.execute(
        connection,
        "CREATE TABLE u(a INTEGER UNIQUE)",
        "CREATE VIEW t AS SELECT a, a AS rowid FROM u",
        "CREATE TRIGGER i INSTEAD OF INSERT ON t BEGIN"
            + " SELECT RAISE(IGNORE) WHERE new.a = 3; INSERT INTO u VALUES (new.a), (-new.a); END");
    CsvImportResult result =
        read(
            "a\n1\n2\n3\n4\n2\n3\n",
            o -> o.columns(List.of("a")).header(HeaderUse.IGNORE).badRows(BadRows.skip(1)));
    assertEquals(3, result.rows());
    assertEquals(2, result.ignored());
    assertEquals(1, result.bad());
    assertEquals(6, Sql.count(connection, "u"));
    Sql.execute(connection, "CREATE TEMP TABLE t(a)");
    assertEquals(1, read("a\n1\n").rows());
    CsvImportResult main =
        CsvImport.into(connection, "MAIN", "T")
            .options(
                CsvImportOptions.builder().columns(List.of("a")).header(HeaderUse.NONE).build())
            .from(new ByteArrayInputStream(Sql.utf8("8\n")));
    assertEquals(1, main.rows());
  }

  @Test
  void takesTypesThatAreGiven() throws Exception {
    read(
        "a,b,c\n01,1,2\nx,\"1\",\n",
        o ->
            o.createTable(true)
                .types(Map.of("A", CsvType.NUMERIC, "b", CsvType.ANY, "c", CsvType.TEXT)));
    assertEquals(List.of("1|1|'2'", "'x'|'1'|null"), rows());
  }

  @Test
  void refusesTypesOfColumnsThatAreNotThere() throws Exception {
    Sql.execute(connection, "CREATE TABLE t(a)");
    CsvException e =
        assertThrows(
            CsvException.class, () -> read("a\n1\n", o -> o.types(Map.of("b", CsvType.TEXT))));
    assertEquals(
        "the options give a type to the column 'b', which the table \"t\" does not have",
        e.getMessage());
    assertEquals(List.of(), rows());
  }

  @Test
  void tellsAboutProgressOfLongRows() throws Exception {
    Sql.execute(connection, "CREATE TABLE t(a)");
    List<Long> told = new ArrayList<>();
    String row = "x".repeat(3 << 20) + "\n";
    CsvImport.into(connection, "t")
        .progress((rows, bytes) -> told.add(rows))
        .from(new ByteArrayInputStream(Sql.utf8("a\n" + row.repeat(4))));
    assertEquals(List.of(2L, 4L, 4L), told);
  }

  @Test
  void knowsNullByItsTextWithoutQuotes() throws Exception {
    Sql.execute(connection, "CREATE TABLE t(a TEXT, b INTEGER)");
    read("a,b\nNULL,NULL\n\"NULL\",1\n,2\n", o -> o.format(CsvFormat.DEFAULT.withNullText("NULL")));
    assertEquals(List.of("null|null", "'NULL'|1", "''|2"), rows());
  }

  @Test
  void takesAnEmptyLineForNullInOneColumnOnly() throws Exception {
    Sql.execute(connection, "CREATE TABLE t(a)");
    assertEquals(3, read("a\n\nx\n\n").rows());
    assertEquals(List.of("null", "'x'", "null"), rows());
    Sql.execute(connection, "DROP TABLE t", "CREATE TABLE t(a, b)");
    assertEquals(1, read("\r\na,b\r\n\r\n1,2\r\n\r\n".substring(2)).rows());
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"})
  void findsTheCharsetByTheByteOrderMark(String charset) throws Exception {
    Sql.execute(connection, "CREATE TABLE t(a, b)");
    byte[] bytes = "\uFEFFb,a\nü,\uD83D\uDE00\n".getBytes(Charset.forName(charset));
    read(bytes, o -> o.format(CsvFormat.DEFAULT.withCharset(StandardCharsets.US_ASCII)));
    assertEquals(List.of("'\uD83D\uDE00'|'ü'"), rows());
  }

  @Test
  void readsTheCharsetThatIsNamed() throws Exception {
    Sql.execute(connection, "CREATE TABLE t(a)");
    read(
        "a\né\n".getBytes(StandardCharsets.ISO_8859_1),
        o -> o.format(CsvFormat.DEFAULT.withCharset(StandardCharsets.ISO_8859_1)));
    assertEquals(List.of("'é'"), rows());
  }

  static byte[] gzip(String... members) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (String member : members) {
      try (OutputStream out = new GZIPOutputStream(bytes)) {
        out.write(Sql.utf8(member));
      }
    }
    return bytes.toByteArray();
  }

  @Test
  void decompressesAllMembers() throws Exception {
    Sql.execute(connection, "CREATE TABLE t(a)");
    byte[] bytes = gzip("a\n1\n", "2\n", "3\n");
    assertEquals(bytes.length, read(bytes, o -> o).bytes());
    assertEquals(List.of("'1'", "'2'", "'3'"), rows());
    CsvException e =
        assertThrows(
            CsvException.class, () -> read("a\n1\n", o -> o.compression(Compression.GZIP)));
    assertEquals("the source is not compressed by gzip", e.getMessage());
  }

  @Test
  void leavesBadRowsOutUpToABound() throws Exception {
    Sql.execute(
        connection,
        "CREATE TABLE t(a INTEGER NOT NULL CHECK (a > 0), b UNIQUE ON CONFLICT ROLLBACK)");
    String text = "a,b\n1,x\n2\n3,y\nz,z\n,u\n-1,v\n4,x\n5,w,\n6,\"a\nb\"\n7,c\n";
    List<BadRow> told = new ArrayList<>();
    CsvImportResult result = read(text, o -> o.badRows(new BadRows(6, told::add)));
    assertEquals(List.of("1|'x'", "3|'y'", "6|'a\nb'", "7|'c'"), rows());
    assertEquals(6, result.bad());
    assertEquals(told, result.firstBadRows());
    assertEquals(List.of(3L, 5L, 6L, 7L, 8L, 9L), told.stream().map(BadRow::line).toList());
    assertEquals("line 3: 1 fields in place of 2", told.get(0).toString());
    Sql.execute(connection, "DELETE FROM t");
    CsvException e =
        assertThrows(CsvException.class, () -> read(text, o -> o.badRows(BadRows.skip(5))));
    assertEquals("line 9: 3 fields in place of 2 (after 5 other bad rows)", e.getMessage());
    assertEquals(List.of(), rows());
  }

  @Test
  void endsWhereATriggerHasRolledBack() throws Exception {
    Sql.execute(
        connection,
        "CREATE TABLE t(a INTEGER)",
        "CREATE TRIGGER c BEFORE INSERT ON t WHEN new.a = 3 BEGIN SELECT RAISE(ABORT, 'no'); END",
        "CREATE TRIGGER d BEFORE INSERT ON t WHEN new.a = 5 BEGIN SELECT RAISE(ROLLBACK, 'no'); END");
    UnaryOperator<CsvImportOptions.Builder> skip = o -> o.badRows(BadRows.skip(10));
    assertEquals(1, read("a\n1\n2\n3\n4\n", skip).bad());
    assertThrows(SQLException.class, () -> read("a\n6\n3\n5\n7\n", skip));
    assertEquals(List.of("1", "2", "4"), rows());
    assertTrue(connection.getAutoCommit());
  }

  @Test
  void treatsRowsThatAreThereAsItIsTold() throws Exception {
    Sql.execute(
        connection, "CREATE TABLE t(k INTEGER PRIMARY KEY, v)", "INSERT INTO t VALUES (1, 'old')");
    CsvException e = assertThrows(CsvException.class, () -> read("k,v\n2,a\n1,b\n"));
    assertTrue(Sql.message(e).startsWith("line 3: "), e.getMessage());
    assertTrue(Sql.message(e).contains("UNIQUE constraint failed: t.k"), e.getMessage());
    CsvImportResult ignored = read("k,v\n2,a\n1,b\n", o -> o.conflict(Conflict.IGNORE));
    assertEquals(1, ignored.rows());
    assertEquals(1, ignored.ignored());
    CsvImportResult replaced = read("k,v\n2,c\n1,d\n", o -> o.conflict(Conflict.REPLACE));
    assertEquals(2, replaced.rows());
    assertEquals(List.of("1|'d'", "2|'c'"), rows());
  }

  @Test
  void commitsNowAndThenIfItIsTold() throws Exception {
    Sql.execute(connection, "CREATE TABLE t(a INTEGER)");
    assertThrows(CsvException.class, () -> read("a\n1\n2\n3\n4\n5\nx\n", o -> o.commitEvery(2)));
    assertEquals(List.of("1", "2", "3", "4"), rows());
    assertTrue(connection.getAutoCommit());
  }

  @Test
  void isAPartOfTheTransactionOfTheCaller() throws Exception {
    Sql.execute(connection, "CREATE TABLE t(a INTEGER)");
    connection.setAutoCommit(false);
    Sql.execute(connection, "INSERT INTO t VALUES (0)");
    CsvImport into = CsvImport.into(connection, "main", "t");
    into.from(new ByteArrayInputStream(Sql.utf8("a\n1\n")));
    assertThrows(
        CsvException.class, () -> into.from(new ByteArrayInputStream(Sql.utf8("a\n2\nx\n"))));
    assertEquals(List.of("0", "1"), rows());
    CsvImport parts = into.options(CsvImportOptions.builder().commitEvery(1).build());
    assertThrows(
        S3VfsException.class, () -> parts.from(new ByteArrayInputStream(Sql.utf8("a\n2\n"))));
    assertFalse(connection.getAutoCommit());
    connection.rollback();
    assertEquals(List.of(), rows());
    connection.setAutoCommit(true);
  }

  @Test
  void refusesATransactionThatTheDriverDoesNotKnow() throws Exception {
    Sql.execute(connection, "CREATE TABLE t(a INTEGER)", "BEGIN", "INSERT INTO t VALUES (0)");
    S3VfsException e = assertThrows(S3VfsException.class, () -> read("a\n1\n"));
    assertTrue(Sql.message(e).contains("setAutoCommit(false) in place of BEGIN"), e.toString());
    Sql.execute(connection, "ROLLBACK");
    assertEquals(List.of(), rows());
    assertEquals(1, read("\n\na\n1\n").rows());
  }

  private static byte[] many() {
    StringBuilder text = new StringBuilder("a\n");
    for (int i = 0; i < 10_000; i++) {
      text.append(i).append('\n');
    }
    return Sql.utf8(text.toString());
  }

  @Test
  void leavesNothingWhenItIsCancelled() throws Exception {
    List<Long> told = new ArrayList<>();
    CsvImport into =
        CsvImport.into(connection, "t")
            .options(CsvImportOptions.builder().createTable(true).build())
            .progress(
                (rows, bytes) -> {
                  told.add(rows);
                  if (rows == 4000) {
                    throw new CancellationException("enough");
                  }
                });
    assertThrows(CancellationException.class, () -> into.from(new ByteArrayInputStream(many())));
    assertEquals(List.of(1000L, 2000L, 3000L, 4000L), told);
    assertThrows(SQLException.class, this::rows);
    assertEquals(
        10_000, into.progress(CsvProgress.NONE).from(new ByteArrayInputStream(many())).rows());
  }

  @Test
  void leavesNothingWhenItsThreadIsInterrupted() throws Exception {
    CsvImport into =
        CsvImport.into(connection, "t")
            .options(CsvImportOptions.builder().createTable(true).build())
            .progress((rows, bytes) -> Thread.currentThread().interrupt());
    assertThrows(InterruptedIOException.class, () -> into.from(new ByteArrayInputStream(many())));
    assertTrue(Thread.interrupted());
    assertThrows(SQLException.class, this::rows);
    assertTrue(connection.getAutoCommit());
  }

  @Test
  void readsAFileThatDoesNotChange() throws Exception {
    Sql.execute(connection, "CREATE TABLE t(a)");
    Path file = Files.write(directory.resolve("t.csv"), many());
    assertEquals(10_000, CsvImport.into(connection, "t").from(file).rows());
    CsvImport changed =
        CsvImport.into(connection, "t")
            .progress(
                (rows, bytes) -> {
                  try {
                    Files.writeString(file, "a\n");
                  } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                  }
                });
    CsvException e = assertThrows(CsvException.class, () -> changed.from(file));
    assertTrue(Sql.message(e).endsWith("has changed while it was read"), e.getMessage());
    assertEquals(10_000, Sql.count(connection, "t"));
  }

  @Test
  void quotesEveryName() throws Exception {
    String name = "ta\"ble; --";
    CsvImport.into(connection, name)
        .options(CsvImportOptions.builder().createTable(true).build())
        .from(new ByteArrayInputStream(Sql.utf8("select,\"a\"\"b\",c]\n1,2,3\n")));
    assertEquals(List.of("1|2|3"), Sql.rows(connection, "\"ta\"\"ble; --\""));
  }
}
