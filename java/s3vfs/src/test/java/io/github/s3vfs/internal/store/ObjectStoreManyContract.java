package io.github.s3vfs.internal.store;

import static io.github.s3vfs.internal.store.StoreFixture.exists;
import static io.github.s3vfs.internal.store.StoreFixture.ok;
import static io.github.s3vfs.internal.store.StoreFixture.read;
import static io.github.s3vfs.internal.store.StoreFixture.write;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Deletions, listings, names and races, as {@link ObjectStore} promises them. */
public abstract class ObjectStoreManyContract extends ObjectStoreContract {
  private static final int THREADS = 16;
  private static final int ROUNDS = Integer.getInteger("s3vfs.test.rounds", 25);

  // Deletions.

  @Test
  void aDeletedObjectIsGoneAndDeletingAMissingOneIsNoError() throws Exception {
    write(store(), "a", "one");
    ok(store().delete("a"));
    assertFalse(exists(store(), "a"));
    ok(store().delete("a"));
  }

  @Test
  void manyObjectsAreDeletedAndMissingOnesAreNoError() throws Exception {
    List<String> keys = writeMany("many/", 2100);
    write(store(), "kept", "one");
    List<String> doomed = new ArrayList<>(keys.subList(0, 2050));
    doomed.add(500, "many/missing");
    Collections.reverse(doomed);
    ok(store().deleteAll(doomed));
    assertEquals(keys.subList(2050, 2100), keysOf(ok(store().list("many/"))));
    assertTrue(exists(store(), "kept"));
    ok(store().deleteAll(List.of()));
  }

  // Listings.

  @Test
  void aListingHasAllObjectsOfThePrefixSortedWithSizeAndEtag() throws Exception {
    List<String> keys = writeMany("many/", 1100);
    String etag = write(store(), "many", "no slash");
    write(store(), "other", "x");
    assertEquals(keys, keysOf(ok(store().list("many/"))));
    assertEquals(1102, ok(store().list("")).size());
    Listed first = ok(store().list("many")).get(0);
    assertEquals(new Listed("many", 8, etag), first);
    assertEquals(List.of(), ok(store().list("nothing/")));
  }

  @Test
  void aListingIsSortedByUtf16CodeUnit() throws Exception {
    // By UTF-8 byte, as S3 lists, the last two are the other way round.
    List<String> keys = List.of("u/A", "u/a", "u/é", "u/\uD83D\uDE00", "u/\uFF21");
    for (String key : keys) {
      write(store(), key, "x");
    }
    assertEquals(keys, keysOf(ok(store().list("u/"))));
  }

  @Test
  void theNextLevelOfPrefixesIsListedSortedAndOnce() throws Exception {
    for (String key : List.of("p/b/1", "p/b/2", "p/a/x/y", "p/top", "p/c d/1", "q/z/1", "p")) {
      write(store(), key, "x");
    }
    assertEquals(List.of("p/a/", "p/b/", "p/c d/"), ok(store().listPrefixes("p/")));
    assertEquals(List.of("p/", "q/"), ok(store().listPrefixes("")));
    assertEquals(List.of("p/c d/"), ok(store().listPrefixes("p/c")));
    assertEquals(List.of(), ok(store().listPrefixes("none/")));
  }

  @Test
  void moreThanAThousandPrefixesAreListed() throws Exception {
    List<CompletableFuture<String>> writes = new ArrayList<>();
    for (int i = 0; i < 1050; i++) {
      writes.add(store().put("w/%04d/x".formatted(i), new byte[1], Condition.NONE));
    }
    for (CompletableFuture<String> write : writes) {
      ok(write);
    }
    List<String> prefixes = ok(store().listPrefixes("w/"));
    assertEquals(1050, prefixes.size());
    assertEquals("w/0000/", prefixes.get(0));
    assertEquals("w/1049/", prefixes.get(1049));
  }

  // Names.

  @Test
  void keysWithSpecialCharactersAreTakenAsTheyAre() throws Exception {
    List<String> keys =
        List.of(
            "s/a b",
            "s/a+b",
            "s/a%20b",
            "s/100%",
            "s/a#b",
            "s/a?b=c&d",
            "s/a&amp;b",
            "s/<x>\"'",
            "s/ümlaut/日本語/😀",
            "s/a=b,c;d:e@f!$()*~[]{}|^`",
            "s/back\\slash");
    for (String key : keys) {
      ok(store().put(key, key.getBytes(UTF_8), Condition.IF_ABSENT));
    }
    for (String key : keys) {
      assertEquals(key, new String(read(store(), key), UTF_8));
    }
    assertEquals(keys.stream().sorted().toList(), keysOf(ok(store().list("s/"))));
    ok(store().delete(keys.get(0)));
    ok(store().deleteAll(keys));
    assertEquals(List.of(), ok(store().list("s/")));
  }

