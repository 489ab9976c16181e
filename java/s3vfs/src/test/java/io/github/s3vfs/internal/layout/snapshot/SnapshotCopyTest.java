package io.github.s3vfs.internal.layout.snapshot;

import static io.github.s3vfs.internal.layout.snapshot.SnapshotFixture.PAGE;
import static io.github.s3vfs.internal.layout.snapshot.SnapshotFixture.TERM;
import static io.github.s3vfs.internal.layout.snapshot.SnapshotFixture.TIMEOUT;
import static io.github.s3vfs.internal.layout.snapshot.SnapshotFixture.begin;
import static io.github.s3vfs.internal.layout.snapshot.SnapshotFixture.database;
import static io.github.s3vfs.internal.layout.snapshot.SnapshotFixture.end;
import static io.github.s3vfs.internal.layout.snapshot.SnapshotFixture.read;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3Version;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.Checked;
import io.github.s3vfs.internal.layout.Findings;
import io.github.s3vfs.internal.layout.MemoryPageCache;
import io.github.s3vfs.internal.layout.Session;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.store.InMemoryObjectStore.Request;
import io.github.s3vfs.internal.store.Meter;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A database is copied by the store, while others write, collect, and make databases. */
class SnapshotCopyTest {
  private static final boolean THOROUGH = Boolean.getBoolean("s3vfs.test.thorough");
  private static final long SEED = Long.getLong("s3vfs.test.seed", System.nanoTime());
  private static final int RUNS = THOROUGH ? 400 : 12;
  private static final int STEPS = 60;
  private static final Duration RETENTION = Duration.ofMinutes(10);

  private final InMemoryObjectStore store = new InMemoryObjectStore("bkt");
  private final StoreSideCopies copies = new StoreSideCopies(store);
  private Instant now = Instant.parse("2030-01-01T00:00:00Z");
  private byte[] content = database(40, 1, 1);

  private SnapshotVolume volume(String key) {
    return new SnapshotVolume(
        new S3Location("bkt", key),
        store,
        new FrameCache(1 << 20, new Meter()),
        new MemoryPageCache(1 << 20),
        new SnapshotSettings(1 << 20, false, TERM, RETENTION, false, TIMEOUT),
        () -> false);
  }

  @BeforeEach
  void store() {
    store.setClock(() -> now);
    SnapshotFixture.commit(volume("db"), content);
    for (int page = 10; page < 15; page++) {
      content = changed(content, page, page);
      writePage("db", content, page);
    }
  }

  private static byte[] changed(byte[] database, int page, int fill) {
    byte[] changed = database.clone();
    Arrays.fill(changed, (page - 1) * PAGE, page * PAGE, (byte) fill);
    return changed;
  }

  private void writePage(String key, byte[] database, int page) {
    Session session = begin(volume(key));
    assertTrue(session.beginWrite(false));
    session.write(ByteBuffer.wrap(database, (page - 1) * PAGE, PAGE), (page - 1L) * PAGE);
    session.sync();
    end(session);
    session.close();
  }

  private boolean copy(String from, String to) {
    return volume(to).copyFrom(volume(from), copies);
  }

  private S3VfsException failure(String from, String to) {
    return assertThrows(S3VfsException.class, () -> copy(from, to));
  }

  /** It reads as expected, and nothing of it is damaged; how many objects it needs. */
  private long assertWhole(String key, byte[] expected) {
    assertArrayEquals(expected, read(volume(key)), key);
    List<String> damage = new ArrayList<>();
    Checked checked =
        volume(key)
            .check(
                true,
                new Findings() {
                  @Override
                  public void expected(long bytes) {}

                  @Override
                  public void read(long bytes) {}

                  @Override
                  public void damaged(String object, String message) {
                    damage.add(message);
                  }
                });
    assertEquals(List.of(), damage);
    return checked.objects();
  }

  /** The same, and there is no object that it does not need. */
  private void assertClean(String key, byte[] expected) {
    long needed = assertWhole(key, expected);
    assertEquals(store.keys(key + "/").size(), needed, () -> key + " " + store.keys());
  }

  private void assertNothingButAHead(String key) {
    assertTrue(List.of(key + "/head").containsAll(store.keys(key + "/")), store.keys()::toString);
    assertEquals(0, volume(key).connect(false, Duration.ZERO).size());
  }

  private Head head(String key) {
    byte[] bytes = store.peek(key + "/head");
    return Head.decode(bytes == null ? new byte[0] : bytes, key);
  }

  /** Until everything but the newest version is of no use. */
  private void collect(String key) {
    now = now.plus(RETENTION).plusSeconds(60);
    volume(key).collect();
    volume(key).collect();
  }

