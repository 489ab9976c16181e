package io.github.s3vfs.csv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a query looks like as CSV. */
class CsvExportTest {
  private static final String MANY =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) SELECT i FROM n";

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

  private byte[] bytes(String sql, CsvExportOptions options) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    CsvExportResult result = CsvExport.query(connection, sql).options(options).to(out);
    assertEquals(out.size(), result.bytes());
    return out.toByteArray();
  }

  private String text(String sql, CsvExportOptions options) throws Exception {
    return new String(bytes(sql, options), options.format().charset());
  }

  private String text(String sql) throws Exception {
    return text(sql, CsvExportOptions.DEFAULT);
  }

  @Test
  void hasAHeaderAndQuotesWhatHasToBe() throws Exception {
    assertEquals(
        "id,the name,\"a,b\"\r\n1,\"say \"\"hi\"\"\",\"x\ny\"\r\n",
        text("SELECT 1 AS id, 'say \"hi\"' AS \"the name\", 'x\ny' AS \"a,b\""));
  }

  @Test
  void tellsNullFromEmptyText() throws Exception {
    assertEquals("a,b,c\r\n,\"\",x\r\n", text("SELECT NULL AS a, '' AS b, 'x' AS c"));
    CsvExportOptions named =
        CsvExportOptions.DEFAULT.withFormat(CsvFormat.DEFAULT.withNullText("NULL"));
    assertEquals(
        "a,b,c\r\nNULL,\"\",\"NULL\"\r\n", text("SELECT NULL AS a, '' AS b, 'NULL' AS c", named));
  }

  @Test
  void writesNumbersWithAllTheirDigits() throws Exception {
    assertEquals(
        "9223372036854775807,-9223372036854775808,0.1,1.7976931348623157E308,4.9E-324,9e999,-9e999\r\n",
        text(
            "SELECT 9223372036854775807, -9223372036854775807 - 1, 0.1, 1.7976931348623157e308,"
                + " 4.9e-324, 9e999, -9e999",
            CsvExportOptions.DEFAULT.withHeader(false)));
  }

  @Test
  void writesBytesAsItIsTold() throws Exception {
    CsvExportOptions bare = CsvExportOptions.DEFAULT.withHeader(false);
    String sql = "SELECT x'00fF10', x''";
    assertEquals("00ff10,\"\"\r\n", text(sql, bare));
    CsvFormat base64 = CsvFormat.DEFAULT.withBlobs(BlobText.BASE64);
    assertEquals("AP8Q,\"\"\r\n", text(sql, bare.withFormat(base64)));
    CsvFormat refuse = CsvFormat.DEFAULT.withBlobs(BlobText.REFUSE);
    CsvException e =
        assertThrows(
            CsvException.class, () -> text("SELECT 'x' AS a, x'00' AS b", bare.withFormat(refuse)));
    assertEquals("b", e.column());
    assertEquals("row 1, column 'b' has bytes", e.getMessage());
  }

  @Test
  void quotesByPolicy() throws Exception {
    String sql = "SELECT 1 AS i, 'x' AS t, NULL AS n, x'01' AS b, 0.5 AS r";
    assertEquals(
        "\"i\",\"t\",\"n\",\"b\",\"r\"\r\n1,\"x\",,\"01\",0.5\r\n",
        text(sql, CsvExportOptions.DEFAULT.withQuoting(QuotePolicy.TEXT)));
    assertEquals(
        "\"i\",\"t\",\"n\",\"b\",\"r\"\r\n\"1\",\"x\",,\"01\",\"0.5\"\r\n",
        text(sql, CsvExportOptions.DEFAULT.withQuoting(QuotePolicy.ALL)));
  }

  @Test
  void takesOtherDelimitersQuotesAndLineEnds() throws Exception {
    CsvExportOptions options =
        CsvExportOptions.DEFAULT
            .withFormat(CsvFormat.DEFAULT.withDelimiter(';').withQuote('\''))
            .withLineEnd(LineEnd.LF);
    assertEquals("a;b\nx,y;'it''s'\n", text("SELECT 'x,y' AS a, 'it''s' AS b", options));
    assertEquals(
        "a\rx\r", text("SELECT 'x' AS a", CsvExportOptions.DEFAULT.withLineEnd(LineEnd.CR)));
    assertEquals(
        "a\tb\r\n\"x\ty\"\t#\r\n",
        text("SELECT 'x\ty' AS a, '#' AS b", CsvExportOptions.DEFAULT.withFormat(CsvFormat.TABS)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-8", "UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32"})
  void beginsWithOneByteOrderMark(String charset) throws Exception {
    CsvFormat format = CsvFormat.DEFAULT.withCharset(Charset.forName(charset));
    byte[] bytes =
        bytes(
            "SELECT 'ü\uD83D\uDE00' AS a",
            CsvExportOptions.DEFAULT.withFormat(format).withByteOrderMark(true));
    Charset decoder =
        Charset.forName(
            charset.equals("UTF-16")
                ? "UTF-16BE"
                : charset.equals("UTF-32") ? "UTF-32BE" : charset);
    // The decoder of UTF-32BE swallows the mark.
    String text = new String(bytes, decoder);
    assertEquals("a\r\nü\uD83D\uDE00\r\n", text.startsWith("\uFEFF") ? text.substring(1) : text);
    assertEquals(0xFE + 0xFF, charset.equals("UTF-8") ? 0xFE + 0xFF : sumOfMark(bytes));
  }

  private static int sumOfMark(byte[] bytes) {
    int sum = 0;
    for (int i = 0; i < 4; i++) {
      int value = Byte.toUnsignedInt(bytes[i]);
      sum += value == 0xFE || value == 0xFF ? value : 0;
    }
    return sum;
  }

  @Test
  void quotesWhatWouldBeTakenForAByteOrderMark() throws Exception {
    assertEquals("\"\uFEFFx\"\r\n1\r\n", text("SELECT 1 AS \"\uFEFFx\""));
  }

  @Test
  void refusesCharactersThatTheCharsetLacks() {
    CsvFormat latin = CsvFormat.DEFAULT.withCharset(StandardCharsets.ISO_8859_1);
    CsvException e =
        assertThrows(
            CsvException.class,
            () ->
                text(
                    "SELECT 'é' AS a UNION ALL SELECT 'xx\uD83D\uDE00'",
                    CsvExportOptions.DEFAULT.withFormat(latin)));
    assertEquals("row 2 has the character U+1F600, which is not in ISO-8859-1", e.getMessage());
    assertThrows(
        S3VfsException.class,
        () -> CsvExportOptions.DEFAULT.withFormat(latin).withByteOrderMark(true));
  }

  @Test
  void compresses() throws Exception {
    byte[] gzip = bytes(MANY, CsvExportOptions.DEFAULT.withGzip(true));
    byte[] plain = bytes(MANY, CsvExportOptions.DEFAULT);
    assertTrue(gzip.length < plain.length / 2);
    assertArrayEquals(plain, new GZIPInputStream(new ByteArrayInputStream(gzip)).readAllBytes());
  }

  @Test
  void takesStatementsAndWhatIsLeftOfResults() throws Exception {
    try (PreparedStatement statement = connection.prepareStatement("SELECT ? AS a")) {
      statement.setInt(1, 7);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      CsvExport.of(statement).to(out);
      assertEquals("a\r\n7\r\n", out.toString(StandardCharsets.UTF_8));
    }
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT 1 AS a UNION ALL SELECT 2")) {
      rows.next();
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      assertEquals(1, CsvExport.of(rows).to(out).rows());
      assertEquals("a\r\n2\r\n", out.toString(StandardCharsets.UTF_8));
    }
  }

  @Test
  void writesAHeaderForNoRows() throws Exception {
    assertEquals("a\r\n", text("SELECT 1 AS a WHERE 0"));
    assertEquals("", text("SELECT 1 AS a WHERE 0", CsvExportOptions.DEFAULT.withHeader(false)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"CREATE TABLE t(x)", "PRAGMA user_version = 4", ""})
  void doesNotRunAStatementThatGivesNoRows(String sql) throws Exception {
    CsvException e = assertThrows(CsvException.class, () -> text(sql));
    assertEquals("the statement has no rows to export; it was not run", e.getMessage());
    assertEquals("count(*)\r\n0\r\n", text("SELECT count(*) FROM sqlite_schema"));
    assertEquals("user_version\r\n0\r\n", text("PRAGMA user_version"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT 1 AS a; SELECT 2",
        "SELECT 1 AS a;;--\n;x",
        "SELECT 1 AS a/* ; */;/* */ SELECT 2",
        "SELECT ';' AS a; x",
        "SELECT 'it''s;' AS a; '",
        "SELECT 1 AS [;], 2 AS `;`, 3 AS \";\"\"\"; SELECT 2",
        "INSERT INTO t VALUES (1) RETURNING a; SELECT 2"
      })
  void runsNothingOfSeveralStatements(String sql) throws Exception {
    Sql.execute(connection, "CREATE TABLE t(a)");
    CsvException e = assertThrows(CsvException.class, () -> text(sql));
    assertEquals("there is more than one statement; none was run", e.getMessage());
    assertEquals(0, Sql.count(connection, "t"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT 1 AS a;",
        "SELECT 1 AS a ; ;; \t\r\n\f",
        "SELECT 1 AS a; -- SELECT 2",
        "SELECT 1 AS a; /* SELECT 2; */ -- x\n",
        "SELECT 1 AS a; /* open",
        "SELECT 1 AS a -- ; SELECT 2",
        "SELECT 1 AS a /* ; SELECT 2 */"
      })
  void takesWhatIsNothingBehindAStatement(String sql) throws Exception {
    assertEquals("a\r\n1\r\n", text(sql));
  }

  @Test
  void replacesNoDirectory() throws Exception {
    Path taken = Files.createDirectory(directory.resolve("t.csv"));
    IOException e =
        assertThrows(
            IOException.class, () -> CsvExport.query(connection, "SELECT 1 AS a").to(taken));
    assertEquals(taken + " is a directory", e.getMessage());
    assertTrue(Files.isDirectory(taken));
    Path second = Files.createDirectory(directory.resolve("p00002"));
    assertThrows(
        IOException.class,
        () -> CsvExport.query(connection, MANY).toParts(directory, "p{part}", 1000));
    assertTrue(Files.isDirectory(second));
    assertEquals(List.of("p00002", "t.csv"), files());
    Path later = directory.resolve("later");
    CsvExport made =
        CsvExport.query(connection, "SELECT 1 AS a")
            .progress(
                (rows, bytes) -> {
                  try {
                    Files.createDirectories(later);
                  } catch (IOException failure) {
                    throw new java.io.UncheckedIOException(failure);
                  }
                });
    assertThrows(IOException.class, () -> made.to(later));
    assertEquals(List.of("later", "p00002", "t.csv"), files());
  }

  @Test
  void hasThePermissionsOfANewFileOrOfTheOneThatIsReplaced() throws Exception {
    assumeTrue(Files.getFileStore(directory).supportsFileAttributeView("posix"));
    Path made = Files.createFile(directory.resolve("made"));
    Path file = directory.resolve("t.csv");
    CsvExport export = CsvExport.query(connection, "SELECT 1 AS a");
    export.to(file);
    assertEquals(Files.getPosixFilePermissions(made), Files.getPosixFilePermissions(file));
    for (String mode : List.of("rw-------", "rw-rw-rw-", "r--r-----", "rwxr-x--x")) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
      export.to(file);
      assertEquals(mode, PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
      assertEquals("a\r\n1\r\n", Files.readString(file));
    }
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void splitsIntoFilesEachWithAHeader() throws Exception {
    CsvExportResult result =
        CsvExport.query(connection, "SELECT 'abc' AS a UNION ALL SELECT 'de' UNION ALL SELECT 'f'")
            .toParts(directory, "t-{part}.csv", 10);
    assertEquals(List.of("t-00001.csv", "t-00002.csv"), files());
    assertEquals("a\r\nabc\r\n", Files.readString(directory.resolve("t-00001.csv")));
    assertEquals("a\r\nde\r\nf\r\n", Files.readString(directory.resolve("t-00002.csv")));
    assertEquals(3, result.rows());
    assertEquals(List.of(1L, 2L), result.parts().stream().map(CsvExportResult.Part::rows).toList());
  }

  @Test
  void givesARowThatIsTooLargeAPartOfItsOwn() throws Exception {
    String sql = "SELECT 'a' AS a UNION ALL SELECT hex(zeroblob(100)) UNION ALL SELECT 'c'";
    CsvExportOptions options =
        CsvExportOptions.DEFAULT
            .withGzip(true)
            .withByteOrderMark(true)
            .withFormat(CsvFormat.DEFAULT.withCharset(StandardCharsets.UTF_16));
    CsvExportResult result =
        CsvExport.query(connection, sql).options(options).toParts(directory, "{part}.gz", 50);
    assertEquals(3, result.parts().size());
    byte[] last = Files.readAllBytes(directory.resolve("00003.gz"));
    assertEquals(last.length, result.parts().get(2).bytes());
    assertEquals(
        "\uFEFFa\r\nc\r\n",
        new String(
            new GZIPInputStream(new ByteArrayInputStream(last)).readAllBytes(),
            StandardCharsets.UTF_16BE));
  }

  @Test
  void wantsAPatternAndABoundForParts() {
    CsvExport export = CsvExport.query(connection, "SELECT 1");
    assertThrows(S3VfsException.class, () -> export.toParts(directory, "x.csv", 10));
    assertThrows(S3VfsException.class, () -> export.toParts(directory, "{part}", 0));
  }

  @Test
  void tellsAboutProgress() throws Exception {
    List<Long> rows = new ArrayList<>();
    CsvExport.query(connection, MANY)
        .progress((done, bytes) -> rows.add(done))
        .to(OutputStream.nullOutputStream());
    assertEquals(11, rows.size());
    assertEquals(1000, rows.get(0));
    assertEquals(10000, rows.get(10));
  }

  @Test
  void leavesTheOldFileWhenItIsCancelled() throws Exception {
    Path file = Files.writeString(directory.resolve("t.csv"), "old");
    CsvExport export =
        CsvExport.query(connection, MANY)
            .progress(
                (rows, bytes) -> {
                  if (rows == 3000) {
                    throw new CancellationException("enough");
                  }
                });
    assertEquals(
        "enough", assertThrows(CancellationException.class, () -> export.to(file)).getMessage());
    assertThrows(CancellationException.class, () -> export.toParts(directory, "p{part}", 100));
    assertEquals(List.of("t.csv"), files());
    assertEquals("old", Files.readString(file));
    assertEquals(10000, export.progress(CsvProgress.NONE).to(file).rows());
    assertEquals(List.of("t.csv"), files());
  }

  @Test
  void endsWhenItsThreadIsInterrupted() throws Exception {
    CsvExport export =
        CsvExport.query(connection, MANY)
            .progress((rows, bytes) -> Thread.currentThread().interrupt());
    InterruptedIOException e =
        assertThrows(InterruptedIOException.class, () -> export.to(directory.resolve("t.csv")));
    assertTrue(Thread.interrupted());
    assertEquals("the export was interrupted after 1000 rows", e.getMessage());
    assertEquals(List.of(), files());
  }

  @Test
  void leavesNoFileWhenTheQueryFailsInTheMiddle() throws Exception {
    Sql.execute(
        connection, "CREATE TABLE t(x)", "INSERT INTO t VALUES (1), (2), (-9223372036854775808)");
    SQLException e =
        assertThrows(
            SQLException.class,
            () ->
                CsvExport.query(connection, "SELECT abs(x) FROM t").to(directory.resolve("t.csv")));
    assertTrue(Sql.message(e).contains("integer overflow"), e.getMessage());
    assertEquals(List.of(), files());
  }

  @Test
  void doesNotCloseTheStream() throws Exception {
    boolean[] closed = new boolean[1];
    ByteArrayOutputStream out =
        new ByteArrayOutputStream() {
          @Override
          public void close() {
            closed[0] = true;
          }
        };
    CsvExport.query(connection, "SELECT 1")
        .options(CsvExportOptions.DEFAULT.withGzip(true))
        .to(out);
    assertFalse(closed[0]);
  }

  @Test
  void refusesFormatsThatCannotBeReadAgain() {
    assertThrows(S3VfsException.class, () -> CsvFormat.DEFAULT.withDelimiter('"'));
    assertThrows(S3VfsException.class, () -> CsvFormat.DEFAULT.withDelimiter('\n'));
    assertThrows(S3VfsException.class, () -> CsvFormat.DEFAULT.withQuote('\uFEFF'));
    assertThrows(S3VfsException.class, () -> CsvFormat.DEFAULT.withNullText("a,b"));
    assertThrows(S3VfsException.class, () -> CsvFormat.DEFAULT.withNullText("\"\""));
  }
}
