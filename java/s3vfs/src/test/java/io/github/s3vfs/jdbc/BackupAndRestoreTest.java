package io.github.s3vfs.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.Layout;
import io.github.s3vfs.scenario.Bucket;
import io.github.s3vfs.scenario.Failure;
import io.github.s3vfs.scenario.Sql;
import io.github.s3vfs.testkit.Fault;
import io.github.s3vfs.testkit.RequestMatch;
import io.github.s3vfs.testkit.S3Operation;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** sqlite-jdbc's statements {@code backup} and {@code restore}: they work, or fail. */
@ParameterizedClass
@EnumSource(Layout.class)
class BackupAndRestoreTest {
  @Parameter Layout layout = Layout.BLOCKS;

  private static Bucket bucket;

  @TempDir Path directory;

  @BeforeParameterizedClassInvocation
  static void open(Layout layout) {
    bucket = Bucket.open(b -> b.layout(layout));
  }

  @AfterParameterizedClassInvocation
  static void close() {
    bucket.close();
  }

  @AfterEach
  void mend() throws Exception {
    bucket.server().faults().clear();
    bucket.databases().delete(Bucket.location("db"));
    bucket.databases().delete(Bucket.location("copy"));
  }

  private Path local(String mode) throws SQLException {
    Path file = directory.resolve(mode + ".sqlite");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      Sql.execute(
          connection,
          "PRAGMA journal_mode = " + mode,
          "CREATE TABLE t(x)",
          "INSERT INTO t VALUES ('new')");
    }
    return file;
  }

  private static void store() throws SQLException {
    try (Connection connection = bucket.connect("db")) {
      Sql.execute(connection, "CREATE TABLE t(x)", "INSERT INTO t VALUES ('old')");
    }
  }

  private static void assertStored(String key, String expected) throws SQLException {
    try (Connection connection = bucket.connect(key)) {
      Sql.assertIntact(connection);
      assertEquals(expected, Sql.value(connection, "SELECT group_concat(x) FROM t"));
    }
  }

  @Test
  void aLocalFileIsRestored() throws Exception {
    store();
    Path file = local("DELETE");
    try (Connection connection = bucket.connect("db");
        Statement statement = connection.createStatement()) {
      statement.executeUpdate("restore from " + file);
      assertEquals("new", Sql.value(connection, "SELECT x FROM t"));
      statement.execute("RESTORE main FROM '" + file + "'");
    }
    assertStored("db", "new");
  }

  @Test
  void aFileThatAsksForWalIsNotRestored() throws Exception {
    store();
    try (Connection connection = bucket.connect("db")) {
      Path file = local("WAL");
      Failure.ofSql(() -> Sql.execute(connection, "restore from " + file))
          .names("Restore failed", "WAL")
          .is(ErrorKind.UNSUPPORTED);
      assertEquals("old", Sql.value(connection, "SELECT x FROM t"));
    }
    assertStored("db", "old");
  }

  @Test
  void norIsItBackedUpToS3() throws Exception {
    store();
    Path file = local("WAL");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      Failure.ofSql(() -> Sql.execute(connection, "backup to '" + uri("db") + "'"));
    }
    assertStored("db", "old");
    try (Connection connection = bucket.connect("copy")) {
      Sql.execute(connection, "ATTACH 'file:" + file + "?vfs=unix' AS here");
      Failure.ofSql(() -> Sql.execute(connection, "backup here to '" + uri("db") + "'"))
          .names("Backup failed", "WAL")
          .is(ErrorKind.UNSUPPORTED);
    }
    assertStored("db", "old");
  }

  @Test
  void aRestoreThatCannotBeStoredFails() throws Exception {
    store();
    Path file = local("DELETE");
    try (Connection connection = bucket.connect("db")) {
      bucket
          .server()
          .faults()
          .add(RequestMatch.of(S3Operation.PUT_OBJECT), Fault.error(403, "AccessDenied"));
      Failure.ofSql(() -> Sql.execute(connection, "restore from " + file))
          .names("Restore failed", "SQLITE_IOERR")
          .is(ErrorKind.ACCESS_DENIED);
      bucket.server().faults().clear();
      assertEquals("old", Sql.value(connection, "SELECT x FROM t"));
      Sql.execute(connection, "restore from " + file);
    }
    assertStored("db", "new");
  }

  @Test
  void aRestoreBesideAnotherWriterIsBusy() throws Exception {
    store();
    Path file = local("DELETE");
    try (Connection writer = bucket.connect("db");
        Connection connection = bucket.connect("db")) {
      Sql.execute(writer, "BEGIN IMMEDIATE", "INSERT INTO t VALUES ('more')");
      Failure busy = Failure.ofSql(() -> Sql.execute(connection, "restore from " + file));
      assertEquals(5, ((SQLException) busy.exception()).getErrorCode(), busy.text());
      Sql.execute(writer, "COMMIT");
      Sql.execute(connection, "BEGIN", "SELECT count(*) FROM t");
      Failure.ofSql(() -> Sql.execute(connection, "restore from " + file)).names("in use");
      Sql.execute(connection, "ROLLBACK");
    }
    assertStored("db", "old,more");
  }

  @Test
  void aFileThatIsMissingIsNoRestore() throws Exception {
    try (Connection connection = bucket.connect("db")) {
      Failure.ofSql(() -> Sql.execute(connection, "restore from " + directory.resolve("missing")));
    }
  }

  @Test
  void aDatabaseIsBackedUpToALocalFileAndToS3() throws Exception {
    store();
    Path file = directory.resolve("backup");
    try (Connection connection = bucket.connect("db")) {
      Sql.execute(connection, "backup to " + file);
      Sql.execute(connection, "backup to '" + uri("copy") + "'");
    }
    try (Connection local = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      assertEquals("old", Sql.value(local, "SELECT x FROM t"));
    }
    assertStored("copy", "old");
  }

  private static String uri(String key) {
    return bucket.url(key, "").substring("jdbc:sqlite:".length());
  }

  @Test
  void aBackupThatCannotBeStoredFails() throws Exception {
    store();
    bucket
        .server()
        .faults()
        .add(
            RequestMatch.of(S3Operation.PUT_OBJECT).keyPrefix("copy"),
            Fault.error(403, "AccessDenied"));
    try (Connection connection = bucket.connect("db")) {
      Failure.ofSql(() -> Sql.execute(connection, "backup to '" + uri("copy") + "'"))
          .names("Backup failed")
          .is(ErrorKind.ACCESS_DENIED);
    }
  }
}
