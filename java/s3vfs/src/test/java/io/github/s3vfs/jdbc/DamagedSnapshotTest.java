package io.github.s3vfs.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.scenario.Bucket;
import io.github.s3vfs.scenario.Failure;
import io.github.s3vfs.scenario.Sql;
import io.github.s3vfs.testkit.BucketObjects;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Heads and segments that are damaged: an error that names the object, and never a wrong row. */
@Tag("any-store")
class DamagedSnapshotTest {
  private static final int FLIPS = Boolean.getBoolean("s3vfs.test.thorough") ? 600 : 60;
  private static Bucket writer;
  private static BucketObjects objects;

  /** Without a cache, so that every read comes from the store. */
  private static S3Vfs reader;

  private String key = "";

  @BeforeAll
  static void open() {
    writer = Bucket.open(b -> b.layout(Layout.SNAPSHOT));
    reader = Bucket.vfs(writer.server(), b -> b.cacheSizeBytes(0));
    objects = writer.server().objects(Bucket.NAME);
  }

  @AfterAll
  static void close() {
    reader.close();
    writer.close();
  }

  @BeforeEach
  void store() throws Exception {
    objects.keys().forEach(objects::delete);
    key = "db" + System.nanoTime();
    try (Connection connection = writer.connect(key)) {
      Sql.execute(
          connection,
          "CREATE TABLE t(id INTEGER PRIMARY KEY, v BLOB)",
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)"
              + " INSERT INTO t SELECT i, randomblob(3000) FROM n");
    }
  }

  private Connection connect() throws Exception {
    return DriverManager.getConnection(Bucket.url(reader, key, ""));
  }

  private String rows() throws Exception {
    try (Connection connection = connect()) {
      return Sql.rows(connection, "SELECT * FROM t") + "";
    }
  }

  private Failure failureOfReading() throws Exception {
    return Failure.ofSql(() -> assertEquals("", rows()));
  }

  /** The segment that has the rows: the longest one. */
  private String segment() {
    String longest = "";
    int most = 0;
    for (String each : objects.keys(key + "/s/")) {
      if (objects.get(each).length > most) {
        most = objects.get(each).length;
        longest = each;
      }
    }
    return longest;
  }

  @Test
  void aMissingSegmentIsNamed() throws Exception {
    String segment = segment();
    objects.delete(segment);
    failureOfReading().names(segment, "is missing").is(ErrorKind.CORRUPT);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 8, 100, 10_000})
  void aSegmentThatIsTooShortIsNamed(int length) throws Exception {
    String segment = segment();
    objects.put(segment, Arrays.copyOf(objects.get(segment), length));
    failureOfReading().names(segment).is(ErrorKind.CORRUPT);
  }

  @Test
  void aSegmentOfAnotherCommitIsNamed() throws Exception {
    String segment = segment();
    String other =
        objects.keys(key + "/s/").stream()
            .filter(k -> !k.equals(segment))
            .findFirst()
            .orElseThrow();
    objects.put(segment, Arrays.copyOf(objects.get(other), objects.get(segment).length));
    failureOfReading().names(segment).is(ErrorKind.CORRUPT);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 8, 60, 90})
  void aHeadThatIsTooShortIsNamed(int length) throws Exception {
    String head = key + "/head";
    objects.put(head, Arrays.copyOf(objects.get(head), length));
    failureOfReading().names(head).is(ErrorKind.CORRUPT);
  }

  @Test
  void aHeadOfAnotherDatabaseIsNoWrongRow() throws Exception {
    try (Connection connection = writer.connect("other")) {
      Sql.execute(connection, "CREATE TABLE t(id, v)", "INSERT INTO t VALUES (1, 'other')");
    }
    objects.put(key + "/head", objects.get("other/head"));
    failureOfReading().names("s3://" + Bucket.NAME + "/" + key).is(ErrorKind.CORRUPT);
  }

  @Test
  void aFlippedBitAnywhereIsAnErrorThatNamesTheObjectOrOfNoImportance() throws Exception {
    long seed = Long.getLong("s3vfs.test.seed", System.nanoTime());
    Random random = new Random(seed);
    String expected = rows();
    int noticed = 0;
    for (int i = 0; i < FLIPS; i++) {
      String object = i % 2 == 0 ? key + "/head" : segment();
      byte[] good = objects.get(object);
      byte[] bad = good.clone();
      bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
      objects.put(object, bad);
      String found = "";
      try {
        found = rows();
      } catch (java.sql.SQLException e) {
        noticed++;
        assertTrue(
            String.valueOf(e.getMessage()).contains(object),
            "-Ds3vfs.test.seed=" + seed + ": " + e.getMessage());
      }
      assertTrue(found.isEmpty() || found.equals(expected), "-Ds3vfs.test.seed=" + seed);
      objects.put(object, good);
    }
    assertTrue(noticed > FLIPS / 2, noticed + " noticed, -Ds3vfs.test.seed=" + seed);
  }

  @Test
  void aConnectionThatMetDamageReadsOnWhenItIsMended() throws Exception {
    String segment = segment();
    byte[] good = objects.get(segment);
    try (Connection connection = connect()) {
      objects.delete(segment);
      Failure.ofSql(() -> Sql.rows(connection, "SELECT * FROM t")).names(segment);
      objects.put(segment, good);
      assertEquals("60", Sql.value(connection, "SELECT count(v) FROM t"));
      Sql.assertIntact(connection);
    }
  }
}
