package io.github.s3vfs.scenario;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3Vfs;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.testkit.AccountSnapshot;
import io.github.s3vfs.testkit.BucketObjects;
import io.github.s3vfs.testkit.Fault;
import io.github.s3vfs.testkit.RequestMatch;
import io.github.s3vfs.testkit.S3Operation;
import io.github.s3vfs.transfer.S3Databases;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Databases of layout {@code snapshot} are copied by the store: what it costs, and what is there.
 */
class CopyByStoreTest {
  private static final S3Location DB = Bucket.location("db");
  private static final S3Location OTHER = Bucket.location("other");
  private static final int COMMITS = 20;

  private final Bucket bucket =
      Bucket.open(
          b ->
              b.layout(Layout.SNAPSHOT)
                  .upkeep(false)
                  .retries(1)
                  .requestTimeout(Duration.ofSeconds(6)));

  @AfterEach
  void close() {
    bucket.close();
  }

  private BucketObjects objects() {
    return bucket.server().objects(Bucket.NAME);
  }

  /** Some 2 MB that cannot be compressed, in a segment for each commit. */
  private byte[] store() throws Exception {
    try (Connection c = bucket.connect("db")) {
      Sql.execute(c, "CREATE TABLE t(id INTEGER PRIMARY KEY, v BLOB)");
      for (int i = 1; i < COMMITS; i++) {
        Sql.execute(c, "INSERT INTO t VALUES (" + i + ", randomblob(100000))");
      }
    }
    return bucket.serialize("db");
  }

  private S3Vfs anotherProcess() {
    return Bucket.vfs(
        bucket.server(), b -> b.layout(Layout.SNAPSHOT).upkeep(false).retries(1).cacheSizeBytes(0));
  }

  /** By the independent reader; every object of the database must be of use. */
  private void assertDocumented(String key, byte[] expected) {
    Set<String> read = new TreeSet<>();
    DocumentedDatabase database =
        new DocumentedDatabase(
            key,
            object -> {
              read.add(object);
              return objects().find(object).orElse(null);
            });
    assertArrayEquals(expected, database.newest.file());
    assertEquals(new ArrayList<>(read), objects().keys(key + "/"));
  }

  @Test
  void theStoreCopiesTheSegmentsAndHeadsAndOneRecordAreAllThatIsMoved() throws Exception {
    byte[] file = store();
    AccountSnapshot account;
    bucket
        .server()
        .faults()
        .add(RequestMatch.of(S3Operation.COPY_OBJECT), Fault.delay(Duration.ofMillis(20)));
    try (S3Vfs process = anotherProcess()) {
      account =
          bucket.server().account().measure(() -> S3Databases.of(process).copy(DB, OTHER, false));
    }
    assertDocumented("other", file);
    int segments = objects().keys("other/s/").size() - 1;
    assertEquals(COMMITS - 1, segments); // nothing of the first one is left
    assertEquals(
        Map.of(
            S3Operation.GET_OBJECT,
            6,
            S3Operation.HEAD_OBJECT,
            segments,
            S3Operation.COPY_OBJECT,
            segments,
            S3Operation.PUT_OBJECT,
            5),
        account.countByOperation(),
        account::toString);
    AccountSnapshot moved = account.where(r -> r.operation() != S3Operation.COPY_OBJECT);
    int head = objects().get("db/head").length;
    assertTrue(moved.bytesOut() <= 2L * head + 2_000, account::toString);
    assertTrue(account.bytesIn() <= 4L * head + 2_000, account::toString);
    assertTrue(account.where(r -> r.key().startsWith("other/s/")).maxInFlight() > 4);
  }

  @Test
  void everythingThatIsDoneWithADatabaseIsDoneWithACopy() throws Exception {
    byte[] file = store();
    bucket.databases().copy(DB, OTHER, false);
    assertTrue(bucket.databases().delete(DB));
    assertEquals(List.of(), objects().keys("db/"));
    assertArrayEquals(file, bucket.serialize("other"));
    assertEquals(1, bucket.vfs().versions(OTHER).size());
    assertTrue(bucket.databases().verify(OTHER, true, (done, known) -> {}).isIntact());
    try (Connection c = bucket.connect("other")) {
      Sql.execute(c, "DELETE FROM t WHERE id % 3 = 0", "VACUUM");
      Sql.assertIntact(c);
    }
    file = bucket.serialize("other");
    try (S3Vfs process = anotherProcess()) {
      S3Databases databases = S3Databases.of(process);
      databases.copy(OTHER, DB, false);
      assertDocumented("db", file);
      assertTrue(databases.convert(DB, Layout.BLOCKS));
      assertTrue(databases.convert(DB, Layout.SNAPSHOT));
      databases.deserialize(OTHER, new java.io.ByteArrayInputStream(file));
      assertTrue(databases.verify(OTHER, true, (done, known) -> {}).isIntact());
    }
    assertArrayEquals(file, bucket.serialize("db"));
    assertArrayEquals(file, bucket.serialize("other"));
  }