  @Test
  void theCopyIsADatabaseOfItsOwn() {
    assertTrue(copy("db", "copy"));
    assertEquals(6, copies.requests);
    assertClean("copy", content);
    assertNotEquals(head("db").record().uuid(), head("copy").record().uuid());
    assertEquals(List.of(1L), volume("copy").versions().stream().map(S3Version::number).toList());
    byte[] other = changed(content, 20, 99);
    writePage("copy", other, 20);
    assertClean("copy", other);
    assertClean("db", content);
    assertTrue(volume("db").delete());
    assertEquals(List.of(), store.keys("db/"));
    assertClean("copy", other);
    assertTrue(volume("copy").delete());
    assertEquals(List.of(), store.keys());
  }

  @Test
  void theCopyIsCompactedAndCollectedUntilNothingOfItIsFromElsewhere() {
    assertTrue(copy("db", "copy"));
    byte[] other = content;
    for (int page = 2; page <= 40; page += 3) {
      other = changed(other, page, 100 + page);
      writePage("copy", other, page);
    }
    assertTrue(volume("copy").compact() > 0);
    long unused = assertWhole("copy", other);
    collect("copy");
    assertClean("copy", other);
    assertTrue(copy("copy", "third"));
    assertClean("third", other);
  }

  @Test
  void copiesOfCopiesHaveOneOrigin() {
    byte[] expected = content;
    String from = "db";
    Nonce origin = head("db").record().uuid();
    for (int i = 1; i <= 4; i++) {
      String to = "copy" + i;
      assertTrue(copy(from, to));
      assertEquals(origin, head(to).record().origin().uuid());
      assertClean(to, expected);
      expected = changed(expected, 30 + i, i);
      writePage(to, expected, 30 + i);
      assertTrue(volume(from).delete());
      assertClean(to, expected);
      from = to;
    }
  }

  @Test
  void whatIsCollectedMeanwhileIsCopiedFromWhereItIsNow() {
    copies.before =
        number -> {
          if (number == 4) {
            assertTrue(volume("db").compact() > 0);
            collect("db");
          }
        };
    assertTrue(copy("db", "copy"));
    assertTrue(copies.requests > 4);
    assertClean("copy", content);
    assertClean("db", content);
  }

  @Test
  void whereItIsCollectedAgainAndAgainNothingIsLeft() {
    copies.before = number -> store.keys("db/s/").forEach(store::drop);
    assertFalse(copy("db", "copy"));
    assertNothingButAHead("copy");
  }

  @ParameterizedTest
  @EnumSource(
      value = ErrorKind.class,
      names = {"UNSUPPORTED", "ACCESS_DENIED", "INVALID"})
  void aStoreThatRefusesToCopyIsLeftAlone(ErrorKind kind) {
    copies.before =
        number -> {
          if (number > 2) {
            throw new S3VfsException(kind, "refused");
          }
        };
    assertFalse(copy("db", "copy"));
    assertNothingButAHead("copy");
    copies.before = number -> {};
    assertTrue(copy("db", "copy"));
    assertClean("copy", content);
  }

  @Test
  void aFailureLeavesNothing() {
    copies.before =
        number -> {
          if (number == 5) {
            throw new S3VfsException(ErrorKind.UNAVAILABLE, "no answer");
          }
        };
    assertEquals(ErrorKind.UNAVAILABLE, failure("db", "copy").kind());
    assertNothingButAHead("copy");
    copies.before = number -> {};
    assertTrue(copy("db", "copy"));
    assertClean("copy", content);
  }

  @Test
  void whatIsRefusedWhenItIsPublishedLeavesNothing() {
    store
        .faults()
        .on(Request.PUT)
        .key("copy/head")
        .nth(4)
        .failBefore(new S3VfsException(ErrorKind.ACCESS_DENIED, "refused"));
    assertFalse(copy("db", "copy"));
    assertTrue(copies.requests > 4);
    assertNothingButAHead("copy");
  }

  @Test
  void aDatabaseThatIsThereStays() {
    SnapshotFixture.commit(volume("copy"), database(3, 1, 3));
    assertEquals(ErrorKind.CONFLICT, failure("db", "copy").kind());
    assertClean("copy", database(3, 1, 3));
    assertEquals(0, copies.requests);
    assertEquals(ErrorKind.NOT_FOUND, failure("nothing", "other").kind());
    assertNothingButAHead("other");
  }

  @Test
  void oneThatIsMadeMeanwhileWaitsOrWins() {
    Session writer = begin(volume("copy"));
    assertTrue(writer.beginWrite(false));
    assertEquals(ErrorKind.BUSY, failure("db", "copy").kind());
    SnapshotFixture.write(writer, database(3, 1, 3));
    writer.sync();
    end(writer);
    assertEquals(ErrorKind.CONFLICT, failure("db", "copy").kind());
    assertClean("copy", database(3, 1, 3));
  }

