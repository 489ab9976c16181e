package io.github.s3vfs.transfer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.scenario.Bucket;
import io.github.s3vfs.scenario.Failure;
import io.github.s3vfs.scenario.Sql;
import io.github.s3vfs.testkit.BucketObjects;
import io.github.s3vfs.testkit.Fault;
import io.github.s3vfs.testkit.RequestMatch;
import io.github.s3vfs.testkit.S3Operation;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole databases go to S3 objects, come from them, and are copied. */
@Tag("any-store")
@ParameterizedClass
@EnumSource(Layout.class)
class DatabaseObjectsTest {
  @Parameter Layout layout = Layout.BLOCKS;

  private static final S3Location DB = Bucket.location("db");
  private static final S3Location OTHER = Bucket.location("other");
  private static final ObjectLocation OBJECT = new ObjectLocation(Bucket.NAME, "file.sqlite");
  private static final UploadOptions PARTS =
      UploadOptions.builder().partSizeBytes(PartSizes.MIN_PART).build();

  private static Bucket bucket;

  @TempDir Path directory;

  private byte[] file = new byte[0];

  @BeforeParameterizedClassInvocation
  static void open(Layout layout) {
    bucket =
        Bucket.open(
            b -> {
              b.layout(layout).retries(1).requestTimeout(Duration.ofSeconds(6));
              return layout == Layout.BLOCKS ? b.blockSize(1 << 20) : b;
            });
  }

  @AfterParameterizedClassInvocation
  static void close() {
    bucket.close();
  }

  /** Some 6 MiB: two parts. */
  @BeforeEach
  void store() throws Exception {
    file = LocalDatabase.of(directory, 4096, 17_000, "stored");
    assertTrue(file.length > PartSizes.MIN_PART, file.length + " bytes");
    bucket.databases().deserialize(DB, new ByteArrayInputStream(file));
  }

  @AfterEach
  void nothingIsLeft() {
    bucket.server().faults().clear();
    assertEquals(List.of(), objects().uploads());
    bucket.databases().delete(DB);
    bucket.databases().delete(OTHER);
    objects().delete(OBJECT.key());
  }

  private static BucketObjects objects() {
    return bucket.server().objects(Bucket.NAME);
  }

  @Test
  void aDatabaseGoesToAnObjectAndComesBack() throws Exception {
    ObjectInfo object = bucket.databases().serialize(DB).uploadTo(OBJECT, PARTS);
    assertEquals(file.length, object.size());
    assertArrayEquals(file, objects().get(OBJECT.key()));
    assertEquals("application/vnd.sqlite3", S3Objects.of(bucket.vfs()).stat(OBJECT).contentType());
    bucket.databases().deserialize(OTHER, OBJECT, ReadOptions.DEFAULT.withParts(1 << 20, 4));
    assertArrayEquals(file, bucket.serialize("other"));
  }

  @Test
  void itIsOneStateWhileAnotherConnectionWrites() throws Exception {
    try (SerializedDatabase serialized = bucket.databases().serialize(DB)) {
      if (layout == Layout.SNAPSHOT) {
        try (Connection c = bucket.connect("db")) {
          Sql.execute(c, "UPDATE t SET v = 'not seen', filler = zeroblob(299)");
        }
      }
      serialized.uploadTo(OBJECT, PARTS);
    }
    assertArrayEquals(file, objects().get(OBJECT.key()));
  }

  @Tag("embedded")
  @Test
  void anObjectThatIsThereStaysWhereTheConditionOrTheUploadFails() throws Exception {
    objects().put(OBJECT.key(), new byte[] {1});
    UploadOptions absent = PARTS.toBuilder().condition(WriteCondition.ifAbsent()).build();
    Failure.of(() -> bucket.databases().serialize(DB).uploadTo(OBJECT, absent))
        .is(ErrorKind.CONFLICT)
        .names(OBJECT.toString());
    bucket.server().faults().add(RequestMatch.of(S3Operation.UPLOAD_PART), Fault.internalError());
    Failure.of(() -> bucket.databases().serialize(DB).uploadTo(OBJECT, PARTS))
        .is(ErrorKind.UNAVAILABLE);
    assertArrayEquals(new byte[] {1}, objects().get(OBJECT.key()));
  }

  @Test
  void theObjectsOfTheDatabaseAreNoTarget() throws Exception {
    for (String key : List.of("db/head", "db/0000000000", "db-journal/0000000000", "db-lease")) {
      Failure.of(() -> bucket.databases().serialize(DB).uploadTo(OBJECT.withKey(key), PARTS))
          .is(ErrorKind.INVALID)
          .names(key, "db");
    }
  }