  // Races.

  @Test
  void ofRacingWritesIfAbsentExactlyOneWins() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      String key = "race/" + round;
      List<Outcome> outcomes =
          race(
              thread -> outcome(store().put(key, new byte[] {(byte) thread}, Condition.IF_ABSENT)));
      assertOneWon(outcomes, read(store(), key)[0], "round " + round);
    }
  }

  @Test
  void ofRacingWritesIfMatchExactlyOneWins() throws Exception {
    String etag = write(store(), "cas", "begin");
    for (int round = 0; round < ROUNDS; round++) {
      Condition condition = Condition.ifMatch(etag);
      byte r = (byte) round;
      List<Outcome> outcomes =
          race(thread -> outcome(store().put("cas", new byte[] {(byte) thread, r}, condition)));
      Fetched after = ok(store().get("cas", null, Condition.NONE));
      assertEquals(r, after.body()[1], "somebody won round " + round);
      assertOneWon(outcomes, after.body()[0], "round " + round);
      etag = after.etag();
    }
  }

  @Test
  void noIncrementByCompareAndSwapIsLost() throws Exception {
    write(store(), "counter", "0");
    int each = ROUNDS / 5;
    AtomicInteger unknown = new AtomicInteger();
    race(
        thread -> {
          for (int done = 0; done < each; ) {
            Fetched now = ok(store().get("counter", null, Condition.NONE));
            int next = Integer.parseInt(new String(now.body(), UTF_8)) + 1;
            byte[] body = Integer.toString(next).getBytes(UTF_8);
            Outcome outcome = outcome(store().put("counter", body, Condition.ifMatch(now.etag())));
            done += outcome == Outcome.WON ? 1 : 0;
            unknown.addAndGet(outcome == Outcome.UNKNOWN ? 1 : 0);
          }
          return Outcome.WON;
        });
    int count = Integer.parseInt(new String(read(store(), "counter"), UTF_8));
    int least = THREADS * each;
    assertTrue(count >= least && count <= least + unknown.get(), count + ", not " + least);
  }

  /** What the store says of a conditional write. */
  private enum Outcome {
    WON,
    LOST,
    /** 5xx to every attempt, which is what some stores have for losers. */
    UNKNOWN
  }

  /** What one of the racing threads does. */
  private interface Racer {
    Outcome run(int thread) throws Exception;
  }

  private static Outcome outcome(CompletableFuture<String> write) throws Exception {
    try {
      write.get(60, TimeUnit.SECONDS);
      return Outcome.WON;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof S3VfsException lost && lost.kind() == ErrorKind.CONFLICT) {
        return Outcome.LOST;
      }
      if (e.getCause() instanceof S3VfsException lost && lost.kind() == ErrorKind.UNAVAILABLE) {
        return Outcome.UNKNOWN;
      }
      throw e;
    }
  }

  /**
   * @param holder the thread whose bytes are there
   */
  private static void assertOneWon(List<Outcome> outcomes, int holder, String what) {
    int won = Collections.frequency(outcomes, Outcome.WON);
    Outcome his = outcomes.get(holder);
    assertTrue(
        won == 1 ? his == Outcome.WON : won == 0 && his == Outcome.UNKNOWN,
        what + ": the bytes are those of " + holder + " in " + outcomes);
  }

  private static List<Outcome> race(Racer racer) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    try {
      CyclicBarrier start = new CyclicBarrier(THREADS);
      List<Future<Outcome>> racers = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int thread = i;
        racers.add(
            pool.submit(
                () -> {
                  start.await(60, TimeUnit.SECONDS);
                  return racer.run(thread);
                }));
      }
      List<Outcome> outcomes = new ArrayList<>();
      for (Future<Outcome> each : racers) {
        outcomes.add(each.get(60, TimeUnit.SECONDS));
      }
      return outcomes;
    } finally {
      pool.shutdownNow();
    }
  }

  private List<String> writeMany(String prefix, int count) throws InterruptedException {
    List<String> keys = new ArrayList<>();
    List<CompletableFuture<String>> writes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String key = prefix + "%05d".formatted(i);
      keys.add(key);
      writes.add(store().put(key, new byte[] {1, 2, 3}, Condition.NONE));
    }
    for (CompletableFuture<String> write : writes) {
      ok(write);
    }
    return keys;
  }

  private static List<String> keysOf(List<Listed> objects) {
    return objects.stream().map(Listed::key).toList();
  }
}
