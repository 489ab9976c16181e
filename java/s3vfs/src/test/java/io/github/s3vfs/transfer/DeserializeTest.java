package io.github.s3vfs.transfer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.scenario.Bucket;
import io.github.s3vfs.scenario.Failure;
import io.github.s3vfs.scenario.InterruptAt;
import io.github.s3vfs.scenario.Sql;
import io.github.s3vfs.scenario.Stored;
import io.github.s3vfs.testkit.BucketObjects;
import io.github.s3vfs.testkit.Fault;
import io.github.s3vfs.testkit.FaultRule;
import io.github.s3vfs.testkit.RequestMatch;
import io.github.s3vfs.testkit.S3Operation;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A regular SQLite file goes in, in every form. */
@Tag("any-store")
@ParameterizedClass
@EnumSource(Layout.class)
class DeserializeTest {
  @Parameter Layout layout = Layout.BLOCKS;

  private static final S3Location OLD = Bucket.location("old");
  private static final S3Location NEW = Bucket.location("new");
  private static final ObjectLocation BACKUP = new ObjectLocation(Bucket.NAME, "backup.sqlite");
  private static Bucket bucket;
  private static BucketObjects objects;

  @TempDir Path directory;

  private byte[] input = new byte[0];

  @BeforeParameterizedClassInvocation
  static void open(Layout layout) {
    bucket = Bucket.open(b -> b.layout(layout).retries(1).requestTimeout(Duration.ofSeconds(4)));
    objects = bucket.server().objects(Bucket.NAME);
  }

  @AfterParameterizedClassInvocation
  static void close() {
    bucket.close();
  }

  @BeforeEach
  void store() throws Exception {
    objects.keys().forEach(objects::delete);
    byte[] old = LocalDatabase.of(directory, 4096, 150, "old");
    bucket.databases().deserialize(OLD, new ByteArrayInputStream(old));
    input = LocalDatabase.of(directory, 4096, 200, "new");
  }

  @AfterEach
  void mend() {
    bucket.server().faults().clear();
  }

  private static InputStream byteByByte(byte[] bytes) {
    return new ByteArrayInputStream(bytes) {
      @Override
      public synchronized int read(byte[] target, int offset, int length) {
        return super.read(target, offset, Math.min(1, length));
      }
    };
  }

  @ParameterizedTest
  @CsvSource({
    "4095, 4096",
    "4096, 4096",
    "4097, 4096",
    "65536, 4096",
    "1000, 4096",
    "4096, 512",
    "512, 65536",
    "1, 512"
  })
  void anyBlockSizeGivesTheSameFileBack(int blockSize, int pageSize) throws Exception {
    int rows = blockSize == 1 ? 2 : 300;
    byte[] file = LocalDatabase.of(directory, pageSize, rows, "sized");
    String key = "sizes/" + blockSize + "-" + pageSize;
    try (S3Vfs vfs = Bucket.vfs(bucket.server(), b -> b.layout(layout).blockSize(blockSize))) {
      S3Databases databases = S3Databases.of(vfs);
      databases.deserialize(Bucket.location(key), new ByteArrayInputStream(file));
      boolean blocks = layout == Layout.BLOCKS;
      List<String> keys = blocks ? objects.keys(key + "/") : List.of();
      assertEquals(!blocks ? 0 : (file.length + blockSize - 1) / blockSize, keys.size());
      for (int i = 0; i < keys.size(); i++) {
        byte[] block = objects.get(keys.get(i));
        int end = Math.min(file.length, (i + 1) * blockSize);
        assertArrayEquals(Arrays.copyOfRange(file, i * blockSize, end), block, keys.get(i));
      }
      try (InputStream out = databases.serialize(Bucket.location(key)).inputStream()) {
        assertArrayEquals(file, out.readAllBytes());
      }
    }
  }

  @Test
  void fromAStreamThatGivesOneByteAtATime() throws Exception {
    bucket.databases().deserialize(NEW, byteByByte(input));
    assertArrayEquals(input, bucket.serialize("new"));
    bucket.databases().deserialize(OLD, byteByByte(input));
    assertArrayEquals(input, bucket.serialize("old"));
  }

