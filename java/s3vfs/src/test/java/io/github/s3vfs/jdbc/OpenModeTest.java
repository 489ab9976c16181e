package io.github.s3vfs.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.Layout;
import io.github.s3vfs.scenario.Bucket;
import io.github.s3vfs.scenario.Failure;
import io.github.s3vfs.scenario.Sql;
import io.github.s3vfs.scenario.Stored;
import io.github.s3vfs.testkit.AccountSnapshot;
import io.github.s3vfs.testkit.S3Operation;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** SQLite's own URL parameters keep their meaning. */
@ParameterizedClass
@EnumSource(Layout.class)
class OpenModeTest {
  @Parameter Layout layout = Layout.BLOCKS;

  private static Bucket bucket;

  @BeforeParameterizedClassInvocation
  static void open(Layout layout) {
    bucket = Bucket.open(b -> b.layout(layout));
  }

  @AfterParameterizedClassInvocation
  static void close() {
    bucket.close();
  }

  @BeforeEach
  void store() throws Exception {
    try (Connection connection = bucket.connect("db")) {
      Sql.execute(
          connection,
          "DROP TABLE IF EXISTS t",
          "CREATE TABLE t(x)",
          "INSERT INTO t VALUES ('stored')");
    }
    bucket.server().account().reset();
  }

  private static AccountSnapshot writes() {
    return bucket
        .server()
        .account()
        .snapshot()
        .where(
            r ->
                r.operation() != S3Operation.GET_OBJECT
                    && r.operation() != S3Operation.LIST_OBJECTS_V2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mode=ro", "immutable=1", "mode=ro&immutable=1", "mode=rw&immutable=1"})
  void aReadOnlyConnectionReadsAndRefusesToWrite(String parameters) throws Exception {
    try (Connection connection = bucket.connect("db", parameters)) {
      assertEquals("stored", Sql.value(connection, "SELECT x FROM t"));
      Failure.ofSql(() -> Sql.execute(connection, "DELETE FROM t")).names("READONLY");
      Failure.ofSql(() -> Sql.execute(connection, "PRAGMA user_version = 7")).names("READONLY");
      assertEquals("stored", Sql.value(connection, "SELECT x FROM t"));
      Sql.assertIntact(connection);
    }
    assertEquals(0, writes().count(), () -> writes().toString());
  }

  @Test
  void modeRwWritesWhatIsThereAndCreatesNothing() throws Exception {
    try (Connection connection = bucket.connect("db", "mode=rw")) {
      Sql.execute(connection, "UPDATE t SET x = 'changed'");
    }
    try (Connection connection = bucket.connect("db")) {
      assertEquals("changed", Sql.value(connection, "SELECT x FROM t"));
    }
    for (String mode : List.of("ro", "rw")) {
      Failure.ofOpening(bucket.url("missing", "mode=" + mode))
          .names("no database", "s3://bucket/missing")
          .is(ErrorKind.NOT_FOUND);
    }
    assertEquals(List.of(), bucket.server().objects(Bucket.NAME).keys("missing"));
  }

  @Test
  void modeRwcCreates() throws Exception {
    try (Connection connection = bucket.connect("created", "mode=rwc")) {
      Sql.execute(connection, "CREATE TABLE t(x)");
    }
    assertTrue(bucket.server().objects(Bucket.NAME).contains(Stored.first(layout, "created")));
  }

  @Test
  void openingAloneStoresNothing() throws Exception {
    bucket.connect("opened").close();
    try (Connection connection = bucket.connect("opened")) {
      assertEquals("0", Sql.value(connection, "SELECT count(*) FROM sqlite_schema"));
    }
    assertEquals(List.of(), bucket.server().objects(Bucket.NAME).keys("opened"));
  }

  @Test
  void anUnknownModeIsRefused() throws Exception {
    Failure.ofOpening(bucket.url("db", "mode=rx")).names("no such access mode: rx");
  }

  @Test
  void immutableAsksForNoJournalAndNoChanges() throws Exception {
    try (Connection connection = bucket.connect("db", "immutable=1")) {
      assertEquals("stored", Sql.value(connection, "SELECT x FROM t"));
      int requests = bucket.server().account().count();
      for (int i = 0; i < 5; i++) {
        assertEquals("stored", Sql.value(connection, "SELECT x FROM t"));
      }
      assertEquals(requests, bucket.server().account().count());
    }
  }

  @Test
  void connectionsWithASharedCacheSeeAndLockEachOther() throws Exception {
    try (Connection one = bucket.connect("db", "cache=shared");
        Connection two = bucket.connect("db", "cache=shared");
        Connection other = bucket.connect("db", "cache=private")) {
      Sql.execute(one, "INSERT INTO t VALUES ('more')");
      assertEquals("2", Sql.value(two, "SELECT count(*) FROM t"));
      assertEquals("2", Sql.value(other, "SELECT count(*) FROM t"));
      Sql.execute(one, "BEGIN IMMEDIATE", "DELETE FROM t");
      Failure.ofSql(() -> Sql.value(two, "SELECT count(*) FROM t")).names("LOCKED");
      assertEquals("2", Sql.value(other, "SELECT count(*) FROM t"));
      Failure.ofSql(() -> Sql.execute(other, "PRAGMA busy_timeout = 0", "DELETE FROM t"))
          .names("BUSY");
      Sql.execute(one, "COMMIT");
      assertEquals("0", Sql.value(two, "SELECT count(*) FROM t"));
      assertEquals("0", Sql.value(other, "SELECT count(*) FROM t"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cache=shared", "shared_cache=true"})
  void aSharedCacheIsNotForEarlierVersions(String shared) throws Exception {
    for (String past : List.of("version=1", "as_of=2026-01-31T12:00:00Z")) {
      Failure.ofOpening(bucket.url("db", shared + "&" + past))
          .names("cache=shared")
          .is(ErrorKind.INVALID);
      try (Connection newest = bucket.connect("db", shared)) {
        Failure.ofOpening(bucket.url("db", shared + "&" + past)).is(ErrorKind.INVALID);
        assertEquals("stored", Sql.value(newest, "SELECT x FROM t"));
      }
    }
  }

  @Test
  void anAttachmentOfAnEarlierVersionHasNoSharedCacheEither() throws Exception {
    try (Connection connection = bucket.connect("other")) {
      String uri = "file:db?vfs=" + bucket.vfs().name() + "&version=1&cache=shared";
      Failure.ofSql(() -> Sql.execute(connection, "ATTACH '" + uri + "' AS past"))
          .names("cache=shared")
          .is(ErrorKind.INVALID);
    }
  }

  @Test
  void sqliteJdbcsOwnSettingOfASharedCacheCountsToo() throws Exception {
    Properties properties = new Properties();
    properties.setProperty("shared_cache", "true");
    Failure.ofSql(
            () -> DriverManager.getConnection(bucket.url("db", "version=1"), properties).close())
        .names("cache=shared")
        .is(ErrorKind.INVALID);
  }

  @Test
  void nolockReadsAndRefusesToWrite() throws Exception {
    try (Connection connection = bucket.connect("db", "nolock=1")) {
      assertEquals("stored", Sql.value(connection, "SELECT x FROM t"));
      Failure.ofSql(() -> Sql.execute(connection, "DELETE FROM t"))
          .names("nolock", "s3://bucket/db")
          .is(ErrorKind.READ_ONLY);
    }
    assertEquals(0, writes().count(), () -> writes().toString());
    try (Connection connection = bucket.connect("db")) {
      assertEquals("stored", Sql.value(connection, "SELECT x FROM t"));
    }
  }
}
