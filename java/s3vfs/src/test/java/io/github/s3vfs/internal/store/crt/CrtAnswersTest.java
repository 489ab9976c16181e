package io.github.s3vfs.internal.store.crt;

import static io.github.s3vfs.internal.store.StoreFixture.failure;
import static io.github.s3vfs.internal.store.StoreFixture.ok;
import static io.github.s3vfs.internal.store.crt.CrtRequestsTest.assertContains;
import static io.github.s3vfs.internal.store.crt.ScriptedServer.answer;
import static io.github.s3vfs.internal.store.crt.ScriptedServer.error;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.store.ByteRange;
import io.github.s3vfs.internal.store.Condition;
import io.github.s3vfs.internal.store.Fetched;
import io.github.s3vfs.internal.store.ObjectStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What answers mean, when a server gives them that no test server can be made to give. */
class CrtAnswersTest {
  private static final ByteRange RANGE = new ByteRange(100, 10);

  private final CrtClients clients = new CrtClients();
  private ScriptedServer server = new ScriptedServer(request -> ScriptedServer.SILENCE);

  @AfterEach
  void close() {
    clients.close();
    server.close();
  }

  private CrtObjectStore store(Function<ScriptedServer.Received, byte[]> script) {
    server.close();
    server = new ScriptedServer(script);
    ClientSettings settings =
        new ClientSettings(
            TestSettings.to(server.endpoint(), Duration.ofSeconds(3), Duration.ofSeconds(20), 1),
            TestSettings.keyPair("id", "secret"));
    return TestSettings.store(clients, settings, "b");
  }

  private CrtObjectStore store(byte[] always) {
    return store(request -> always);
  }

  @Test
  void the304OfAnUnchangedObjectHasTheServersDate() throws Exception {
    ObjectStore store = store(answer(304, "", ""));
    Fetched fetched = ok(store.get("k", null, Condition.ifNoneMatch("\"e\"")));
    assertEquals(Fetched.Status.NOT_MODIFIED, fetched.status());
    assertEquals("\"e\"", fetched.etag());
    assertEquals(Instant.parse("2024-02-03T04:05:06Z"), fetched.date());
  }

  @Test
  void a404WithoutDocumentIsAMissingObject() throws Exception {
    ObjectStore store = store(answer(404, "", ""));
    assertEquals(Fetched.Status.MISSING, ok(store.get("k", null, Condition.NONE)).status());
    ok(store.delete("k"));
    failure(ErrorKind.CONFLICT, store.put("k", new byte[1], Condition.ifMatch("\"e\"")));
    failure(ErrorKind.NOT_FOUND, store.put("k", new byte[1], Condition.NONE));
    failure(ErrorKind.NOT_FOUND, store.list(""));
  }

  @Test
  void a404OfSomeOtherServerIsNoMissingObject() {
    ObjectStore store = store(answer(404, "Content-Type: text/html", "<html>Not Found</html>"));
    failure(ErrorKind.NOT_FOUND, store.get("k", null, Condition.NONE));
    failure(ErrorKind.NOT_FOUND, store.put("k", new byte[1], Condition.ifMatch("\"e\"")));
    failure(ErrorKind.NOT_FOUND, store.delete("k"));
  }

