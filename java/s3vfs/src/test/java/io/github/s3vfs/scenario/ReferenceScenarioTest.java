package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.s3vfs.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The scenario of the Python package's tests, with a local file as the oracle. */
@Tag("any-store")
class ReferenceScenarioTest {
  private static Bucket bucket;

  @TempDir Path directory;

  @BeforeAll
  static void open() {
    bucket = Bucket.open();
  }

  @AfterAll
  static void close() {
    bucket.close();
  }

  record Combination(Layout layout, int pageSize, int blockSize, String journalMode) {}

  static Stream<Combination> combinations() {
    List<Combination> all = new ArrayList<>();
    for (int pageSize = 512; pageSize <= 65536; pageSize *= 2) {
      for (String mode : List.of("DELETE", "TRUNCATE", "PERSIST", "MEMORY", "OFF")) {
        for (int blockSize : new int[] {4095, 4096, 4097}) {
          all.add(new Combination(Layout.BLOCKS, pageSize, blockSize, mode));
        }
        all.add(new Combination(Layout.SNAPSHOT, pageSize, 4096, mode));
      }
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("combinations")
  void isPageForPageWhatALocalFileIs(Combination c) throws Exception {
    String key = "matrix/" + c.layout + c.pageSize + "-" + c.blockSize + "-" + c.journalMode;
    String parameters = "layout=" + c.layout + "&block_size=" + c.blockSize;
    Path file = directory.resolve("local.sqlite");
    try (Connection s3 = bucket.connect(key, parameters);
        Connection local = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      for (Connection connection : List.of(s3, local)) {
        Sql.execute(
            connection,
            "PRAGMA page_size = " + c.pageSize,
            "PRAGMA journal_mode = " + c.journalMode);
        fill(connection);
        assertEquals("1000", Sql.value(connection, "SELECT count(*) FROM foo"));
        Sql.assertIntact(connection);
      }
      assertEquals(
          c.journalMode.toLowerCase(java.util.Locale.ROOT), Sql.value(s3, "PRAGMA journal_mode"));
    }
    Sql.assertSamePages(Files.readAllBytes(file), bucket.serialize(key), c + " filled");
    try (Connection s3 = bucket.connect(key, parameters);
        Connection local = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      for (Connection connection : List.of(s3, local)) {
        Sql.execute(connection, "PRAGMA journal_mode = " + c.journalMode, "DELETE FROM foo");
      }
      Sql.assertSamePages(Files.readAllBytes(file), bucket.serialize(key), c + " emptied");
      for (Connection connection : List.of(s3, local)) {
        Sql.execute(connection, "VACUUM");
        Sql.assertIntact(connection);
      }
    }
    Sql.assertSamePages(Files.readAllBytes(file), bucket.serialize(key), c + " vacuumed");
    if (c.layout == Layout.BLOCKS) {
      assertNoSurplusBlocks(c, key, file);
    }
  }

  private static void assertNoSurplusBlocks(Combination c, String key, Path file)
      throws IOException {
    int blocks = (int) ((Files.size(file) + c.blockSize - 1) / c.blockSize);
    assertEquals(
        blocks, bucket.server().objects(Bucket.NAME).keys(key + "/").size(), "surplus blocks");
  }

  private static void fill(Connection connection) throws SQLException {
    Sql.execute(connection, "CREATE TABLE foo(x INTEGER, y TEXT)");
    connection.setAutoCommit(false);
    try (PreparedStatement insert = connection.prepareStatement("INSERT INTO foo VALUES (?, ?)")) {
      for (int i = 0; i < 1000; i++) {
        insert.setInt(1, i);
        insert.setString(2, "row number " + i + " " + "x".repeat(i % 100));
        insert.addBatch();
      }
      insert.executeBatch();
    }
    connection.commit();
    connection.setAutoCommit(true);
  }
}
