package io.github.s3vfs.csv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Input that is no CSV, or not that of the table: a message that helps, and the table as it was.
 */
class BadInputTest {
  private static final List<String> BEFORE = List.of("1|'before'");

  private Connection connection;

  @BeforeEach
  void open() throws SQLException {
    connection = Sql.memory();
    Sql.execute(
        connection, "CREATE TABLE t(a INTEGER, b TEXT)", "INSERT INTO t VALUES (1, 'before')");
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  /** Asserts that it is refused in this line, with all bad rows permitted, and nothing changes. */
  private void assertRefused(
      byte[] bytes, long line, String message, UnaryOperator<CsvImportOptions.Builder> options)
      throws SQLException {
    CsvImport into =
        CsvImport.into(connection, "t")
            .options(
                options
                    .apply(CsvImportOptions.builder().badRows(BadRows.skip(Long.MAX_VALUE)))
                    .build());
    CsvException e =
        assertThrows(CsvException.class, () -> into.from(new ByteArrayInputStream(bytes)));
    assertEquals(message, e.getMessage());
    assertEquals(line, e.line());
    assertEquals(BEFORE, Sql.rows(connection, "t"));
    assertTrue(connection.getAutoCommit());
  }

  private void assertRefused(String text, long line, String message) throws SQLException {
    assertRefused(Sql.utf8(text), line, message, o -> o);
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  @Test
  void emptyInput() throws Exception {
    assertRefused("", 1, "the source is empty: there is no header");
    assertRefused("\uFEFF", 1, "the source is empty: there is no header");
    assertRefused("\n\r\n", 1, "the source is empty: there is no header");
  }

  @Test
  void aHeaderOnlyIsNoRows() throws Exception {
    for (String text : List.of("a,b", "a,b\n", "\"a\",\"b\"\r\n")) {
      CsvImportResult result =
          CsvImport.into(connection, "t").from(new ByteArrayInputStream(Sql.utf8(text)));
      assertEquals(0, result.rows());
    }
    assertEquals(BEFORE, Sql.rows(connection, "t"));
  }

  @Test
  void namesThatAreThereTwiceOrEmpty() throws Exception {
    assertRefused("a,b,A,B\n", 1, "there is more than one column 'A', 'B'");
    assertRefused("a,,b\n", 1, "there is no name for column '2'");
  }

  @Test
  void aQuoteThatIsNotClosed() throws Exception {
    assertRefused(
        "a,b\n2,x\n3,\"y\n4,z\n",
        3,
        "in the record that begins in line 3: Unclosed quoted field at end of input");
  }

  @Test
  void charactersBehindAClosingQuote() throws Exception {
    assertRefused(
        "a,b\n2,\"x\"y\n",
        2,
        "in the record that begins in line 2: Unexpected character after closing quote: 'y' (0x79)");
  }

  @Test
  void bytesThatAreNotOfTheCharset() throws Exception {
    assertRefused(
        joined(Sql.utf8("a,b\n2,x\n3,\"é\ny"), new byte[] {(byte) 0xe9}, Sql.utf8("\"\n4,z\n")),
        3,
        "in the record that begins in line 3: from byte 15 on it is not UTF-8",
        o -> o);
    assertRefused(
        joined(Sql.utf8("a,b\n2,x"), new byte[] {(byte) 0xc3}),
        2,
        "in the record that begins in line 2: from byte 7 on it is not UTF-8",
        o -> o);
    assertRefused(
        new byte[] {(byte) 0xff, (byte) 0xfe, 'a', 0, ',', 0, 'b', 0, '\n'},
        1,
        "in the record that begins in line 1: from byte 8 on it is not UTF-16LE",
        o -> o);
  }

  @Test
  void theCharacterNul() throws Exception {
    String nul =
        "in the record that begins in line 2: it has the character NUL, which text does not have";
    assertRefused("a,b\n2,x\0y\n", 2, nul);
    CsvImport into =
        CsvImport.into(connection, "t")
            .options(CsvImportOptions.builder().nulCharacters(true).build());
    into.from(new ByteArrayInputStream(Sql.utf8("a,b\n2,x\0y\n")));
    assertEquals(List.of("1|'before'", "2|'x\0y'"), Sql.rows(connection, "t"));
  }

  @Test
  void binaryFiles() throws Exception {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 300; i++) {
      byte[] bytes = new byte[random.nextInt(5000)];
      random.nextBytes(bytes);
      CsvImport into =
          CsvImport.into(connection, i % 2 == 0 ? "t" : "u")
              .options(CsvImportOptions.builder().createTable(true).build());
      assertThrows(
          CsvException.class, () -> into.from(new ByteArrayInputStream(bytes)), "seed " + seed);
    }
    assertEquals(BEFORE, Sql.rows(connection, "t"));
    assertThrows(SQLException.class, () -> Sql.count(connection, "u"));
  }

  @Test
  void aCompressedSourceThatIsCutOffOrDamaged() throws Exception {
    byte[] whole = CsvImportTest.gzip("a,b\n" + "2,x\n".repeat(1000));
    for (int length = 2; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      CsvImport into = CsvImport.into(connection, "t");
      CsvException e =
          assertThrows(
              CsvException.class, () -> into.from(new ByteArrayInputStream(cut)), "" + length);
      assertTrue(
          Sql.message(e).endsWith("the compressed source is cut off or damaged"), e.getMessage());
      assertEquals(BEFORE, Sql.rows(connection, "t"));
    }
    byte[] damaged = whole.clone();
    damaged[whole.length - 5] ^= 1;
    assertThrows(
        CsvException.class,
        () -> CsvImport.into(connection, "t").from(new ByteArrayInputStream(damaged)));
    assertEquals(BEFORE, Sql.rows(connection, "t"));
  }

  @Test
  void fieldsAndRecordsThatAreTooLong() throws Exception {
    String record = "in the record that begins in line 2: ";
    assertRefused(
        Sql.utf8("a,b\n2," + "x".repeat(101) + "\n"),
        2,
        record + "a field is too long; maybe a quote is not closed: 101 characters",
        o -> o.maxFieldChars(100));
    assertRefused(
        Sql.utf8("a,b\n2,\"" + "x\n".repeat(100_000) + "\n"),
        2,
        record + "a field is too long; maybe a quote is not closed",
        o -> o.maxFieldChars(100));
    assertRefused(
        Sql.utf8("a,b\n" + ",".repeat(100_000) + "\n"),
        2,
        record + "the record is too long: 32768 fields, 0 characters",
        o -> o);
    assertRefused(
        Sql.utf8("a,b\n" + ("x".repeat(1000) + ",").repeat(2000) + "\n"),
        2,
        record + "the record is too long: 1049 fields, 1049000 characters",
        o -> o.maxFieldChars(1000));
    CsvImport.into(connection, "t")
        .options(CsvImportOptions.builder().maxFieldChars(100).build())
        .from(new ByteArrayInputStream(Sql.utf8("a,b\n2,\"" + "\"\"".repeat(100) + "\"\n")));
    assertEquals(2, Sql.count(connection, "t"));
  }

  @Test
  void aTableThatIsNotThere() throws Exception {
    CsvImport into = CsvImport.into(connection, "main", "nobody");
    CsvException e =
        assertThrows(
            CsvException.class, () -> into.from(new ByteArrayInputStream(Sql.utf8("a,b\n"))));
    assertEquals(
        "there is no table \"main\".\"nobody\", and none is to be created", e.getMessage());
    CsvImport nameless =
        CsvImport.into(connection, "nobody")
            .options(CsvImportOptions.builder().createTable(true).header(HeaderUse.NONE).build());
    assertThrows(
        CsvException.class, () -> nameless.from(new ByteArrayInputStream(Sql.utf8("1,2\n"))));
  }

  @Test
  void aSourceThatFailsInTheMiddle() throws Exception {
    InputStream failing =
        new SequenceInputStream(
            new ByteArrayInputStream(Sql.utf8("a,b\n2,x\n3,y\n")), new DeadStream());
    IOException e =
        assertThrows(IOException.class, () -> CsvImport.into(connection, "t").from(failing));
    assertEquals("the line is dead", e.getMessage());
    assertEquals(BEFORE, Sql.rows(connection, "t"));
  }

  /** Fails. */
  private static final class DeadStream extends InputStream {
    @Override
    public int read() throws IOException {
      throw new IOException("the line is dead");
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      return read();
    }
  }
}
