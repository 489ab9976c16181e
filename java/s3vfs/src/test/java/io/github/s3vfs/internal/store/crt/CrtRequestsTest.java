package io.github.s3vfs.internal.store.crt;

import static io.github.s3vfs.internal.store.StoreFixture.bytes;
import static io.github.s3vfs.internal.store.StoreFixture.failure;
import static io.github.s3vfs.internal.store.StoreFixture.ok;
import static io.github.s3vfs.internal.store.StoreFixture.part;
import static io.github.s3vfs.internal.store.StoreFixture.read;
import static io.github.s3vfs.internal.store.StoreFixture.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.store.ByteRange;
import io.github.s3vfs.internal.store.Condition;
import io.github.s3vfs.internal.store.Fetched;
import io.github.s3vfs.internal.store.Listed;
import io.github.s3vfs.internal.store.ObjectStore;
import io.github.s3vfs.testkit.AccountSnapshot;
import io.github.s3vfs.testkit.Fault;
import io.github.s3vfs.testkit.RequestMatch;
import io.github.s3vfs.testkit.S3Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What requests it takes, and what becomes of faults, with the embedded server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CrtRequestsTest {
  private final EmbeddedStore embedded = new EmbeddedStore();
  private final CrtObjectStore store = embedded.store();

  @AfterAll
  void stop() {
    embedded.close();
  }

  @BeforeEach
  void reset() throws InterruptedException {
    embedded.reset();
  }

  // What it costs.

  @Test
  void eachGetPutAndDeleteIsOneRequest() throws Exception {
    String etag = write(store, "a", "one");
    AccountSnapshot account =
        embedded
            .server
            .account()
            .measure(
                () -> {
                  read(store, "a");
                  part(store, "a", 1, 1);
                  part(store, "a", 1, 64 << 20);
                  ok(store.get("a", null, Condition.ifNoneMatch(etag)));
                  ok(store.get("a", null, Condition.ifMatch(etag)));
                  ok(store.get("missing", null, Condition.NONE));
                  ok(store.put("a", bytes(1 << 20), Condition.ifMatch(etag)));
                  read(store, "a");
                  ok(store.delete("a"));
                });
    assertEquals(
        Map.of(S3Operation.GET_OBJECT, 7, S3Operation.PUT_OBJECT, 1, S3Operation.DELETE_OBJECT, 1),
        account.countByOperation(),
        account.toString());
  }

  @Test
  void aConditionalPutOf64MiBIsOneRequest() throws Exception {
    byte[] body = bytes(64 << 20);
    AccountSnapshot account =
        embedded.server.account().measure(() -> ok(store.put("big", body, Condition.IF_ABSENT)));
    assertEquals(Map.of(S3Operation.PUT_OBJECT, 1), account.countByOperation());
    assertEquals(body.length, embedded.server.objects(EmbeddedStore.BUCKET).get("big").length);
  }

  @Test
  void listingsAndDeletionsTakeOneRequestPerThousand() throws Exception {
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < 1001; i++) {
      keys.add("k/%04d".formatted(i));
      embedded.server.objects(EmbeddedStore.BUCKET).put(keys.get(i), new byte[1]);
    }
    AccountSnapshot account =
        embedded
            .server
            .account()
            .measure(
                () -> {
                  List<Listed> listed = ok(store.list("k/"));
                  assertEquals(1001, listed.size());
                  ok(store.listPrefixes(""));
                  ok(store.deleteAll(keys));
                });
    assertEquals(2, account.count(S3Operation.DELETE_OBJECTS), account.toString());
    assertEquals(3, account.count(S3Operation.LIST_OBJECTS_V2), account.toString());
    assertEquals(List.of(), embedded.server.objects(EmbeddedStore.BUCKET).keys());
  }

  // Credentials and permissions.

  @Test
  void aWrongSecretIsRefusedAndNoSecretIsInTheMessage() {
    String id = embedded.server.accessKeyId();
    ObjectStore wrong =
        embedded.store(
            new ClientSettings(
                embedded.settings().config(), TestSettings.keyPair(id, "wrong-secret-value")));
    for (CompletableFuture<?> request :
        List.of(
            wrong.get("a", null, Condition.NONE),
            wrong.put("a", new byte[1], Condition.NONE),
            wrong.list(""))) {
      S3VfsException e = failure(ErrorKind.ACCESS_DENIED, request);
      for (Throwable t = e; t != null; t = t.getCause()) {
        assertTrue(!t.toString().contains("wrong-secret-value"), t.toString());
      }
    }
  }

  @Test
  void aForbiddenReadSaysThatTheObjectMayBeMissing() throws Exception {
    write(store, "a", "one");
    embedded.server.policy().deny(embedded.server.accessKeyId(), "s3:GetObject");
    S3VfsException read =
        failure(ErrorKind.ACCESS_DENIED, store.get("a", new ByteRange(0, 100), Condition.NONE));
    assertContains(read, "GET s3://contract/a bytes=0-99: 403 AccessDenied");
    assertContains(read, "s3:ListBucket");
  }

  // Faults.

  @Test
  void aPassingFaultIsRetried() throws Exception {
    write(store, "a", "one");
    for (Fault fault : List.of(Fault.slowDown(), Fault.internalError(), new Fault.Reset(false))) {
      embedded.server.faults().add(RequestMatch.any().first(1), fault);
      AccountSnapshot account = embedded.server.account().measure(() -> read(store, "a"));
      assertEquals(2, account.count(), account.toString());
    }
  }

  @Test
  void aLastingFaultIsUnavailableAfterTheRetries() throws Exception {
    embedded.server.faults().add(RequestMatch.any(), Fault.slowDown());
    S3VfsException e =
        failure(ErrorKind.UNAVAILABLE, store.get("a", new ByteRange(0, 100), Condition.NONE));
    assertContains(e, "GET s3://contract/a bytes=0-99: 5xx to every attempt");
    AccountSnapshot account = embedded.server.account().snapshot();
    assertEquals(3, account.count(), "one attempt and two retries: " + account);
    failure(ErrorKind.UNAVAILABLE, store.put("a", bytes(9), Condition.IF_ABSENT));
    failure(ErrorKind.UNAVAILABLE, store.delete("a"));
    failure(ErrorKind.UNAVAILABLE, store.deleteAll(List.of("a", "b")));
    failure(ErrorKind.UNAVAILABLE, store.list(""));
  }

  @Test
  void anErrorThatIsNotRetriedNamesStatusCodeAndRequestId() {
    embedded.server.faults().add(RequestMatch.any(), Fault.error(429, "TooManyRequests"));
    S3VfsException e = failure(ErrorKind.UNAVAILABLE, store.get("a", null, Condition.NONE));
    assertContains(e, "GET s3://contract/a: 429 TooManyRequests");
    assertContains(e, "(request id ");
  }

  @Test
  void aConflictOfConcurrentWritesIsAConflict() {
    embedded.server.faults().add(RequestMatch.any(), Fault.conditionalRequestConflict());
    failure(ErrorKind.CONFLICT, store.put("a", bytes(9), Condition.IF_ABSENT));
    failure(ErrorKind.UNAVAILABLE, store.put("a", bytes(9), Condition.NONE));
  }

  @Test
  void aConflictCanBeARequestsOwnEffectWhenItsAnswerWasLost() throws Exception {
    String etag = write(store, "a", "one");
    for (Fault fault :
        List.of(Fault.errorAfterEffect(500, "InternalError"), new Fault.Reset(true))) {
      embedded.server.faults().add(RequestMatch.of(S3Operation.PUT_OBJECT).first(1), fault);
      byte[] mine = bytes(50 + fault.toString().length());
      failure(ErrorKind.CONFLICT, store.put("a", mine, Condition.ifMatch(etag)));
      Fetched after = ok(store.get("a", null, Condition.NONE));
      assertArrayEquals(mine, after.body());
      etag = after.etag();
    }
  }

  @Test
  void aConnectionThatIsAlwaysResetIsUnavailable() {
    embedded.server.faults().add(RequestMatch.any(), new Fault.Reset(false));
    failure(ErrorKind.UNAVAILABLE, store.get("a", null, Condition.NONE));
    failure(ErrorKind.UNAVAILABLE, store.put("a", bytes(9), Condition.NONE));
  }

  @Test
  void aTruncatedBodyIsNeverTakenForTheObject() throws Exception {
    ok(store.put("a", bytes(100_000), Condition.NONE));
    embedded
        .server
        .faults()
        .add(RequestMatch.of(S3Operation.GET_OBJECT).first(1), new Fault.Truncate(5000));
    assertArrayEquals(bytes(100_000), read(store, "a"));
    embedded.server.faults().add(RequestMatch.of(S3Operation.GET_OBJECT), new Fault.Truncate(5000));
    failure(ErrorKind.UNAVAILABLE, store.get("a", null, Condition.NONE));
    failure(ErrorKind.UNAVAILABLE, store.get("a", new ByteRange(10, 50_000), Condition.NONE));
  }

  @Test
  void anObjectReplacedWhileItIsReadInPartsIsReadAgain() throws Exception {
    byte[] before = bytes(20 << 20);
    byte[] after = bytes((20 << 20) + 1);
    ok(store.put("big", before, Condition.NONE));
    embedded
        .server
        .faults()
        .add(
            RequestMatch.of(S3Operation.GET_OBJECT).from(2),
            new Fault.Delay(Duration.ofMillis(300)));
    CompletableFuture<Fetched> request = store.get("big", null, Condition.NONE);
    Thread.sleep(150);
    embedded.server.objects(EmbeddedStore.BUCKET).put("big", after);
    assertArrayEquals(after, ok(request).body());
  }

  @Test
  void aRequestThatTakesTooLongIsUnavailable() throws Exception {
    write(store, "a", "one");
    ObjectStore hasty =
        embedded.store(
            new ClientSettings(
                TestSettings.to(
                    embedded.server.endpoint(), Duration.ofSeconds(1), Duration.ofMillis(300), 1),
                embedded.settings().credentials()));
    read(hasty, "a");
    embedded.server.faults().latency(Duration.ofSeconds(2));
    long start = System.nanoTime();
    S3VfsException e = failure(ErrorKind.UNAVAILABLE, hasty.get("a", null, Condition.NONE));
    assertContains(e, "GET s3://contract/a: no answer within 300 ms");
    assertTrue(System.nanoTime() - start < 1_500_000_000L);
  }

  static void assertContains(S3VfsException e, String part) {
    assertTrue(String.valueOf(e.getMessage()).contains(part), e.getMessage());
  }
}
