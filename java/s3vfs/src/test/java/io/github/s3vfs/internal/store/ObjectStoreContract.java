package io.github.s3vfs.internal.store;

import static io.github.s3vfs.internal.store.StoreFixture.bytes;
import static io.github.s3vfs.internal.store.StoreFixture.exists;
import static io.github.s3vfs.internal.store.StoreFixture.failure;
import static io.github.s3vfs.internal.store.StoreFixture.ok;
import static io.github.s3vfs.internal.store.StoreFixture.part;
import static io.github.s3vfs.internal.store.StoreFixture.read;
import static io.github.s3vfs.internal.store.StoreFixture.write;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Reading and writing single objects, as {@link ObjectStore} promises it. */
public abstract class ObjectStoreContract {
  /** The store under test; its bucket is empty at the beginning of each test. */
  protected abstract ObjectStore store();

  /** A store like it whose bucket is not there. */
  protected abstract ObjectStore storeOfMissingBucket();

  /** A store like it that has been closed. */
  protected abstract ObjectStore closedStore();

  /** Stores an empty object as another program would. */
  protected abstract void storeEmptyObject(String key);

  // Reads.

  @Test
  void aStoredObjectIsReadBackWithItsSizeItsEtagAndTheStoresClock() throws Exception {
    String etag = ok(store().put("a", bytes(1000), Condition.NONE));
    Fetched fetched = ok(store().get("a", null, Condition.NONE));
    assertEquals(Fetched.Status.FOUND, fetched.status());
    assertArrayEquals(bytes(1000), fetched.body());
    assertEquals(etag, fetched.etag());
    assertEquals(1000, fetched.objectSize());
    Instant date = fetched.date();
    assertNotNull(date);
    assertTrue(Duration.between(date, Instant.now()).abs().toMinutes() < 5, date.toString());
  }

  @Test
  void aMissingObjectIsReportedMissingAndIsNoError() throws Exception {
    Fetched fetched = ok(store().get("nothing", null, Condition.NONE));
    assertEquals(Fetched.Status.MISSING, fetched.status());
    assertEquals(0, fetched.body().length);
    assertEquals("", fetched.etag());
    assertEquals(-1, fetched.objectSize());
    Fetched ranged = ok(store().get("nothing", new ByteRange(5, 5), Condition.NONE));
    assertEquals(Fetched.Status.MISSING, ranged.status());
  }

  @Test
  void aRangeIsReadWithTheSizeOfTheWholeObject() throws Exception {
    String etag = ok(store().put("a", bytes(1000), Condition.NONE));
    Fetched first = part(store(), "a", 0, 1);
    assertEquals(1, first.body().length);
    assertEquals(bytes(1000)[0], first.body()[0]);
    Fetched middle = part(store(), "a", 100, 300);
    assertArrayEquals(Arrays.copyOfRange(bytes(1000), 100, 400), middle.body());
    assertEquals(1000, middle.objectSize());
    assertEquals(etag, middle.etag());
    assertArrayEquals(bytes(1000), part(store(), "a", 0, 1000).body());
    assertEquals(bytes(1000)[999], part(store(), "a", 999, 1).body()[0]);
  }

  @Test
  void aRangeThatEndsBehindTheObjectIsCut() throws Exception {
    write(store(), "a", "0123456789");
    assertEquals("89", new String(part(store(), "a", 8, 100).body(), UTF_8));
    assertEquals("0123456789", new String(part(store(), "a", 0, 64 << 20).body(), UTF_8));
    assertEquals("9", new String(part(store(), "a", 9, 1L << 50).body(), UTF_8));
  }

  @Test
  void aRangeAtOrBehindTheEndIsEmptyAndTellsSizeAndEtag() throws Exception {
    String etag = write(store(), "a", "0123456789");
    for (long offset : new long[] {10, 11, 1L << 40}) {
      Fetched behind = part(store(), "a", offset, 5);
      assertEquals(0, behind.body().length);
      assertEquals(10, behind.objectSize());
      assertEquals(etag, behind.etag());
    }
  }

  @Test
  void anEmptyObjectOfAnotherProgramIsReadAsEmpty() throws Exception {
    storeEmptyObject("empty");
    Fetched whole = ok(store().get("empty", null, Condition.NONE));
    assertEquals(Fetched.Status.FOUND, whole.status());
    assertEquals(0, whole.body().length);
    assertEquals(0, whole.objectSize());
    Fetched ranged = part(store(), "empty", 0, 100);
    assertEquals(0, ranged.body().length);
    assertEquals(0, ranged.objectSize());
    assertEquals(whole.etag(), ranged.etag());
  }

  @Test
  void aReadWithIfNoneMatchTellsAnUnchangedObjectFromAChangedOne() throws Exception {
    String etag = write(store(), "a", "one");
    Fetched same = ok(store().get("a", null, Condition.ifNoneMatch(etag)));
    assertEquals(Fetched.Status.NOT_MODIFIED, same.status());
    assertEquals(etag, same.etag());
    assertEquals(0, same.body().length);
    assertNotNull(same.date());
    write(store(), "a", "two");
    Fetched changed = ok(store().get("a", null, Condition.ifNoneMatch(etag)));
    assertEquals(Fetched.Status.FOUND, changed.status());
    assertEquals("two", new String(changed.body(), UTF_8));
    ok(store().delete("a"));
    Fetched gone = ok(store().get("a", null, Condition.ifNoneMatch(etag)));
    assertEquals(Fetched.Status.MISSING, gone.status());
  }