  /** As if this process had been paused for so long that another one has taken its claim. */
  @Test
  void whoLosesItsClaimLeavesWhatItHasCopiedToACollection() {
    copies.before =
        number -> {
          if (number == 3) {
            store.drop("copy/head"); // deleted
            SnapshotFixture.commit(volume("copy"), database(3, 1, 3));
          }
        };
    assertEquals(ErrorKind.UNAVAILABLE, failure("db", "copy").kind());
    assertArrayEquals(database(3, 1, 3), read(volume("copy")));
    collect("copy");
    assertClean("copy", database(3, 1, 3));
  }

  @Test
  void twoCopiesToOnePlaceDoNotShareObjects() {
    StoreSideCopies others = new StoreSideCopies(store);
    copies.before =
        number -> {
          if (number == 3) {
            // The claim's term is over for the other one.
            Head mine = head("copy");
            store.poke("copy/head", mine.withClaim(null, Nonce.fresh()).encode());
            assertTrue(volume("copy").copyFrom(volume("db"), others));
          }
        };
    assertEquals(ErrorKind.CONFLICT, failure("db", "copy").kind());
    long unused = assertWhole("copy", content); // a clone of this process may refer to the rest
    collect("copy");
    assertClean("copy", content);
  }

  @Test
  void aCollectionAtTheTargetIsNoticed() {
    copies.before =
        number -> {
          for (int i = 0; i < 4 && number == 3; i++) {
            volume("copy").collect();
          }
        };
    assertTrue(copy("db", "copy"));
    assertClean("copy", content);
    assertTrue(head("copy").record().epoch() >= head("copy").floor());
  }

  @Test
  void aCopyThatTakesEffectLateIsGarbage() {
    assertTrue(copy("db", "copy"));
    String late = new SegmentName(2, Nonce.fresh(), 0).key("copy");
    store.poke(late, new byte[10]);
    content = changed(content, 7, 7);
    writePage("copy", content, 7);
    collect("copy");
    assertClean("copy", content);
    assertFalse(store.keys().contains(late));
  }

  /** Databases that are written, copied, compacted, collected and deleted at random. */
  @Test
  void anyHistory() {
    for (int run = 0; run < RUNS; run++) {
      Random random = new Random(SEED + run);
      String seed = "-Ds3vfs.test.seed=" + (SEED + run);
      store.keys().forEach(store::drop);
      Map<String, byte[]> databases = new HashMap<>();
      for (int step = 0; step < STEPS; step++) {
        try {
          step(random, databases);
        } catch (RuntimeException | Error e) {
          throw new AssertionError(seed + " step " + step, e);
        }
      }
      databases.forEach(
          (key, expected) -> {
            collect(key);
            assertClean(key, expected);
          });
    }
  }

  private void step(Random random, Map<String, byte[]> databases) {
    String key = "db" + random.nextInt(4);
    String other = "db" + random.nextInt(4);
    byte[] before = databases.get(key);
    if (before == null) {
      if (databases.containsKey(other) && random.nextInt(3) > 0) {
        int at = 1 + random.nextInt(10);
        int first = copies.requests;
        copies.before =
            number -> {
              if (number == first + at && random.nextBoolean()) {
                volume(other).compact();
                collect(other);
              }
            };
        assertTrue(copy(other, key));
        copies.before = number -> {};
        databases.put(key, databases.get(other));
      } else {
        databases.put(key, database(5 + random.nextInt(100), 1, random.nextInt()));
        SnapshotFixture.commit(volume(key), databases.get(key));
      }
      assertArrayEquals(databases.get(key), read(volume(key)));
      return;
    }
    switch (random.nextInt(10)) {
      case 0 -> {
        assertTrue(volume(key).delete());
        databases.remove(key);
        assertEquals(List.of(), store.keys(key + "/"));
      }
      case 1 -> {
        long unused = volume(key).compact();
      }
      case 2 -> {
        now = now.plus(RETENTION.dividedBy(1 + random.nextInt(3))).plusSeconds(1);
        int unused = volume(key).collect();
      }
      case 3 -> {
        byte[] shorter = database(5 + random.nextInt(100), 2, random.nextInt());
        SnapshotFixture.commit(volume(key), shorter);
        databases.put(key, shorter);
      }
      default -> {
        int page = 2 + random.nextInt(before.length / PAGE - 1);
        byte[] after = changed(before, page, random.nextInt());
        writePage(key, after, page);
        databases.put(key, after);
      }
    }
    if (databases.containsKey(key)) {
      assertArrayEquals(databases.get(key), read(volume(key)));
    }
  }
}
