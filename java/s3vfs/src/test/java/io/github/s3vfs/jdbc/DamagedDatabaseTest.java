package io.github.s3vfs.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.scenario.Bucket;
import io.github.s3vfs.scenario.Failure;
import io.github.s3vfs.scenario.Sql;
import io.github.s3vfs.scenario.Stored;
import io.github.s3vfs.testkit.BucketObjects;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Blocks that are not, or not all of, a database: an error that names them, no wrong row, and no
 * new database beside them, although the reader does not say which layout it expects.
 */
@Tag("any-store")
class DamagedDatabaseTest {
  private static final int BLOCK = 4096;
  private static Bucket writer;
  private static BucketObjects objects;

  /** Without a cache, so that every read comes from the store. */
  private static S3Vfs reader;

  private String key = "";
  private Map<String, byte[]> damaged = Map.of();

  @BeforeAll
  static void open() {
    writer = Bucket.open(b -> b.layout(Layout.BLOCKS));
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
    assertTrue(objects.keys().size() > 50);
  }

  private String block(int index) {
    return String.format(Locale.ROOT, "%s/%010d", key, index);
  }

  /** What there is now must be there at the end, too: nobody writes to a damaged database. */
  private void damaged() {
    damaged = new TreeMap<>(objects.snapshot());
  }

  @AfterEach
  void nothingWasWritten() {
    Map<String, byte[]> now = objects.snapshot();
    assertEquals(damaged.keySet(), now.keySet());
    damaged.forEach(
        (name, bytes) -> assertTrue(Arrays.equals(bytes, now.get(name)), "changed: " + name));
  }

  private Connection connect(String parameters) throws SQLException {
    return DriverManager.getConnection(Bucket.url(reader, key, parameters));
  }

  private Failure failureOfReading(String parameters) throws Exception {
    return Failure.ofSql(
        () -> {
          try (Connection connection = connect(parameters)) {
            Sql.rows(connection, "SELECT * FROM t");
          }
        });
  }

  @Test
  void aMissingBlockInTheMiddleIsNamed() throws Exception {
    objects.delete(block(20));
    damaged();
    failureOfReading("").names(block(20), "is missing").is(ErrorKind.CORRUPT);
  }

  @Test
  void theMissingLastBlockIsNamed() throws Exception {
    String last = block(Stored.keys(objects).size() - 1);
    objects.delete(last);
    damaged();
    failureOfReading("").names(last, "is missing").is(ErrorKind.CORRUPT);
  }

  @Test
  void theMissingFirstBlockIsNamed() throws Exception {
    objects.delete(block(0));
    damaged();
    failureOfReading("").names(block(0), "is missing").is(ErrorKind.CORRUPT);
    Failure.ofSql(
            () -> {
              try (Connection connection = connect("")) {
                Sql.execute(connection, "CREATE TABLE u(x)");
              }
            })
        .names(block(0), "is missing");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 512, BLOCK - 1})
  void aBlockThatIsTooShortIsNamedWithBothLengths(int length) throws Exception {
    objects.put(block(20), Arrays.copyOf(objects.get(block(20)), length));
    damaged();
    failureOfReading("").names(block(20), length + " bytes", "" + BLOCK).is(ErrorKind.CORRUPT);
  }

  @Test
  void aBlockThatIsTooLongIsNamedWithBothLengths() throws Exception {
    objects.put(block(20), Arrays.copyOf(objects.get(block(20)), BLOCK + 1));
    damaged();
    failureOfReading("").names(block(20), "4097 bytes", "" + BLOCK).is(ErrorKind.CORRUPT);
  }

  @Test
  void anEmptyBlockIsNamed() throws Exception {
    objects.put(block(20), new byte[0]);
    damaged();
    failureOfReading("").names(block(20), "0 bytes").is(ErrorKind.CORRUPT);
  }

  @Test
  void aFirstBlockThatIsNoDatabaseIsNamed() throws Exception {
    byte[] bytes = objects.get(block(0));
    bytes[3] ^= 1;
    objects.put(block(0), bytes);
    damaged();
    failureOfReading("").names(block(0), "SQLite").is(ErrorKind.CORRUPT);
  }

  @Test
  void anEmptyFirstBlockIsNamed() throws Exception {
    objects.put(block(0), new byte[0]);
    damaged();
    failureOfReading("").names(block(0)).is(ErrorKind.CORRUPT);
  }

  @Test
  void anImpossiblePageSizeIsNamed() throws Exception {
    byte[] bytes = objects.get(block(0));
    bytes[16] = 3;
    bytes[17] = 7;
    objects.put(block(0), bytes);
    damaged();
    failureOfReading("").names(block(0), "page size 775").is(ErrorKind.CORRUPT);
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 4095, 4097, 65536})
  void aBlockSizeThatIsNotTheDatabasesIsRefusedWithBoth(int blockSize) throws Exception {
    damaged();
    failureOfReading("block_size=" + blockSize)
        .names("block_size=" + blockSize, "" + BLOCK, key)
        .is(ErrorKind.INVALID);
  }

  @Test
  void aPrefixThatHoldsSomethingElseIsNamed() throws Exception {
    objects.keys().forEach(objects::delete);
    objects.put(key + "/report.pdf", new byte[] {1, 2, 3});
    damaged();
    failureOfReading("")
        .names("s3://" + Bucket.NAME + "/" + key + "/", "report.pdf", "something else")
        .is(ErrorKind.INVALID);
  }

  @Test
  void aFolderMarkerIsNoDatabaseAndNoObstacle() throws Exception {
    objects.keys().forEach(objects::delete);
    objects.put(key + "/", new byte[0]);
    try (Connection connection = connect("")) {
      Sql.execute(connection, "CREATE TABLE t(x)", "INSERT INTO t VALUES (7)");
    }
    try (Connection connection = connect("")) {
      assertEquals("7", Sql.value(connection, "SELECT x FROM t"));
    }
    assertTrue(objects.contains(key + "/"));
    damaged();
  }

  @Test
  void aDatabaseThatIsMissingIsNamedWhenItMustExist() throws Exception {
    objects.keys().forEach(objects::delete);
    damaged();
    for (String mode : new String[] {"ro", "rw"}) {
      failureOfReading("mode=" + mode)
          .names("no database", "s3://" + Bucket.NAME + "/" + key)
          .is(ErrorKind.NOT_FOUND);
    }
  }

  @Test
  void aConnectionThatMetDamageReadsOnWhenItIsMended() throws Exception {
    byte[] good = objects.get(block(20));
    try (Connection connection = connect("")) {
      objects.delete(block(20));
      Failure.ofSql(() -> Sql.rows(connection, "SELECT * FROM t")).names(block(20));
      objects.put(block(20), good);
      assertEquals("60", Sql.value(connection, "SELECT count(v) FROM t"));
      Sql.assertIntact(connection);
    }
    damaged();
  }
}
