package io.github.s3vfs.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.scenario.Failure;
import io.github.s3vfs.scenario.Sql;
import io.github.s3vfs.scenario.Stored;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Several databases on one connection. */
@Tag("any-store")
@ParameterizedClass
@EnumSource(Layout.class)
class AttachTest {
  @Parameter Layout layout = Layout.BLOCKS;

  private static final AtomicInteger COUNT = new AtomicInteger();
  private static DefaultVfs s3;

  @TempDir Path directory;

  private final String keys = "attach" + COUNT.incrementAndGet();

  @BeforeParameterizedClassInvocation
  static void start(Layout layout) {
    s3 = new DefaultVfs(layout);
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    s3.close();
  }

  private String url(String key) {
    return s3.url("/bucket/" + keys + "/" + key);
  }

  private void attach(Connection connection, String key) throws SQLException {
    String uri = url(key).substring("jdbc:sqlite:".length());
    Sql.execute(connection, "ATTACH '" + uri + "' AS " + key);
  }

  private void store(String key, String value) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url(key))) {
      Sql.execute(connection, "CREATE TABLE t(x)", "INSERT INTO t VALUES ('" + value + "')");
    }
  }

  private String stored(String key) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url(key))) {
      Sql.assertIntact(connection);
      return Sql.value(connection, "SELECT group_concat(x) FROM t");
    }
  }

  private Connection local() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:file:" + directory.resolve("local.sqlite"));
  }

  @Test
  void aLocalConnectionAttachesADatabaseOnS3() throws Exception {
    S3Vfs.install();
    store("a", "on S3");
    try (Connection local = local()) {
      Sql.execute(local, "CREATE TABLE here(x)", "INSERT INTO here VALUES ('local')");
      attach(local, "a");
      assertEquals("local on S3", Sql.value(local, "SELECT here.x || ' ' || a.t.x FROM here, a.t"));
      Sql.execute(local, "INSERT INTO a.t VALUES ('from here')");
      Sql.execute(local, "DETACH a");
    }
    assertEquals("on S3,from here", stored("a"));
  }

  @Test
  void aTransactionOverLocalAndS3CommitsBoth() throws Exception {
    S3Vfs.install();
    store("a", "old");
    try (Connection local = local()) {
      Sql.execute(local, "CREATE TABLE here(x)");
      attach(local, "a");
      Sql.execute(
          local,
          "BEGIN",
          "INSERT INTO here VALUES ('new')",
          "UPDATE a.t SET x = 'new'",
          "COMMIT",
          "BEGIN",
          "INSERT INTO here VALUES ('lost')",
          "UPDATE a.t SET x = 'lost'",
          "ROLLBACK");
    }
    assertEquals("new", stored("a"));
    try (Connection local = local()) {
      assertEquals("new", Sql.value(local, "SELECT group_concat(x) FROM here"));
    }
    assertFalse(
        Stored.keys(s3.server.objects(DefaultVfs.BUCKET), keys).stream()
            .anyMatch(key -> key.contains("-journal")),
        "a journal is left");
  }

  @Test
  void severalDatabasesOnS3AreJoined() throws Exception {
    store("a", "A");
    store("b", "B");
    store("c", "C");
    try (Connection connection = DriverManager.getConnection(url("a"))) {
      attach(connection, "b");
      attach(connection, "c");
      assertEquals(
          "ABC", Sql.value(connection, "SELECT main.t.x || b.t.x || c.t.x FROM main.t, b.t, c.t"));
      Sql.execute(connection, "INSERT INTO b.t SELECT x FROM c.t");
      assertEquals("B,C", Sql.value(connection, "SELECT group_concat(x) FROM b.t"));
    }
    assertEquals("B,C", stored("b"));
  }

  @Test
  void aDatabaseOnS3AttachesALocalFileByTheVfsOfTheOperatingSystem() throws Exception {
    store("a", "on S3");
    Path file = directory.resolve("local.sqlite");
    try (Connection local = local()) {
      Sql.execute(local, "CREATE TABLE t(x)", "INSERT INTO t VALUES ('local')");
    }
    try (Connection connection = DriverManager.getConnection(url("a"))) {
      Sql.execute(connection, "ATTACH 'file:" + file + "?vfs=unix' AS here");
      assertEquals(
          "on S3 local",
          Sql.value(connection, "SELECT main.t.x || ' ' || here.t.x FROM main.t, here.t"));
      Sql.execute(
          connection,
          "INSERT INTO here.t SELECT x FROM main.t",
          "BEGIN",
          "INSERT INTO main.t SELECT x FROM here.t WHERE x = 'local'",
          "COMMIT",
          "DETACH here");
    }
    assertEquals("on S3,local", stored("a"));
    try (Connection local = local()) {
      assertEquals("local,on S3", Sql.value(local, "SELECT group_concat(x) FROM t"));
    }
  }

  @Test
  void aTransactionOverSeveralOnS3SaysWhatToDoAndChangesNothing() throws Exception {
    store("a", "old a");
    store("b", "old b");
    try (Connection connection = DriverManager.getConnection(url("a"))) {
      attach(connection, "b");
      Failure.ofSql(
              () ->
                  Sql.execute(
                      connection,
                      "BEGIN",
                      "UPDATE main.t SET x = 'new a'",
                      "UPDATE b.t SET x = 'new b'",
                      "COMMIT"))
          .names("journal_mode=MEMORY", keys + "/a");
    }
    assertEquals("old a", stored("a"));
    assertEquals("old b", stored("b"));
  }

  @Test
  void aTransactionOverSeveralOnS3WorksWithJournalsInMemory() throws Exception {
    store("a", "old a");
    store("b", "old b");
    try (Connection connection = DriverManager.getConnection(url("a"))) {
      attach(connection, "b");
      Sql.execute(
          connection,
          "PRAGMA main.journal_mode = MEMORY",
          "PRAGMA b.journal_mode = MEMORY",
          "BEGIN",
          "UPDATE main.t SET x = 'new a'",
          "UPDATE b.t SET x = 'new b'",
          "COMMIT");
    }
    assertEquals("new a", stored("a"));
    assertEquals("new b", stored("b"));
  }

  @Test
  void vacuumIntoWritesADatabaseOnS3() throws Exception {
    store("a", "copied");
    String target = url("copy").substring("jdbc:sqlite:".length());
    try (Connection connection = DriverManager.getConnection(url("a"))) {
      Sql.execute(connection, "VACUUM INTO '" + target + "'");
    }
    assertEquals("copied", stored("copy"));
    try (Connection connection = DriverManager.getConnection(url("a"))) {
      Failure.ofSql(() -> Sql.execute(connection, "VACUUM INTO '" + target + "'"))
          .names("already exists");
    }
    assertEquals("copied", stored("copy"));
  }

  @Test
  void vacuumIntoCopiesBetweenLocalAndS3() throws Exception {
    store("a", "copied");
    Path file = directory.resolve("copy.sqlite");
    try (Connection connection = DriverManager.getConnection(url("a"))) {
      Sql.execute(connection, "VACUUM INTO 'file:" + file + "?vfs=unix'");
    }
    String target = url("back").substring("jdbc:sqlite:".length());
    try (Connection copy = DriverManager.getConnection("jdbc:sqlite:file:" + file)) {
      assertEquals("copied", Sql.value(copy, "SELECT x FROM t"));
      Sql.execute(copy, "VACUUM INTO '" + target + "'");
    }
    assertEquals("copied", stored("back"));
  }

  @Test
  void anAttachmentThatFailsNamesWhatIsWrongAndLeavesTheConnection() throws Exception {
    store("a", "here");
    try (Connection connection = DriverManager.getConnection(url("a"))) {
      Failure.ofSql(
              () ->
                  Sql.execute(
                      connection,
                      "ATTACH 'file:/no-such-bucket/k?" + s3.parameters() + "' AS nowhere"))
          .names("no-such-bucket");
      Failure.ofSql(
              () -> Sql.execute(connection, "ATTACH 'file:/bucket/k?vfs=s3&blok=1' AS nowhere"))
          .names("blok");
      assertEquals("here", Sql.value(connection, "SELECT x FROM t"));
    }
    assertTrue(
        Stored.keys(s3.server.objects(DefaultVfs.BUCKET), keys).stream()
            .allMatch(key -> key.startsWith(keys + "/a/")));
  }
}