  @Test
  void aMapThatDoesNotFitIntoTheRecordIsCopiedToo() throws Exception {
    try (Connection c = bucket.connect("db")) {
      Sql.execute(
          c,
          "PRAGMA page_size = 512",
          "CREATE TABLE many(id INTEGER PRIMARY KEY, n INT, v BLOB)",
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000)"
              + " INSERT INTO many SELECT i, i, randomblob(400) FROM n");
      for (int i = 0; i < 23; i++) {
        Sql.execute(c, "UPDATE many SET n = n + 1 WHERE id % 23 = " + i);
      }
    }
    byte[] file = bucket.serialize("db");
    assertTrue(new DocumentedDatabase("db", objects()::get).newest.runs() > 0);
    bucket.databases().copy(DB, OTHER, false);
    assertDocumented("other", file);
    try (Connection c = bucket.connect("other")) {
      for (int i = 0; i < 23; i++) {
        Sql.execute(c, "UPDATE many SET n = n + 1 WHERE id % 23 = " + i);
      }
    }
    byte[] changed = bucket.serialize("other");
    DocumentedDatabase read = new DocumentedDatabase("other", objects()::get);
    assertArrayEquals(changed, read.newest.file());
    assertArrayEquals(file, read.at(1).file());
  }

  @Test
  void whereTheStoreDoesNotCopyItGoesThroughThisProcess() throws Exception {
    byte[] file = store();
    for (Fault refusal :
        List.of(Fault.error(501, "NotImplemented"), Fault.error(403, "AccessDenied"))) {
      bucket.server().faults().add(RequestMatch.of(S3Operation.COPY_OBJECT).from(3), refusal);
      bucket.databases().copy(DB, OTHER, false);
      assertDocumented("other", file);
      bucket.server().faults().clear();
      bucket.databases().delete(OTHER);
    }
  }

  @Test
  void aFailureLeavesNoDatabaseAndNoSegments() throws Exception {
    byte[] file = store();
    bucket
        .server()
        .faults()
        .add(RequestMatch.of(S3Operation.COPY_OBJECT).from(7), Fault.internalError());
    Failure.of(() -> bucket.databases().copy(DB, OTHER, false)).is(ErrorKind.UNAVAILABLE);
    assertEquals(List.of("other/head"), objects().keys("other"));
    bucket.server().faults().clear();
    bucket.databases().copy(DB, OTHER, false);
    assertDocumented("other", file);
  }

  @Test
  void anInterruptEndsItAndLeavesNothing() throws Exception {
    byte[] file = store();
    Thread copying = Thread.currentThread();
    AtomicBoolean once = new AtomicBoolean();
    bucket
        .server()
        .faults()
        .add(
            RequestMatch.of(S3Operation.COPY_OBJECT)
                .where(
                    request -> {
                      if (once.compareAndSet(false, true)) {
                        copying.interrupt();
                      }
                      return true;
                    }),
            Fault.delay(Duration.ofMillis(50)));
    Failure.of(() -> bucket.databases().copy(DB, OTHER, false)).is(ErrorKind.INTERRUPTED);
    assertTrue(Thread.interrupted());
    assertEquals(List.of("other/head"), objects().keys("other"));
    bucket.server().faults().clear();
    bucket.databases().copy(DB, OTHER, false);
    assertDocumented("other", file);
  }

  /** One is there, the others have failed and left nothing. */
  @Test
  void ofSeveralCopiesToOnePlaceOneIsMade() throws Exception {
    byte[] file = store();
    S3Location small = Bucket.location("small");
    try (Connection c = bucket.connect("small")) {
      Sql.execute(c, "CREATE TABLE mine(v)");
    }
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try (S3Vfs one = anotherProcess();
        S3Vfs two = anotherProcess();
        S3Vfs three = anotherProcess()) {
      for (int round = 0; round < 10; round++) {
        List<Callable<String>> makers =
            List.of(
                () -> made("copy", () -> S3Databases.of(one).copy(DB, OTHER, false)),
                () -> made("copy", () -> S3Databases.of(two).copy(DB, OTHER, false)),
                () -> made("small", () -> S3Databases.of(three).copy(small, OTHER, false)));
        List<String> made = new ArrayList<>();
        for (Future<String> each : threads.invokeAll(makers)) {
          made.add(each.get(30, TimeUnit.SECONDS));
        }
        made.removeIf(String::isEmpty);
        assertEquals(1, made.size(), made::toString);
        boolean isCopy = made.contains("copy");
        byte[] there = bucket.serialize("other");
        assertArrayEquals(isCopy ? file : bucket.serialize("small"), there);
        assertDocumented("other", there);
        assertTrue(bucket.databases().delete(OTHER));
        assertEquals(List.of(), objects().keys("other/"));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static String made(String what, Failure.Action action) throws Exception {
    try {
      action.run();
      return what;
    } catch (S3VfsException e) {
      assertTrue(e.kind() == ErrorKind.CONFLICT || e.kind() == ErrorKind.BUSY, e::toString);
    }
    return "";
  }
}
