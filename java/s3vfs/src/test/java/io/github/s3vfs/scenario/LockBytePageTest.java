package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.testkit.S3TestServer;
import io.github.s3vfs.transfer.S3Databases;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A database across the page that SQLite never writes, which holds byte 2^30. */
@Tag("thorough")
class LockBytePageTest {
  private static final int PAGE = 65536;
  private static final int ROWS = 300_000;
  private static final long LOCK_BYTE = 1L << 30;

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"BLOCKS, 65536", "BLOCKS, 65537", "SNAPSHOT, 65536"})
  void isPageForPageWhatALocalFileIs(Layout layout, int blockSize) throws Exception {
    Path objects = Files.createDirectory(directory.resolve("objects"));
    Path file = directory.resolve("local.sqlite");
    try (S3TestServer server = S3TestServer.builder().directory(objects).withoutAccount().start()) {
      server.createBucket(Bucket.NAME);
      try (S3Vfs vfs = Bucket.vfs(server, b -> b.layout(layout).blockSize(blockSize))) {
        for (int round = 0; round < 2; round++) {
          try (Connection s3 = DriverManager.getConnection(Bucket.url(vfs, "big", ""));
              Connection local = DriverManager.getConnection("jdbc:sqlite:" + file)) {
            for (Connection c : List.of(s3, local)) {
              Sql.execute(c, "PRAGMA page_size = " + PAGE, "CREATE TABLE IF NOT EXISTS t(v BLOB)");
              Sql.execute(c, "DELETE FROM t");
              fill(c);
              assertEquals(ROWS + "", Sql.value(c, "SELECT count(*) FROM t"));
            }
            assertEquals("ok", Sql.value(s3, "PRAGMA quick_check"));
          }
          assertTrue(Files.size(file) > LOCK_BYTE + PAGE, "the file does not reach the lock byte");
          compare(vfs, file);
        }
      }
    }
  }

  private static void fill(Connection c) throws SQLException {
    Sql.execute(
        c,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
            + ROWS
            + ") INSERT INTO t SELECT CAST(printf('%04050d', i) AS BLOB)"
            + " FROM n");
  }

  private static void compare(S3Vfs vfs, Path file) throws Exception {
    try (InputStream s3 = S3Databases.of(vfs).serialize(Bucket.location("big")).inputStream();
        InputStream local = Files.newInputStream(file)) {
      long page = 1;
      for (byte[] expected = local.readNBytes(PAGE);
          expected.length > 0;
          expected = local.readNBytes(PAGE)) {
        assertArrayEquals(expected, s3.readNBytes(PAGE), "page " + page++);
      }
      assertEquals(-1, s3.read(), "the serialized file is longer");
    }
  }
}
