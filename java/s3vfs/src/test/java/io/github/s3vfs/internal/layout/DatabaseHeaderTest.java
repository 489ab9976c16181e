package io.github.s3vfs.internal.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseHeaderTest {
  @TempDir Path directory;

  private Path execute(String name, String... statements) throws SQLException {
    Path file = directory.resolve(name);
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
    return file;
  }

  private static DatabaseHeader parse(Path file) throws Exception {
    return DatabaseHeader.parse(Files.readAllBytes(file), file.toString());
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 1024, 2048, 4096, 8192, 16384, 32768, 65536})
  void whatSqliteWroteIsRead(int pageSize) throws Exception {
    String fill =
        "INSERT INTO t(b) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 50)"
            + " SELECT zeroblob(3000) FROM n";
    Path file =
        execute("a.db", "PRAGMA page_size=" + pageSize, "CREATE TABLE t(a INTEGER, b)", fill);
    DatabaseHeader header = parse(file);
    assertEquals(pageSize, header.pageSize());
    assertTrue(header.sizeIsValid());
    assertEquals(Files.size(file), header.fileLength());
    assertEquals(Files.size(file) / pageSize, header.pageCount());
    assertFalse(header.isWal());

    execute("a.db", "DELETE FROM t");
    DatabaseHeader deleted = parse(file);
    assertEquals(header.changeCounter() + 1, deleted.changeCounter());
    assertEquals(header.pageCount(), deleted.pageCount());

    execute("a.db", "VACUUM");
    DatabaseHeader vacuumed = parse(file);
    assertTrue(vacuumed.sizeIsValid());
    assertTrue(vacuumed.pageCount() < header.pageCount());
    assertEquals(Files.size(file), vacuumed.fileLength());
    assertEquals(pageSize, vacuumed.pageSize());
  }

  @Test
  void aPageSizeChangedByVacuumIsSeen() throws Exception {
    Path file = execute("a.db", "PRAGMA page_size=1024", "CREATE TABLE t(a)");
    execute("a.db", "PRAGMA page_size=65536", "VACUUM");
    assertEquals(65536, parse(file).pageSize());
    assertEquals(Files.size(file), parse(file).fileLength());
  }

  @Test
  void aDatabaseInWalModeSaysSo() throws Exception {
    Path file = execute("a.db", "PRAGMA journal_mode=WAL", "CREATE TABLE t(a)");
    DatabaseHeader header = parse(file);
    assertTrue(header.isWal());
    assertEquals(2, header.writeVersion());
    assertEquals(2, header.readVersion());
    assertTrue(header.sizeIsValid());
    assertEquals(Files.size(file), header.fileLength());
    execute("a.db", "PRAGMA journal_mode=DELETE");
    assertFalse(parse(file).isWal());
  }

  @Test
  void oneVersionOfTwoIsEnoughForWal() {
    byte[] bytes = header();
    bytes[DatabaseHeader.VERSIONS_OFFSET + 1] = 2;
    assertTrue(DatabaseHeader.parse(bytes, "x").isWal());
  }

  @Test
  void aSizeThatALaterWriterDidNotKeepIsNotTrusted() {
    assertTrue(DatabaseHeader.parse(header(), "x").sizeIsValid());
    byte[] written = header();
    written[27]++;
    assertFalse(DatabaseHeader.parse(written, "x").sizeIsValid());
    byte[] empty = header();
    ByteBuffer.wrap(empty).putInt(28, 0);
    assertFalse(DatabaseHeader.parse(empty, "x").sizeIsValid());
  }

  @Test
  void theLargestPageCountIsNotNegative() {
    byte[] bytes = header();
    ByteBuffer.wrap(bytes).putShort(16, (short) 1).putInt(28, -2);
    DatabaseHeader header = DatabaseHeader.parse(bytes, "x");
    assertEquals(0xfffffffeL, header.pageCount());
    assertEquals(0xfffffffeL * 65536, header.fileLength());
    assertTrue(header.sizeIsValid());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 16, 99})
  void aShortHeaderIsRefused(int length) {
    byte[] bytes = Arrays.copyOf(header(), length);
    assertFalse(DatabaseHeader.isDatabase(bytes));
    assertRefused(bytes, "only " + length + " bytes");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 7, 15})
  void anotherMagicIsRefused(int at) {
    byte[] bytes = header();
    bytes[at] ^= 0x20;
    assertFalse(DatabaseHeader.isDatabase(bytes));
    assertRefused(bytes, "wrong magic");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 256, 511, 513, 4095, 4097, 12288, 32769, 65535})
  void anImpossiblePageSizeIsRefused(int stored) {
    byte[] bytes = header();
    ByteBuffer.wrap(bytes).putShort(16, (short) stored);
    assertRefused(bytes, "impossible page size " + stored);
  }

  private static void assertRefused(byte[] bytes, String reason) {
    S3VfsException e =
        assertThrows(
            S3VfsException.class, () -> DatabaseHeader.parse(bytes, "s3://b/k/0000000000"));
    assertEquals(ErrorKind.CORRUPT, e.kind());
    String message = String.valueOf(e.getMessage());
    assertTrue(message.startsWith("s3://b/k/0000000000 "), message);
    assertTrue(message.contains(reason), message);
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 1024, 2048, 4096, 8192, 16384, 32768, 65536})
  void theLockPageIsThePageThatBeginsAtTheLockByte(int pageSize) {
    byte[] bytes = header();
    ByteBuffer.wrap(bytes).putShort(16, (short) (pageSize == 65536 ? 1 : pageSize));
    DatabaseHeader header = DatabaseHeader.parse(bytes, "x");
    long start = 1073741824;
    long end = start + pageSize;
    assertTrue(header.inLockPage(start, end));
    assertTrue(header.inLockPage(start + 1, end - 1));
    assertTrue(header.inLockPage(end - 1, end));
    assertFalse(header.inLockPage(start - 1, end));
    assertFalse(header.inLockPage(start - 1, start));
    assertFalse(header.inLockPage(start, end + 1));
    assertFalse(header.inLockPage(end, end + 1));
    assertFalse(header.inLockPage(0, pageSize));
  }

  /** A valid header: pages of 4096 bytes, change counter 5, 3 pages. */
  private static byte[] header() {
    ByteBuffer header = ByteBuffer.allocate(DatabaseHeader.LENGTH);
    header.put("SQLite format 3\0".getBytes(StandardCharsets.US_ASCII));
    header.putShort(16, (short) 4096).put(18, (byte) 1).put(19, (byte) 1);
    header.putInt(24, 5).putInt(28, 3).putInt(92, 5);
    return header.array();
  }
}
