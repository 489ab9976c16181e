package io.github.s3vfs.internal.store;

import static io.github.s3vfs.internal.store.StoreFixture.bytes;
import static io.github.s3vfs.internal.store.StoreFixture.failure;
import static io.github.s3vfs.internal.store.StoreFixture.ok;
import static io.github.s3vfs.internal.store.StoreFixture.write;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.store.InMemoryObjectStore.Request;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class InMemoryObjectStoreTest extends ObjectStoreManyContract {
  private final InMemoryObjectStore store = new InMemoryObjectStore("memory");

  @Override
  protected ObjectStore store() {
    return store;
  }

  @Override
  protected ObjectStore storeOfMissingBucket() {
    InMemoryObjectStore missing = new InMemoryObjectStore("absent");
    missing.dropBucket();
    return missing;
  }

  @Override
  protected ObjectStore closedStore() {
    InMemoryObjectStore closed = new InMemoryObjectStore("closed");
    closed.close();
    return closed;
  }

  @Override
  protected void storeEmptyObject(String key) {
    store.poke(key, new byte[0]);
  }

  @Test
  void requestsAreDoneWhenTheCallReturns() {
    assertTrue(store.put("a", bytes(1), Condition.NONE).isDone());
    assertTrue(store.get("a", null, Condition.NONE).isDone());
  }

  @Test
  void requestsAreCountedByKindWhateverBecomesOfThem() throws Exception {
    write(store, "a", "x");
    ok(store.get("a", null, Condition.NONE));
    failure(ErrorKind.CONFLICT, store.put("a", bytes(1), Condition.IF_ABSENT));
    assertEquals(2, store.count(Request.PUT));
    assertEquals(1, store.count(Request.GET));
    assertEquals(3, store.requests());
    store.resetCounts();
    assertEquals(0, store.requests());
  }

  @Test
  void aFaultBeforeTheEffectLeavesNothing() throws Exception {
    store.faults().on(Request.PUT).key("a").nth(2).failBefore(FaultPlan.unavailable());
    write(store, "a", "one");
    failure(ErrorKind.UNAVAILABLE, store.put("a", "two".getBytes(UTF_8), Condition.NONE));
    assertArrayEquals("one".getBytes(UTF_8), store.peek("a"));
    write(store, "a", "three");
    assertEquals(1, store.faults().hits());
  }

  @Test
  void aFaultAfterTheEffectLeavesItsEffect() throws Exception {
    store.faults().on(Request.PUT).key(k -> k.startsWith("x")).failAfter(FaultPlan.unavailable());
    write(store, "a", "one");
    failure(ErrorKind.UNAVAILABLE, store.put("x1", bytes(3), Condition.IF_ABSENT));
    assertNotNull(store.peek("x1"));
    failure(ErrorKind.CONFLICT, store.put("x1", bytes(3), Condition.IF_ABSENT));
  }

  @Test
  void anEffectCanComeAfterTheFailureAndAfterFurtherRequests() throws Exception {
    store.faults().on(Request.PUT).times(1).failNowTakeEffectLater(FaultPlan.unavailable(), 2);
    failure(ErrorKind.UNAVAILABLE, store.put("a", bytes(3), Condition.IF_ABSENT));
    assertFalse(StoreFixture.exists(store, "a"));
    assertEquals(1, store.faults().lateEffects());
    assertFalse(StoreFixture.exists(store, "a"));
    assertTrue(StoreFixture.exists(store, "a"));
  }

  @Test
  void aLateEffectIsSubjectToItsConditionWhenItComes() throws Exception {
    String etag = write(store, "a", "one");
    store
        .faults()
        .on(Request.PUT)
        .times(1)
        .failNowTakeEffectLater(FaultPlan.unavailable(), Integer.MAX_VALUE);
    failure(ErrorKind.UNAVAILABLE, store.put("a", "late".getBytes(UTF_8), Condition.ifMatch(etag)));
    write(store, "a", "two");
    store.faults().releaseLate();
    assertArrayEquals("two".getBytes(UTF_8), store.peek("a"));
    assertEquals(0, store.faults().lateEffects());
  }

  @Test
  void aFaultOnAnyRequestHasTheGivenErrorUntilItIsCleared() throws Exception {
    store.faults().onAny().failBefore(new S3VfsException(ErrorKind.ACCESS_DENIED, "planned"));
    failure(ErrorKind.ACCESS_DENIED, store.list(""));
    failure(ErrorKind.ACCESS_DENIED, store.delete("a"));
    store.faults().clear();
    ok(store.list(""));
  }

  @Test
  void aCopyIsIndependentAndCanBeRestored() throws Exception {
    String etag = write(store, "a", "one");
    InMemoryObjectStore copy = store.copy();
    write(store, "a", "two");
    write(store, "b", "two");
    assertEquals(etag, ok(copy.get("a", null, Condition.NONE)).etag());
    store.restore(copy);
    assertEquals(List.of("a"), store.keys());
    ok(store.get("a", null, Condition.ifMatch(etag)));
    store.drop("a");
    assertNotNull(copy.peek("a"));
    assertNull(store.peek("a"));
  }

  @Test
  void etagsDependOnTheContentUnlessTheyAreToBeUnique() throws Exception {
    assertEquals(write(store, "a", "same"), write(store, "b", "same"));
    store.uniqueEtags();
    assertNotEquals(write(store, "a", "same"), write(store, "a", "same"));
  }

  @Test
  void theDateIsTheClocksInWholeSeconds() throws Exception {
    store.setClock(InstantSource.fixed(Instant.parse("2024-02-03T04:05:06.789Z")));
    assertEquals(
        Instant.parse("2024-02-03T04:05:06Z"), ok(store.get("a", null, Condition.NONE)).date());
  }

  @Test
  void anExecutorGivesLatencyAndACancelledRequestHasNoEffect() throws Exception {
    InMemoryObjectStore slow =
        new InMemoryObjectStore(
            "slow", CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS));
    CompletableFuture<String> cancelled = slow.put("a", bytes(1), Condition.NONE);
    CompletableFuture<String> written = slow.put("b", bytes(1), Condition.NONE);
    assertFalse(written.isDone());
    assertTrue(cancelled.cancel(true));
    ok(written);
    assertEquals(List.of("b"), slow.keys());
  }
}
