package io.github.s3vfs.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Version;
import io.github.s3vfs.scenario.Bucket;
import io.github.s3vfs.scenario.Failure;
import io.github.s3vfs.scenario.Sql;
import io.github.s3vfs.testkit.S3Operation;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Earlier versions of a database, by SQL. */
class VersionsTest {
  private static final int VERSIONS = 40;

  private static Bucket bucket;

  @BeforeAll
  static void store() throws SQLException {
    bucket = Bucket.open(b -> b.layout(Layout.SNAPSHOT).retention(Duration.ofMillis(50)));
    create("db");
  }

  /** In version v the table has the rows 2 to v. */
  private static void create(String key) throws SQLException {
    try (Connection c = bucket.connect(key)) {
      Sql.execute(
          c, "CREATE TABLE t(v INTEGER PRIMARY KEY, filler DEFAULT (hex(randomblob(200))))");
      for (int v = 2; v <= VERSIONS; v++) {
        Sql.execute(c, "INSERT INTO t(v) VALUES (" + v + ")");
      }
    }
  }

  @AfterAll
  static void close() {
    bucket.close();
  }

  private static String newestRow(String key, String parameters) throws SQLException {
    try (Connection c = bucket.connect(key, parameters)) {
      return Sql.value(c, "SELECT max(v) FROM t");
    }
  }

  private static List<Long> numbers(String key) {
    return bucket.vfs().versions(Bucket.location(key)).stream().map(S3Version::number).toList();
  }

  @Test
  void areListedAndOpenedByNumberAndByTime() throws Exception {
    List<S3Version> versions = bucket.vfs().versions(Bucket.location("db"));
    assertEquals(
        IntStream.range(0, VERSIONS).mapToObj(i -> (long) VERSIONS - i).toList(), numbers("db"));
    for (S3Version version : versions.subList(0, VERSIONS - 1)) {
      assertEquals("" + version.number(), newestRow("db", "version=" + version.number()));
      long newestThen =
          versions.stream()
              .filter(v -> !v.time().isAfter(version.time()))
              .mapToLong(S3Version::number)
              .max()
              .orElseThrow();
      assertEquals("" + newestThen, newestRow("db", "as_of=" + version.time()));
    }
    String later = versions.get(0).time().plusSeconds(3600).toString();
    assertEquals("" + VERSIONS, newestRow("db", "as_of=" + later.replace("Z", "%2B00:00")));
  }

  @Test
  void areReadBesideTheNewestOne() throws Exception {
    try (Connection c = bucket.connect("db")) {
      Sql.execute(
          c, "ATTACH 'file:db?vfs=" + bucket.vfs().name() + "&version=" + 10 + "' AS then_");
      assertEquals(
          "" + (VERSIONS - 10),
          Sql.value(c, "SELECT count(*) FROM t WHERE v NOT IN (SELECT v FROM then_.t)"));
      assertEquals("ok", Sql.value(c, "PRAGMA then_.integrity_check"));
    }
  }

  @Test
  void areForReading() throws Exception {
    try (Connection c = bucket.connect("db", "version=20")) {
      Failure failure = Failure.ofSql(() -> Sql.execute(c, "DELETE FROM t"));
      failure.is(ErrorKind.READ_ONLY).names("version 20", "for reading");
      assertEquals(
          SQLiteErrorCode.SQLITE_READONLY, ((SQLiteException) failure.exception()).getResultCode());
      assertEquals("19", Sql.value(c, "SELECT count(*) FROM t"));
    }
  }

  @Test
  void stayAsTheyAreWhateverIsCommitted() throws Exception {
    create("busy");
    try (Connection old = bucket.connect("busy", "version=20");
        Connection c = bucket.connect("busy")) {
      for (int i = 0; i < 5; i++) {
        assertEquals("19", Sql.value(old, "SELECT count(*) FROM t"));
        Sql.execute(c, "DELETE FROM t WHERE v % 5 = " + i);
      }
    }
  }

  @Test
  void costTheHeadAndAFewRecords() throws Exception {
    try (Connection newest = bucket.connect("db")) {
      assertEquals("" + VERSIONS, Sql.value(newest, "SELECT max(v) FROM t"));
      bucket.server().account().reset();
      assertEquals("3", newestRow("db", "version=3"));
      long gets = bucket.server().account().snapshot().count(S3Operation.GET_OBJECT);
      assertTrue(gets <= 6, gets + " GETs");
    }
  }

  @Test
  void areGoneWhenTheyWereCollected() throws Exception {
    create("old");
    Thread.sleep(1_100); // the store's clock says whole seconds
    try (Connection c = bucket.connect("old")) {
      Sql.execute(c, "DELETE FROM t WHERE v < 10");
    }
    int collected = bucket.databases().collect(Bucket.location("old"));
    Thread.sleep(1_100);
    collected += bucket.databases().collect(Bucket.location("old"));
    assertTrue(collected >= VERSIONS / 2, collected + " segments were collected");
    assertEquals(List.of(VERSIONS + 1L), numbers("old"));
    Failure.ofOpening(bucket.url("old", "version=5"))
        .is(ErrorKind.EXPIRED)
        .names("version 5 ", "old");
    assertEquals("" + VERSIONS, newestRow("old", ""));
    try (Connection c = bucket.connect("old")) {
      Sql.assertIntact(c);
    }
  }

  @Test
  void aCompactedDatabaseIsTheSame() throws Exception {
    create("scattered");
    byte[] before = bucket.serialize("scattered");
    assertTrue(bucket.databases().compact(Bucket.location("scattered")) > 0);
    Sql.assertSamePages(before, bucket.serialize("scattered"), "compacted");
    assertEquals("7", newestRow("scattered", "version=7"));
  }

  @Test
  void badWishesAreNamed() throws Exception {
    for (String bad : List.of("version=0", "version=x", "as_of=yesterday", "version=")) {
      Failure.ofOpening(bucket.url("db", bad)).is(ErrorKind.INVALID).names(bad);
    }
    Failure.ofOpening(bucket.url("db", "version=1&as_of=2026-01-01T00:00:00Z"))
        .is(ErrorKind.INVALID)
        .names("version", "as_of");
    Failure.ofOpening(bucket.url("db", "version=" + (VERSIONS + 1)))
        .is(ErrorKind.NOT_FOUND)
        .names("version " + (VERSIONS + 1), "newest is " + VERSIONS);
    Failure.ofOpening(bucket.url("db", "as_of=1999-01-01T00:00:00Z")).is(ErrorKind.EXPIRED);
    Failure.ofOpening(bucket.url("nothing", "version=1")).is(ErrorKind.NOT_FOUND);
    Failure.of(() -> bucket.vfs().versions(Bucket.location("nothing"))).is(ErrorKind.NOT_FOUND);
    try (Connection c = bucket.connect("blocks", "layout=blocks")) {
      Sql.execute(c, "CREATE TABLE t(x)");
    }
    Failure.ofOpening(bucket.url("blocks", "version=1")).is(ErrorKind.INVALID).names("blocks");
    Failure.of(() -> bucket.vfs().versions(Bucket.location("blocks"))).is(ErrorKind.UNSUPPORTED);
    Failure.of(() -> bucket.databases().collect(Bucket.location("blocks")))
        .is(ErrorKind.UNSUPPORTED);
  }
}
