package io.github.s3vfs.transfer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.scenario.Bucket;
import io.github.s3vfs.scenario.Failure;
import io.github.s3vfs.scenario.Sql;
import io.github.s3vfs.scenario.Stored;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A local file of which a part is in another one is no database by itself. */
class LocalDatabaseFileTest {
  private static final S3Location OLD = Bucket.location("old");
  private static final S3Location NEW = Bucket.location("new");
  private static Bucket bucket;

  @TempDir Path directory;

  @BeforeAll
  static void open() {
    bucket = Bucket.open(b -> b);
  }

  @AfterAll
  static void close() {
    bucket.close();
  }

  private Connection local(Path file, String... statements) throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
    Sql.execute(connection, statements);
    return connection;
  }

  /** Refused by all that takes a file, with this in the message, before anything is stored. */
  private void assertRefused(Path file, String... names) throws Exception {
    byte[] old = LocalDatabase.of(directory, 4096, 10, "old");
    bucket.databases().deserialize(OLD, new ByteArrayInputStream(old));
    Map<String, byte[]> before = Stored.snapshot(bucket.server().objects(Bucket.NAME));
    for (Failure.Action action :
        new Failure.Action[] {
          () -> bucket.databases().deserialize(OLD, file),
          () -> bucket.databases().deserialize(NEW, file),
          () -> bucket.databases().deserializeNew(NEW, file),
          () -> S3Databases.open(file).close()
        }) {
      Failure.of(action).is(ErrorKind.INVALID).names(file.toString()).names(names);
    }
    Map<String, byte[]> now = Stored.snapshot(bucket.server().objects(Bucket.NAME));
    assertEquals(before.keySet(), now.keySet());
    before.forEach((key, bytes) -> assertTrue(Arrays.equals(bytes, now.get(key)), key));
  }

  private void assertTaken(Path file) throws Exception {
    bucket.databases().deserialize(NEW, file);
    try (Connection connection = bucket.connect("new")) {
      assertEquals("3", Sql.value(connection, "SELECT count(*) FROM t"));
      Sql.assertIntact(connection);
    }
    bucket.databases().delete(NEW);
  }

  @Test
  void aWriteAheadLogIsRefusedUntilItIsCheckpointed() throws Exception {
    Path file = directory.resolve("wal.sqlite");
    try (Connection connection =
        local(
            file,
            "PRAGMA journal_mode = WAL",
            "PRAGMA wal_autocheckpoint = 0",
            "CREATE TABLE t(x)",
            "INSERT INTO t VALUES (1)",
            "PRAGMA wal_checkpoint(TRUNCATE)",
            "INSERT INTO t VALUES (2), (3)")) {
      assertRefused(file, file + "-wal", "wal_checkpoint(TRUNCATE)");
      Path link = Files.createSymbolicLink(directory.resolve("link"), file);
      assertRefused(link, file.toRealPath() + "-wal");
      Sql.execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
      assertEquals(0, Files.size(Path.of(file + "-wal")));
      assertTaken(file);
      assertTaken(link);
      Sql.execute(connection, "DELETE FROM t WHERE x = 1");
    }
    assertTrue(Files.notExists(Path.of(file + "-wal")));
    try (Connection connection = local(file, "INSERT INTO t VALUES (4)")) {
      Sql.execute(connection, "PRAGMA journal_mode = DELETE");
    }
    assertTaken(file);
  }

  @Test
  void aHotJournalIsRefusedUntilItWasRolledBack() throws Exception {
    Path file = directory.resolve("written.sqlite");
    Path copy = directory.resolve("copy.sqlite");
    try (Connection connection =
        local(
            file,
            "CREATE TABLE t(x)",
            "INSERT INTO t VALUES (1), (2), (3)",
            "CREATE TABLE u AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
                + " WHERE i < 3000) SELECT i, zeroblob(100) b FROM n",
            "PRAGMA cache_size = 2",
            "BEGIN",
            "DELETE FROM t",
            "UPDATE u SET b = randomblob(100)")) {
      Files.copy(file, copy);
      Files.copy(Path.of(file + "-journal"), Path.of(copy + "-journal"));
      Sql.execute(connection, "ROLLBACK");
    }
    assertTaken(file);
    assertRefused(copy, copy + "-journal", "rolls it back");
    try (Connection connection = local(copy)) {
      assertEquals("3", Sql.value(connection, "SELECT count(*) FROM t"));
    }
    assertTaken(copy);
  }

  @Test
  void whatIsLeftOfAJournalThatIsNoneIsNoHindrance() throws Exception {
    for (String mode : new String[] {"PERSIST", "TRUNCATE"}) {
      Path file = directory.resolve(mode);
      local(
              file,
              "PRAGMA journal_mode = " + mode,
              "CREATE TABLE t(x)",
              "INSERT INTO t VALUES (1), (2), (3)")
          .close();
      assertTrue(Files.exists(Path.of(file + "-journal")), mode);
      assertTaken(file);
    }
  }

  @Test
  void theFileIsReadAsItIs() throws Exception {
    Path file = directory.resolve("plain");
    byte[] bytes = LocalDatabase.of(directory, 512, 10, "plain");
    Files.write(file, bytes);
    try (var in = S3Databases.open(file)) {
      assertArrayEquals(bytes, in.readAllBytes());
    }
    Failure.of(() -> S3Databases.open(directory.resolve("missing"))).names("missing");
  }
}
