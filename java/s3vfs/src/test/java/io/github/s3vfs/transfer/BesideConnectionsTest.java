package io.github.s3vfs.transfer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.scenario.Bucket;
import io.github.s3vfs.scenario.Failure;
import io.github.s3vfs.scenario.Sql;
import io.github.s3vfs.testkit.BucketObjects;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Replacing and deleting databases that connections of this process have open. */
@Tag("any-store")
@ParameterizedClass
@EnumSource(Layout.class)
class BesideConnectionsTest {
  @Parameter Layout layout = Layout.BLOCKS;

  private static final S3Location DB = Bucket.location("db");
  private static Bucket bucket;
  private static BucketObjects objects;

  @TempDir Path directory;

  private byte[] before = new byte[0];
  private byte[] after = new byte[0];

  @BeforeParameterizedClassInvocation
  static void open(Layout layout) {
    bucket = Bucket.open(b -> b.layout(layout));
    objects = bucket.server().objects(Bucket.NAME);
  }

  @AfterParameterizedClassInvocation
  static void close() {
    bucket.close();
  }

  @BeforeEach
  void store() throws Exception {
    before = LocalDatabase.of(directory, 4096, 100, "before");
    after = LocalDatabase.of(directory, 4096, 100, "after!");
    bucket.databases().deserialize(DB, new ByteArrayInputStream(before));
  }

  private void replace() throws Exception {
    bucket.databases().deserialize(DB, new ByteArrayInputStream(after));
  }

  @Test
  void replacingIsRefusedWhileAConnectionReads() throws Exception {
    try (Connection connection = bucket.connect("db")) {
      try (Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery("SELECT v FROM t")) {
        assertTrue(rows.next());
        Failure.of(this::replace).names("using the database").is(ErrorKind.BUSY);
        Failure.of(() -> bucket.databases().delete(DB)).is(ErrorKind.BUSY);
        int count = 1;
        while (rows.next()) {
          assertEquals("before", rows.getString(1));
          count++;
        }
        assertEquals(100, count);
      }
      assertArrayEquals(before, bucket.serialize("db"));
      replace();
      assertEquals(List.of("after!"), LocalDatabase.values(connection));
    }
  }

  @Test
  void replacingIsRefusedWhileAConnectionWrites() throws Exception {
    try (Connection connection = bucket.connect("db")) {
      Sql.execute(connection, "BEGIN IMMEDIATE", "UPDATE t SET v = 'changed'");
      Failure.of(this::replace).is(ErrorKind.BUSY);
      Failure.of(() -> bucket.databases().delete(DB)).is(ErrorKind.BUSY);
      Sql.execute(connection, "COMMIT");
      assertEquals(List.of("changed"), LocalDatabase.values(connection));
      replace();
      assertEquals(List.of("after!"), LocalDatabase.values(connection));
    }
  }

  @Test
  void replacingIsRefusedWhileTheDatabaseIsSerialized() throws Exception {
    try (SerializedDatabase serialized = bucket.databases().serialize(DB)) {
      assertTrue(serialized.iterator().hasNext());
      Failure.of(this::replace).is(ErrorKind.BUSY);
    }
    replace();
  }

  @Test
  void openConnectionsSeeTheNewContentAlsoWhereTheHeaderLooksTheSame() throws Exception {
    assertArrayEquals(Arrays.copyOf(before, 100), Arrays.copyOf(after, 100), "the headers");
    try (Connection one = bucket.connect("db");
        Connection two = bucket.connect("db")) {
      for (Connection connection : List.of(one, two)) {
        assertEquals(List.of("before"), LocalDatabase.values(connection));
      }
      replace();
      for (Connection connection : List.of(one, two)) {
        assertEquals("after!", Sql.value(connection, "SELECT v FROM t WHERE id = 50"));
        assertEquals(List.of("after!"), LocalDatabase.values(connection));
      }
      Sql.execute(one, "UPDATE t SET v = 'and on'");
      assertEquals(List.of("and on"), LocalDatabase.values(two));
    }
  }

  @Test
  void openConnectionsSeeANewSchemaAndAnotherPageSize() throws Exception {
    try (Connection connection = bucket.connect("db")) {
      assertEquals(List.of("before"), LocalDatabase.values(connection));
      after =
          LocalDatabase.of(directory, 1024, 50, "other", "CREATE TABLE more AS SELECT 7 AS seven");
      replace();
      assertEquals("7", Sql.value(connection, "SELECT seven FROM more"));
      assertEquals(List.of("other"), LocalDatabase.values(connection));
      assertEquals("1024", Sql.value(connection, "PRAGMA page_size"));
    }
  }

  @Test
  void aConnectionToADatabaseThatWasMissingSeesIt() throws Exception {
    S3Location location = Bucket.location("appears");
    try (Connection connection = bucket.connect("appears")) {
      assertEquals("0", Sql.value(connection, "SELECT count(*) FROM sqlite_schema"));
      bucket.databases().deserialize(location, new ByteArrayInputStream(after));
      assertEquals(List.of("after!"), LocalDatabase.values(connection));
      assertTrue(bucket.databases().delete(location));
      assertEquals("0", Sql.value(connection, "SELECT count(*) FROM sqlite_schema"));
    }
  }

  @Test
  void deletingRemovesEveryObjectOfTheDatabaseAndNoOther() throws Exception {
    for (String neighbour : List.of("db2", "db-", "d")) {
      bucket.databases().deserialize(Bucket.location(neighbour), new ByteArrayInputStream(after));
    }
    if (layout == Layout.BLOCKS) {
      objects.put("db-journal/0000000000", new byte[0]);
      objects.put("db-journal/0000000001", new byte[] {1});
    }
    assertTrue(bucket.databases().delete(DB));
    assertEquals(List.of(), objects.keys("db/"));
    assertEquals(List.of(), objects.keys("db-journal/"));
    for (String neighbour : List.of("db2", "db-", "d")) {
      assertArrayEquals(after, bucket.serialize(neighbour));
    }
    assertFalse(bucket.databases().delete(DB));
    Failure.ofOpening(bucket.url("db", "mode=rw")).is(ErrorKind.NOT_FOUND);
  }

  @Test
  void deletingADatabaseThatNeverWasAnswersFalse() {
    assertFalse(bucket.databases().delete(Bucket.location("never/was")));
  }

  @Test
  void aDeletedDatabaseCanBeCreatedAgain() throws Exception {
    assertTrue(bucket.databases().delete(DB));
    try (Connection connection = bucket.connect("db")) {
      Sql.execute(connection, "CREATE TABLE t(v)", "INSERT INTO t VALUES ('again')");
      assertEquals(List.of("again"), LocalDatabase.values(connection));
    }
  }
}