  @ParameterizedTest
  @CsvSource({"1", "100", "4096", "40960"})
  void whatIsBehindTheDatabaseIsLeftOut(int surplus) throws Exception {
    byte[] longer = Arrays.copyOf(input, input.length + surplus);
    Arrays.fill(longer, input.length, longer.length, (byte) 7);
    for (S3Location location : List.of(NEW, OLD)) {
      InputStream in = new ByteArrayInputStream(longer);
      bucket.databases().deserialize(location, in);
      assertEquals(-1, in.read());
      assertArrayEquals(input, bucket.serialize(location.key()));
    }
    assertEquals(List.of("new"), values("new"));
  }

  private static List<String> values(String key) throws Exception {
    try (Connection connection = bucket.connect(key)) {
      return LocalDatabase.values(connection);
    }
  }

  @Test
  void whatIsBehindAPageCountThatIsOutOfDateIsPartOfTheDatabase() throws Exception {
    byte[] old = input.clone();
    old[31]--; // offset 28: the page count
    old[95]++; // offset 92: the change counter that it is valid for
    bucket.databases().deserialize(NEW, new ByteArrayInputStream(old));
    assertArrayEquals(old, bucket.serialize("new"));
  }

  @Test
  void fromChunksOfAllSizesAlsoEmptyOnes() throws Exception {
    List<byte[]> chunks = new ArrayList<>(List.of(new byte[0]));
    int at = 0;
    for (int size = 0; at < input.length; size = (size * 3 + 1) % 10_007) {
      int end = Math.min(input.length, at + size);
      chunks.add(Arrays.copyOfRange(input, at, end));
      at = end;
    }
    chunks.add(new byte[0]);
    bucket.databases().deserialize(NEW, chunks);
    assertArrayEquals(input, bucket.serialize("new"));
  }

  @Test
  void fromAFile() throws Exception {
    Path file = directory.resolve("in.sqlite");
    Files.write(file, input);
    bucket.databases().deserialize(NEW, file);
    assertArrayEquals(input, bucket.serialize("new"));
    assertArrayEquals(input, Files.readAllBytes(file));
  }

  @Test
  void aNewOneIsMadeWhereThereIsNone() throws Exception {
    bucket.databases().deserializeNew(NEW, byteByByte(input));
    assertArrayEquals(input, bucket.serialize("new"));
    Path file = directory.resolve("in.sqlite");
    Files.write(file, input);
    bucket.databases().deserializeNew(Bucket.location("of/a/file"), file);
    assertArrayEquals(input, bucket.serialize("of/a/file"));
    objects.put("backup.sqlite", input);
    S3Location third = Bucket.location("of/an/object");
    bucket.databases().deserializeNew(third, BACKUP, ReadOptions.DEFAULT);
    assertArrayEquals(input, bucket.serialize("of/an/object"));
  }

  @Test
  void aNewOneIsRefusedWhereThereIsOneInAnyLayoutAndThatStays() throws Exception {
    byte[] old = bucket.serialize("old");
    Path file = directory.resolve("in.sqlite");
    Files.write(file, input);
    objects.put("backup.sqlite", input);
    InputStream stream = new ByteArrayInputStream(input);
    for (Layout each : Layout.values()) {
      try (S3Vfs vfs = Bucket.vfs(bucket.server(), b -> b.layout(each))) {
        S3Databases databases = S3Databases.of(vfs);
        List<Failure> failures =
            List.of(
                Failure.of(() -> databases.deserializeNew(OLD, stream)),
                Failure.of(() -> databases.deserializeNew(OLD, file)),
                Failure.of(() -> databases.deserializeNew(OLD, BACKUP, ReadOptions.DEFAULT)));
        for (Failure failure : failures) {
          failure.is(ErrorKind.CONFLICT).names("there is a database", OLD.toString());
        }
      }
    }
    assertEquals(input.length, stream.available());
    assertArrayEquals(old, bucket.serialize("old"));
  }