  @Test
  void aReadWithIfMatchIsOfExactlyThatVersionOrAConflict() throws Exception {
    String etag = write(store(), "a", "one");
    assertEquals(
        "ne",
        new String(
            ok(store().get("a", new ByteRange(1, 9), Condition.ifMatch(etag))).body(), UTF_8));
    write(store(), "a", "two");
    failure(ErrorKind.CONFLICT, store().get("a", null, Condition.ifMatch(etag)));
    failure(ErrorKind.CONFLICT, store().get("a", new ByteRange(1, 1), Condition.ifMatch(etag)));
    ok(store().delete("a"));
    failure(ErrorKind.CONFLICT, store().get("a", null, Condition.ifMatch(etag)));
  }

  // Writes.

  @Test
  void aWriteReplacesTheObjectAndChangesItsEtag() throws Exception {
    String one = write(store(), "a", "one");
    String two = write(store(), "a", "two");
    assertNotEquals(one, two);
    assertEquals("two", new String(read(store(), "a"), UTF_8));
  }

  @Test
  void aWriteIfAbsentTakesEffectOnlyOnce() throws Exception {
    ok(store().put("a", "one".getBytes(UTF_8), Condition.IF_ABSENT));
    S3VfsException lost =
        failure(ErrorKind.CONFLICT, store().put("a", "two".getBytes(UTF_8), Condition.IF_ABSENT));
    assertTrue(String.valueOf(lost.getMessage()).contains("a"), lost.getMessage());
    assertEquals("one", new String(read(store(), "a"), UTF_8));
  }

  @Test
  void aWriteIfMatchTakesEffectOnlyOnTheVersionItNames() throws Exception {
    String one = write(store(), "a", "one");
    String two = ok(store().put("a", "two".getBytes(UTF_8), Condition.ifMatch(one)));
    failure(ErrorKind.CONFLICT, store().put("a", "three".getBytes(UTF_8), Condition.ifMatch(one)));
    assertEquals("two", new String(read(store(), "a"), UTF_8));
    ok(store().put("a", "four".getBytes(UTF_8), Condition.ifMatch(two)));
    assertEquals("four", new String(read(store(), "a"), UTF_8));
  }

  @Test
  void aWriteIfMatchOnAMissingObjectIsAConflict() throws Exception {
    String etag = write(store(), "a", "one");
    ok(store().delete("a"));
    failure(ErrorKind.CONFLICT, store().put("a", "two".getBytes(UTF_8), Condition.ifMatch(etag)));
    assertFalse(exists(store(), "a"));
  }

  @Test
  void emptyAndOversizedBodiesAndConditionsOfTheWrongSortAreRefused() {
    byte[] body = {1};
    assertThrows(
        IllegalArgumentException.class, () -> store().put("a", new byte[0], Condition.NONE));
    assertThrows(
        IllegalArgumentException.class,
        () -> store().put("a", new byte[(64 << 20) + 1], Condition.NONE));
    assertThrows(
        IllegalArgumentException.class, () -> store().put("a", body, Condition.ifNoneMatch("x")));
    assertThrows(IllegalArgumentException.class, () -> store().get("a", null, Condition.IF_ABSENT));
  }

  @Test
  void aBigObjectIsStoredUnderAConditionAndReadWholeAndInParts() throws Exception {
    byte[] big = bytes(20 << 20);
    String etag = ok(store().put("big", big, Condition.IF_ABSENT));
    failure(ErrorKind.CONFLICT, store().put("big", big, Condition.IF_ABSENT));
    failure(ErrorKind.CONFLICT, store().put("big", big, Condition.ifMatch("\"other\"")));
    ok(store().put("big", big, Condition.ifMatch(etag)));
    assertArrayEquals(big, read(store(), "big"));
    Fetched tail = part(store(), "big", 1 << 20, 100 << 20);
    assertEquals(20 << 20, tail.objectSize());
    assertArrayEquals(Arrays.copyOfRange(big, 1 << 20, big.length), tail.body());
  }

  // Errors that all requests share.

  @Test
  void aMissingBucketIsNotFoundAndNamed() {
    ObjectStore missing = storeOfMissingBucket();
    for (CompletableFuture<?> request :
        List.of(
            missing.get("a", null, Condition.NONE),
            missing.get("a", new ByteRange(0, 1), Condition.NONE),
            missing.put("a", new byte[1], Condition.NONE),
            missing.put("a", new byte[1], Condition.IF_ABSENT),
            missing.put("a", new byte[1], Condition.ifMatch("\"x\"")),
            missing.delete("a"),
            missing.deleteAll(List.of("a")),
            missing.list(""),
            missing.listPrefixes(""))) {
      S3VfsException e = failure(ErrorKind.NOT_FOUND, request);
      assertTrue(String.valueOf(e.getMessage()).contains(missing.bucket()), e.getMessage());
    }
  }

  @Test
  void aClosedStoreRefusesRequests() {
    ObjectStore closed = closedStore();
    failure(ErrorKind.CLOSED, closed.get("a", null, Condition.NONE));
    failure(ErrorKind.CLOSED, closed.put("a", new byte[1], Condition.NONE));
    failure(ErrorKind.CLOSED, closed.delete("a"));
    failure(ErrorKind.CLOSED, closed.deleteAll(List.of("a")));
    failure(ErrorKind.CLOSED, closed.list(""));
    failure(ErrorKind.CLOSED, closed.listPrefixes(""));
  }

  @Test
  void aCancelledRequestStaysCancelledAndTheStoreGoesOn() throws Exception {
    write(store(), "a", "one");
    for (int i = 0; i < 20; i++) {
      CompletableFuture<Fetched> request = store().get("a", null, Condition.NONE);
      boolean cancelled = request.cancel(true);
      assertEquals(cancelled, request.isCancelled());
    }
    CompletableFuture<List<Listed>> listing = store().list("");
    assertEquals(listing.cancel(true), listing.isCancelled());
    assertEquals("one", new String(read(store(), "a"), UTF_8));
  }
}
