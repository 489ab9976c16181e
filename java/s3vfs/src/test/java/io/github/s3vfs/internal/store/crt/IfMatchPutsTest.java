package io.github.s3vfs.internal.store.crt;

import static io.github.s3vfs.internal.store.StoreFixture.failure;
import static io.github.s3vfs.internal.store.StoreFixture.ok;
import static io.github.s3vfs.internal.store.crt.ScriptedServer.answer;
import static io.github.s3vfs.internal.store.crt.ScriptedServer.error;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.internal.store.Condition;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** ETags in If-Match, with stores that want them in quotes, bare, or do not care. */
class IfMatchPutsTest {
  private static final byte[] REFUSED = error(412, "PreconditionFailed", "");
  private static final byte[] BODY = {1};

  private final CrtClients clients = new CrtClients();

  /** What a store takes in If-Match while the object's ETag is "e0", "e1", ... */
  private Predicate<String> takes = sent -> true;

  private byte[] answerToHead = new byte[0];
  private int version;

  private final ScriptedServer server = new ScriptedServer(this::script);
  private final CrtObjectStore store =
      TestSettings.store(
          clients,
          new ClientSettings(TestSettings.to(server.endpoint()), TestSettings.keyPair("id", "s")),
          "b");

  @AfterEach
  void close() {
    clients.close();
    server.close();
  }

  private synchronized byte[] script(ScriptedServer.Received request) {
    if (request.line().startsWith("HEAD")) {
      return answerToHead.length > 0
          ? answerToHead
          : answer(200, "Content-Length: 1\nETag: " + etag(), "");
    }
    if (!takes.test(request.header("if-match"))) {
      return REFUSED;
    }
    version++;
    return answer(200, "ETag: " + etag(), "");
  }

  private String etag() {
    return "\"e" + version + "\"";
  }

  private String bareEtag() {
    return "e" + version;
  }

  private void put(String demanded) throws InterruptedException {
    assertEquals(
        "\"e" + (version + 1) + "\"", ok(store.put("k", BODY, Condition.ifMatch(demanded))));
  }

  /** What was asked since the last call: the verbs with what stood in If-Match. */
  private List<String> asked() {
    List<String> asked =
        server.received().stream()
            .map(r -> (r.line().split(" ", 2)[0] + " " + r.header("if-match")).strip())
            .toList();
    server.received().clear();
    return asked;
  }

  @Test
  void aStoreThatTakesQuotesIsAskedNothingElse() throws Exception {
    takes = sent -> sent.equals(etag());
    put("\"e0\"");
    assertEquals(List.of("PUT \"e0\""), asked());
    failure(ErrorKind.CONFLICT, store.put("k", BODY, Condition.ifMatch("\"e0\"")));
    assertEquals(List.of("PUT \"e0\""), asked());
  }

  @Test
  void aStoreThatWantsBareEtagsIsFoundOutOnce() throws Exception {
    takes = sent -> sent.equals(bareEtag());
    put("\"e0\"");
    assertEquals(List.of("PUT \"e0\"", "HEAD", "PUT e0"), asked());
    put("\"e1\"");
    assertEquals(List.of("PUT e1"), asked());
    failure(ErrorKind.CONFLICT, store.put("k", BODY, Condition.ifMatch("\"e1\"")));
    assertEquals(List.of("PUT e1"), asked());
  }

  @Test
  void aConflictBeforeTheFormIsKnownStaysOne() throws Exception {
    takes = sent -> sent.equals(etag());
    failure(ErrorKind.CONFLICT, store.put("k", BODY, Condition.ifMatch("\"other\"")));
    assertEquals(List.of("PUT \"other\"", "HEAD"), asked());
    for (int status : new int[] {403, 404}) {
      answerToHead = answer(status, "", "");
      failure(ErrorKind.CONFLICT, store.put("k", BODY, Condition.ifMatch("\"other\"")));
      assertEquals(List.of("PUT \"other\"", "HEAD"), asked());
    }
    put("\"e0\"");
    assertEquals(List.of("PUT \"e0\""), asked());
  }

  @Test
  void whereNeitherFormIsTakenItIsAConflict() {
    takes = sent -> false;
    failure(ErrorKind.CONFLICT, store.put("k", BODY, Condition.ifMatch("\"e0\"")));
    assertEquals(List.of("PUT \"e0\"", "HEAD", "PUT e0"), asked());
  }

  @Test
  void aConditionThatCannotHoldIsOneRequest() {
    takes = sent -> false;
    failure(ErrorKind.CONFLICT, store.put("k", BODY, Condition.NEVER));
    assertEquals(1, asked().size());
  }

  @Test
  void anEtagThatCameWithoutQuotesGoesOutAsItIs() throws Exception {
    takes = sent -> sent.equals("e0");
    put("e0");
    assertEquals(List.of("PUT e0"), asked());
    takes = sent -> sent.equals(etag());
    put("\"e1\"");
    assertEquals(List.of("PUT \"e1\""), asked());
  }
}