  @Test
  void nobodyElseMakesOneWhileANewOneIsMade() throws Exception {
    try (S3Vfs other = Bucket.vfs(bucket.server(), b -> b.layout(layout))) {
      List<Failure> failures = new ArrayList<>();
      InputStream asked =
          new ByteArrayInputStream(input) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
              if (pos > input.length / 2 && failures.isEmpty()) {
                InputStream theirs = new ByteArrayInputStream(input);
                failures.add(failure(() -> S3Databases.of(other).deserializeNew(NEW, theirs)));
              }
              return super.read(target, offset, Math.min(4096, length));
            }
          };
      bucket.databases().deserializeNew(NEW, asked);
      // In the layout blocks there are some blocks then, and no database.
      failures.get(0).is(layout == Layout.BLOCKS ? ErrorKind.CORRUPT : ErrorKind.BUSY);
    }
    assertArrayEquals(input, bucket.serialize("new"));
  }

  private static Failure failure(Failure.Action action) {
    try {
      return Failure.of(action);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void fromAnotherDatabaseOfTheSameVfs() throws Exception {
    try (SerializedDatabase source = bucket.databases().serialize(OLD)) {
      bucket.databases().deserialize(NEW, source);
    }
    assertArrayEquals(bucket.serialize("old"), bucket.serialize("new"));
  }

  @Test
  void theStreamIsReadToItsEndAndStaysTheCallers() throws Exception {
    InputStream stream =
        new ByteArrayInputStream(input) {
          @Override
          public void close() {
            throw new AssertionError("the stream is the caller's");
          }
        };
    bucket.databases().deserialize(NEW, stream);
    assertEquals(-1, stream.read());
  }

  @Test
  void aSmallerDatabaseLeavesNoSurplusBlocks() throws Exception {
    byte[] small = LocalDatabase.of(directory, 512, 1, "small");
    bucket.databases().deserialize(OLD, new ByteArrayInputStream(small));
    if (layout == Layout.BLOCKS) {
      assertEquals((small.length + 4095) / 4096, objects.keys("old/").size());
    }
    assertArrayEquals(small, bucket.serialize("old"));
  }

  @Test
  void aHeaderThatAsksForWalBecomesOneForARollbackJournal() throws Exception {
    byte[] wal = LocalDatabase.of(directory, 4096, 100, "wal", "PRAGMA journal_mode = WAL");
    assertEquals(2, wal[18]);
    bucket.databases().deserialize(NEW, new ByteArrayInputStream(wal));
    byte[] expected = wal.clone();
    expected[18] = 1;
    expected[19] = 1;
    assertArrayEquals(expected, bucket.serialize("new"));
    try (Connection connection = bucket.connect("new")) {
      assertEquals(List.of("wal"), LocalDatabase.values(connection));
      assertEquals("delete", Sql.value(connection, "PRAGMA journal_mode"));
      Sql.execute(connection, "INSERT INTO t(v) VALUES ('written')");
    }
  }

  @Tag("embedded")
  @Test
  void anOutageInTheMiddleLeavesNothingHalfAndCanBeRepeated() throws Exception {
    byte[] old = bucket.serialize("old");
    for (S3Location location : List.of(OLD, NEW)) {
      bucket
          .server()
          .faults()
          .add(
              RequestMatch.of(S3Operation.PUT_OBJECT)
                  .keyPrefix(location.key() + "/")
                  .from(layout == Layout.BLOCKS ? 10 : 2),
              Fault.slowDown());
      Failure.of(() -> bucket.databases().deserialize(location, new ByteArrayInputStream(input)))
          .names("s3://bucket/" + location.key())
          .is(ErrorKind.UNAVAILABLE);
      bucket.server().faults().clear();
      if (layout == Layout.SNAPSHOT && location.equals(OLD)) {
        assertArrayEquals(old, bucket.serialize("old"));
      } else {
        Failure.ofOpening(bucket.url(location.key(), "mode=rw"));
      }
      bucket.databases().deserialize(location, new ByteArrayInputStream(input));
      assertArrayEquals(input, bucket.serialize(location.key()));
    }
  }

  @Test
  void aDamagedDatabaseCanBeReplaced() throws Exception {
    String first = Stored.first(layout, "old");
    objects.delete(first);
    bucket.databases().deserialize(OLD, new ByteArrayInputStream(input));
    assertArrayEquals(input, bucket.serialize("old"));
    objects.put(first, new byte[4096]);
    bucket.databases().deserialize(OLD, new ByteArrayInputStream(input));
    assertArrayEquals(input, bucket.serialize("old"));
  }

  /**
   * Delays the request that makes the content appear. In snapshots a claim comes before it, and
   * where the database is new two requests that find out whether the store keeps conditions.
   */
  private FaultRule lastRequestIsSlow(String key) {
    return bucket
        .server()
        .faults()
        .add(
            RequestMatch.of(S3Operation.PUT_OBJECT)
                .key(Stored.first(layout, key))
                .nth(layout == Layout.BLOCKS ? 1 : key.equals("old") ? 2 : 4),
            Fault.delay(Duration.ofMillis(700)));
  }

  @Tag("embedded")
  @Test
  void anInterruptDuringTheLastRequestIsOnlyNoted() throws Exception {
    for (S3Location location : List.of(OLD, NEW)) {
      try (InterruptAt interrupt = new InterruptAt(lastRequestIsSlow(location.key()))) {
        bucket.databases().deserialize(location, new ByteArrayInputStream(input));
        interrupt.assertNoted();
      }
      bucket.server().faults().clear();
      assertArrayEquals(input, bucket.serialize(location.key()));
    }
    assertTrue(bucket.databases().delete(NEW));
    try (InterruptAt interrupt = new InterruptAt(lastRequestIsSlow("new"))) {
      bucket.databases().copy(OLD, NEW, false);
      interrupt.assertNoted();
    }
    assertArrayEquals(input, bucket.serialize("new"));
  }

  private InputStream interruptingAtItsEnd() {
    return new ByteArrayInputStream(input) {
      @Override
      public synchronized int read(byte[] target, int offset, int length) {
        int count = super.read(target, offset, length);
        if (count < 0) {
          Thread.currentThread().interrupt();
        }
        return count;
      }
    };
  }

  @Test
  void anInterruptBeforeTheLastRequestChangesNothing() throws Exception {
    byte[] old = bucket.serialize("old");
    Failure failure = Failure.of(() -> bucket.databases().deserialize(NEW, interruptingAtItsEnd()));
    assertTrue(Thread.interrupted());
    failure.is(ErrorKind.INTERRUPTED);
    Failure.of(() -> bucket.databases().serialize(NEW).close()).is(ErrorKind.NOT_FOUND);
    assertArrayEquals(old, bucket.serialize("old"));
  }

  @Tag("embedded")
  @Test
  void whatIsStoredBehindAnInterruptGoesToo() throws Exception {
    RequestMatch puts = RequestMatch.of(S3Operation.PUT_OBJECT).keyPrefix("new/");
    FaultRule slow =
        bucket.server().faults().add(puts.every(2), Fault.delay(Duration.ofMillis(500)));
    Failure failure = Failure.of(() -> bucket.databases().deserialize(NEW, interruptingAtItsEnd()));
    assertTrue(Thread.interrupted());
    failure.is(ErrorKind.INTERRUPTED);
    assertTrue(slow.fired() > 0);
    bucket.server().account().measure(() -> {}); // begins when nothing is under way
    Failure.of(() -> bucket.databases().serialize(NEW).close()).is(ErrorKind.NOT_FOUND);
    assertNothingIsLeft();
  }

  private static void assertNothingIsLeft() {
    assertEquals(
        List.of(),
        Stored.keys(objects, "new/").stream().filter(key -> !key.endsWith("/head")).toList());
  }

  @Tag("embedded")
  @Test
  void aLastRequestThatWasDoneAlthoughItFailedLeavesNoHalfDatabase() throws Exception {
    bucket
        .server()
        .faults()
        .add(
            RequestMatch.of(S3Operation.PUT_OBJECT)
                .key(Stored.first(layout, "new"))
                .from(layout == Layout.BLOCKS ? 1 : 4),
            Fault.errorAfterEffect(500, "InternalError"));
    if (layout == Layout.SNAPSHOT) { // proved by reading
      bucket.databases().deserialize(NEW, new ByteArrayInputStream(input));
      assertArrayEquals(input, bucket.serialize("new"));
      return;
    }
    Failure.of(() -> bucket.databases().deserialize(NEW, new ByteArrayInputStream(input)))
        .names("s3://bucket/new")
        .is(ErrorKind.UNAVAILABLE);
    assertNothingIsLeft();
    bucket.server().faults().clear();
    Failure.of(() -> bucket.databases().serialize(NEW).close()).is(ErrorKind.NOT_FOUND);
  }
}