  @Test
  void whatIsNoDatabaseIsRefused() throws Exception {
    assertRefused(new byte[0], "empty");
    assertRefused(new byte[5000], "SQLite");
    assertRefused(Arrays.copyOf(file, file.length - 4096), "ends after");
    objects().delete(OBJECT.key());
    Failure.of(() -> deserialize(OTHER)).is(ErrorKind.NOT_FOUND).names(OBJECT.toString());
  }

  private void assertRefused(byte[] content, String named) throws Exception {
    objects().put(OBJECT.key(), content);
    for (S3Location target : List.of(DB, OTHER)) {
      Failure.of(() -> deserialize(target)).is(ErrorKind.INVALID).names(named);
    }
    assertArrayEquals(file, bucket.serialize("db"));
    Failure.of(() -> bucket.databases().serialize(OTHER).close()).is(ErrorKind.NOT_FOUND);
  }

  private static void deserialize(S3Location target) {
    bucket.databases().deserialize(target, OBJECT, ReadOptions.DEFAULT.withParts(1 << 20, 1));
  }

  @Tag("embedded")
  @Test
  void anObjectThatIsReplacedWhileItIsReadCostsNothing() throws Exception {
    objects().put(OBJECT.key(), file);
    byte[] another = LocalDatabase.of(directory, 4096, 18_000, "another");
    bucket
        .server()
        .faults()
        .add(
            RequestMatch.of(S3Operation.GET_OBJECT)
                .key(OBJECT.key())
                .where(
                    request -> {
                      objects().put(OBJECT.key(), another);
                      return true;
                    })
                .nth(3),
            Fault.delay(Duration.ofMillis(1)));
    Failure.of(() -> deserialize(DB)).is(ErrorKind.CONFLICT).names(OBJECT + " has changed");
    assertArrayEquals(file, bucket.serialize("db"));
  }

  @Test
  void aDatabaseIsCopiedToAPlaceWhereThereIsNone() throws Exception {
    bucket.databases().copy(DB, OTHER, false);
    assertArrayEquals(file, bucket.serialize("other"));
    try (Connection c = bucket.connect("other")) {
      Sql.execute(c, "UPDATE t SET v = 'changed'");
    }
    assertArrayEquals(file, bucket.serialize("db"));
    Failure.of(() -> bucket.databases().copy(DB, OTHER, false))
        .is(ErrorKind.CONFLICT)
        .names(OTHER.toString());
    bucket.databases().copy(DB, OTHER, true);
    assertArrayEquals(file, bucket.serialize("other"));
    Failure.of(() -> bucket.databases().copy(DB, DB, true)).is(ErrorKind.INVALID);
    bucket.databases().delete(OTHER);
    Failure.of(() -> bucket.databases().copy(OTHER, DB, true)).is(ErrorKind.NOT_FOUND);
    assertArrayEquals(file, bucket.serialize("db"));
  }

  @Test
  void copiesAreOneStateWhileOthersCommitAndCollect() throws Exception {
    if (layout == Layout.BLOCKS) {
      return; // writers of this process wait for the copy, and there is nothing to collect
    }
    try (Connection c = bucket.connect("db")) {
      Sql.execute(c, "UPDATE t SET v = 10");
    }
    ExecutorService writer = Executors.newSingleThreadExecutor();
    AtomicBoolean enough = new AtomicBoolean();
    Future<Integer> committed =
        writer.submit(
            () -> {
              int count = 0;
              try (Connection c = bucket.connect("db", "busy_timeout=10000")) {
                while (!enough.get()) {
                  Sql.execute(
                      c,
                      "BEGIN IMMEDIATE",
                      "UPDATE t SET v = v - 1 WHERE id = " + (1 + count % 17_000),
                      "UPDATE t SET v = v + 1 WHERE id = " + (17_000 - count % 17_000),
                      "COMMIT");
                  count++;
                  if (count % 5 == 0) {
                    bucket.databases().collect(DB);
                  }
                }
              }
              return count;
            });
    try {
      for (int i = 0; i < 3; i++) {
        bucket.databases().copy(DB, OTHER, true);
        bucket.databases().serialize(DB).uploadTo(OBJECT, PARTS);
        assertWhole("other");
        bucket.databases().deserialize(OTHER, OBJECT, ReadOptions.DEFAULT);
        assertWhole("other");
      }
    } finally {
      enough.set(true);
      writer.shutdown();
    }
    assertTrue(committed.get(30, TimeUnit.SECONDS) > 0);
  }

  private static void assertWhole(String key) throws Exception {
    try (Connection c = bucket.connect(key)) {
      Sql.assertIntact(c);
      assertEquals("170000", Sql.value(c, "SELECT sum(v) FROM t"));
    }
  }
}
