package io.github.s3vfs.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.scenario.Bucket;
import io.github.s3vfs.scenario.Sql;
import io.github.s3vfs.testkit.BucketObjects;
import io.github.s3vfs.transfer.Verification.Damage;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever is done to the objects of a database is found, and the object named. */
@Tag("any-store")
class VerifyTest {
  private static final int FLIPS = Boolean.getBoolean("s3vfs.test.thorough") ? 400 : 40;
  private static final S3Location DB = Bucket.location("db");
  private static final S3Location BLOCKS = Bucket.location("blocks");

  private static Bucket bucket;
  private static BucketObjects objects;
  private static Map<String, byte[]> good = Map.of();

  /** Keys of the segments that a version refers to: all but that of a record that was replaced. */
  private static List<String> segments = List.of();

  /** The newest version. */
  private static long newest;

  @BeforeAll
  static void store() throws Exception {
    bucket = Bucket.open(b -> b.upkeep(false));
    objects = bucket.server().objects(Bucket.NAME);
    try (Connection connection = bucket.connect("db")) {
      Sql.execute(
          connection,
          "PRAGMA page_size = 1024",
          "CREATE TABLE t(id INTEGER PRIMARY KEY, v BLOB)",
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)"
              + " INSERT INTO t SELECT i, randomblob(900) FROM n");
      for (int i = 1; i <= 12; i++) {
        Sql.execute(connection, "UPDATE t SET v = randomblob(901) WHERE id % 20 = " + i);
      }
    }
    bucket.databases().compact(DB);
    try (Connection connection = bucket.connect("db")) {
      for (int i = 1; i <= 6; i++) {
        Sql.execute(connection, "UPDATE t SET v = randomblob(902) WHERE id = " + i);
      }
    }
    try (Connection connection = bucket.connect("blocks", "layout=blocks&block_size=1000")) {
      Sql.execute(
          connection,
          "CREATE TABLE t(id INTEGER PRIMARY KEY, v BLOB)",
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40)"
              + " INSERT INTO t SELECT i, randomblob(900) FROM n");
    }
    newest = bucket.databases().info(DB).version();
    good = objects.snapshot();
    segments = objects.keys("db/s/").stream().filter(key -> !isIntactWithout(key, true)).toList();
  }

  @AfterAll
  static void close() {
    bucket.close();
  }

  @BeforeEach
  void mend() {
    objects.restore(good);
  }

  /** In another process, as it were: with nothing in memory. */
  private static Verification verify(S3Location location, boolean all) {
    try (var other = Bucket.vfs(bucket.server(), b -> b.upkeep(false))) {
      return S3Databases.of(other).verify(location, all, (done, known) -> {});
    }
  }

  private static boolean isNamed(Verification result, String key) {
    String name = "s3://" + Bucket.NAME + "/" + key;
    return result.damage().stream()
        .anyMatch(each -> name.equals(each.object()) && each.message().contains(name));
  }

  private static boolean isIntactWithout(String key, boolean all) {
    byte[] bytes = objects.get(key);
    objects.delete(key);
    boolean intact = verify(DB, all).isIntact();
    objects.put(key, bytes);
    return intact;
  }

  @Test
  void anIntactDatabaseIsIntactInAllOfItsVersions() {
    Verification now = verify(DB, false);
    assertEquals(List.of(), now.damage());
    assertTrue(now.isIntact());
    assertEquals(Layout.SNAPSHOT, now.layout());
    assertEquals(1, now.versions());
    assertTrue(now.bytes() > 200 * 900, now.toString());
    Verification all = verify(DB, true);
    assertEquals(List.of(), all.damage());
    assertEquals(newest, all.versions());
    long unused = bucket.databases().info(DB).objects() - all.objects();
    assertTrue(unused == 0 || unused == 1, unused + " of the version that was compacted");
    assertTrue(all.bytes() > now.bytes());
    Verification blocks = verify(BLOCKS, true);
    assertEquals(List.of(), blocks.damage());
    assertEquals(Layout.BLOCKS, blocks.layout());
    assertEquals(objects.keys("blocks/").size(), blocks.objects());
  }

  @Test
  void progressGrowsUpToWhatIsKnown() {
    AtomicLong last = new AtomicLong();
    AtomicLong total = new AtomicLong();
    bucket
        .databases()
        .verify(
            DB,
            true,
            (done, known) -> {
              assertTrue(done >= last.getAndSet(done) && done <= known);
              total.set(known);
            });
    assertEquals(total.get(), last.get());
    assertTrue(last.get() > 200 * 900);
  }

  @Test
  void aFlippedBitIsFoundWhereverAVersionRefersToIt() {
    long seed = Long.getLong("s3vfs.test.seed", System.nanoTime());
    Random random = new Random(seed);
    int unused = 0;
    for (int i = 0; i < FLIPS; i++) {
      List<String> all = segments;
      String key = i % 8 == 0 ? "db/head" : all.get(random.nextInt(all.size()));
      byte[] bad = objects.get(key).clone();
      int at = random.nextInt(bad.length);
      bad[at] ^= (byte) (1 << random.nextInt(8));
      objects.put(key, bad);
      Verification result = verify(DB, true);
      if (result.isIntact()) {
        unused++; // the record that a compaction has replaced
      } else {
        assertTrue(isNamed(result, key), key + " at " + at + ": " + result + ", seed " + seed);
      }
      objects.put(key, good.getOrDefault(key, new byte[0]));
    }
    assertTrue(unused < FLIPS / 4, unused + " not found, -Ds3vfs.test.seed=" + seed);
  }

  @Test
  void theBeginningOfASegmentIsChecked() {
    String key =
        segments.stream()
            .max(Comparator.comparingInt(each -> objects.get(each).length))
            .orElseThrow();
    byte[] bad = objects.get(key).clone();
    bad[3] ^= 1;
    objects.put(key, bad);
    assertTrue(isNamed(verify(DB, true), key));
  }

  @Test
  void shortMissingAndExchangedSegmentsAreAllNamedAtOnce() {
    List<String> all = segments;
    String cut = all.get(0);
    String missing = all.get(1);
    String first = all.get(2);
    String second = all.get(3);
    objects.put(cut, Arrays.copyOf(objects.get(cut), objects.get(cut).length / 2));
    objects.delete(missing);
    byte[] bytes = objects.get(first);
    objects.put(first, objects.get(second));
    objects.put(second, bytes);
    Verification result = verify(DB, true);
    for (String key : List.of(cut, missing, first, second)) {
      assertTrue(isNamed(result, key), key + ": " + result);
    }
    assertTrue(
        result.damage().stream()
            .anyMatch(each -> each.message().contains(missing + " is missing")));
  }

  @Test
  void anOlderVersionsDamageIsFoundOnlyWhenAllAreChecked() {
    String key =
        segments.stream().filter(each -> isIntactWithout(each, false)).findFirst().orElseThrow();
    objects.delete(key);
    assertTrue(verify(DB, false).isIntact());
    assertTrue(isNamed(verify(DB, true), key));
  }

  @Test
  void aHeadThatIsMissingOrOfAnotherDatabaseIsNamed() throws Exception {
    objects.delete("db/head");
    Verification result = verify(DB, false);
    assertTrue(isNamed(result, "db/head"), result.toString());
    assertTrue(result.damage().get(0).message().contains("is missing, while"));
    try (Connection connection = bucket.connect("other")) {
      Sql.execute(connection, "CREATE TABLE t(id, v)", "INSERT INTO t VALUES (1, 'other')");
    }
    objects.put("db/head", objects.get("other/head"));
    assertTrue(
        verify(DB, false).damage().stream()
            .anyMatch(each -> String.valueOf(each.object()).startsWith(DB + "/s/")));
    bucket.databases().delete(Bucket.location("other"));
  }

  @Test
  void blocksThatAreMissingOrOfAnotherLengthAreAllNamed() {
    objects.delete("blocks/0000000005");
    objects.put("blocks/0000000007", new byte[999]);
    objects.put("blocks/0000000009", new byte[1001]);
    Verification result = verify(BLOCKS, false);
    for (int block : new int[] {5, 7, 9}) {
      assertTrue(isNamed(result, "blocks/000000000" + block), result.toString());
    }
    objects.restore(good);
    objects.delete("blocks/0000000000");
    assertFalse(verify(BLOCKS, false).isIntact());
  }

  @Test
  void whatSqliteFindsIsToldToo() throws Exception {
    byte[] file = bucket.serialize("db");
    // The b-tree page of the table: its header says that there are cells which are not there.
    Arrays.fill(file, 5 * 1024, 6 * 1024, (byte) 0);
    S3Location broken = Bucket.location("broken");
    bucket.databases().deserialize(broken, List.of(file));
    Verification result = verify(broken, false);
    assertFalse(result.isIntact());
    for (Damage each : result.damage()) {
      assertEquals(null, each.object());
      assertTrue(each.message().startsWith(broken + ": integrity_check: "), each.message());
    }
    bucket.databases().delete(broken);
  }

  @Test
  void whereThereIsNoDatabaseThereIsNothingToCheck() {
    S3VfsException e =
        assertThrows(S3VfsException.class, () -> verify(Bucket.location("nothing"), false));
    assertEquals(ErrorKind.NOT_FOUND, e.kind());
  }

  @Test
  void informationIsThatOfTheObjects() {
    DatabaseInfo info = bucket.databases().info(DB);
    assertEquals(Layout.SNAPSHOT, info.layout());
    assertEquals(1024, info.pageSize());
    assertEquals(info.pageCount() * 1024, info.length());
    assertEquals(bucket.serialize("db").length, info.length());
    assertEquals(objects.keys("db/s/").size() + 1, info.objects());
    assertEquals(
        objects.keys("db/").stream().mapToLong(key -> objects.get(key).length).sum(),
        info.storedBytes());
    assertEquals(1, info.oldestVersion());
    assertEquals(null, info.writer());
    DatabaseInfo blocks = bucket.databases().info(BLOCKS);
    assertEquals(Layout.BLOCKS, blocks.layout());
    assertEquals(1000, blocks.blockSize());
    assertEquals(bucket.serialize("blocks").length, blocks.length());
    assertEquals(blocks.length(), blocks.storedBytes());
    assertEquals(0, blocks.version());
  }

  @Test
  void aWriterAtWorkIsNamed() throws Exception {
    for (String key : List.of("db", "blocks")) {
      try (var other = Bucket.vfs(bucket.server(), b -> b.upkeep(false));
          Connection connection = DriverManager.getConnection(Bucket.url(other, key, ""))) {
        Sql.execute(connection, "BEGIN IMMEDIATE");
        DatabaseInfo info = S3Databases.of(other).info(Bucket.location(key));
        assertTrue(String.valueOf(info.writer()).endsWith("@" + Bucket.NAME), info.toString());
        assertEquals(Duration.ofSeconds(60), info.writerTerm());
        Sql.execute(connection, "ROLLBACK");
      }
    }
  }
}