  @Test
  void a403WithoutDocumentIsAccessDenied() {
    failure(ErrorKind.ACCESS_DENIED, store(answer(403, "", "")).list(""));
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 307, 400})
  void aBucketInAnotherRegionIsInvalidAndTheRegionIsNamed(int status) {
    byte[] answer =
        error(status, "x-amz-bucket-region: eu-west-1", "AuthorizationHeaderMalformed", "no");
    ObjectStore store = store(answer);
    for (CompletableFuture<?> request :
        List.of(
            store.get("k", null, Condition.NONE),
            store.put("k", new byte[1], Condition.NONE),
            store.list(""))) {
      assertContains(
          failure(ErrorKind.INVALID, request), "the bucket b is in the region eu-west-1");
    }
  }

  @Test
  void expiredCredentialsAreAccessDenied() {
    ObjectStore store = store(error(400, "ExpiredToken", "The provided token has expired."));
    S3VfsException e = failure(ErrorKind.ACCESS_DENIED, store.get("k", RANGE, Condition.NONE));
    assertContains(
        e,
        "GET s3://b/k bytes=100-109: 400 ExpiredToken: The provided token has expired."
            + " (request id REQ123)");
  }

  @Test
  void whatTheStoreCannotDoIsUnsupported() {
    ObjectStore store = store(error(501, "NotImplemented", "header not implemented"));
    failure(ErrorKind.UNSUPPORTED, store.put("k", new byte[1], Condition.IF_ABSENT));
  }

  @Test
  void a416WithSizeAndEtagNeedsNoFurtherRequest() throws Exception {
    ObjectStore store =
        store(error(416, "Content-Range: bytes */50\nETag: \"e\"", "InvalidRange", "no"));
    Fetched fetched = ok(store.get("k", RANGE, Condition.NONE));
    assertEquals(0, fetched.body().length);
    assertEquals(50, fetched.objectSize());
    assertEquals("\"e\"", fetched.etag());
    assertEquals(1, server.received().size());
  }

  @Test
  void a416OfAnObjectThatGrowsMeanwhileIsFollowedByAnotherRead() throws Exception {
    boolean[] grown = {false};
    ObjectStore store =
        store(
            request -> {
              if (request.line().startsWith("HEAD")) {
                grown[0] = true;
                return answer(200, "Content-Length: 105\nETag: \"e\"", "");
              }
              return grown[0]
                  ? answer(206, "Content-Range: bytes 100-104/105\nETag: \"e\"", "01234")
                  : error(416, "InvalidRange", "no");
            });
    Fetched fetched = ok(store.get("k", RANGE, Condition.NONE));
    assertEquals(5, fetched.body().length);
    assertEquals(105, fetched.objectSize());
  }

  @Test
  void aStoreThatRefusesEveryRangeIsGivenUp() {
    ObjectStore store =
        store(
            request ->
                request.line().startsWith("HEAD")
                    ? answer(200, "Content-Length: 500\nETag: \"e\"", "")
                    : error(416, "InvalidRange", "no"));
    failure(ErrorKind.UNAVAILABLE, store.get("k", RANGE, Condition.NONE));
    assertEquals(6, server.received().size());
  }

  @Test
  void anAnswerThatHoldsAnotherRangeIsAnError() {
    ObjectStore store =
        store(answer(206, "Content-Range: bytes 90-99/200\nETag: \"e\"", "0123456789"));
    failure(ErrorKind.UNAVAILABLE, store.get("k", RANGE, Condition.NONE));
  }

  @Test
  void objectsThatADeletionLeavesAreAnErrorThatNamesOne() {
    String head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><DeleteResult>";
    String denied = "<Error><Key>k2</Key><Code>AccessDenied</Code><Message>no</Message></Error>";
    ObjectStore store = store(answer(200, "", head + denied + "</DeleteResult>"));
    assertContains(
        failure(ErrorKind.ACCESS_DENIED, store.deleteAll(List.of("k1", "k2"))), "s3://b/k2");
  }

  @Test
  void aListWithUnquotedEtagsHasThemQuoted() throws Exception {
    String page =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ListBucketResult>"
            + "<IsTruncated>false</IsTruncated>"
            + "<Contents><Key>b</Key><ETag>2</ETag><Size>7</Size></Contents>"
            + "<Contents><Key>a</Key><ETag>&quot;1&quot;</ETag><Size>8</Size></Contents>"
            + "</ListBucketResult>";
    assertEquals(
        "[Listed[key=a, size=8, etag=\"1\"], Listed[key=b, size=7, etag=\"2\"]]",
        ok(store(answer(200, "", page)).list("")).toString());
  }

  @Test
  void cancellingHangsUp() throws Exception {
    ObjectStore store = store(ScriptedServer.SILENCE);
    CompletableFuture<Fetched> request = store.get("k", null, Condition.NONE);
    while (server.received().isEmpty()) {
      Thread.sleep(5);
    }
    assertFalse(server.clientHungUp(50));
    request.cancel(true);
    assertTrue(server.clientHungUp(5000));
  }

  @Test
  void aClientThatMaySplitBodiesIsNotGivenLargeOnesUnderACondition() throws Exception {
    store(answer(200, "ETag: \"e\"", ""));
    ClientSettings settings =
        new ClientSettings(
            TestSettings.to(server.endpoint()), TestSettings.keyPair("id", "secret"));
    ObjectStore store = new CrtObjectStore(clients.client(settings), "b", StoreSettings.DEFAULT);
    byte[] large = new byte[(8 << 20) + 1];
    failure(ErrorKind.UNSUPPORTED, store.put("k", large, Condition.IF_ABSENT));
    assertEquals(0, server.received().size());
    ok(store.put("k", large, Condition.NONE));
  }
}
