package io.github.s3vfs.testkit;

import static io.github.s3vfs.testkit.Client.BUCKET;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkException;

class FaultsTest {

  private static final S3TestServer SERVER = S3TestServer.builder().inMemory().start();
  private static final Client CLIENT = new Client(SERVER);
  private static final RawClient RAW = new RawClient(SERVER);

  private final BucketObjects objects;
  private final Faults faults = SERVER.faults();

  FaultsTest() {
    SERVER.createBucket(BUCKET);
    objects = SERVER.objects(BUCKET);
    objects.keys().forEach(objects::delete);
    SERVER.account().reset();
  }

  @AfterEach
  void clear() {
    faults.clear();
  }

  @AfterAll
  static void stop() {
    CLIENT.close();
    SERVER.close();
  }

  @Test
  void anErrorIsAnsweredAndNothingHappens() throws IOException {
    FaultRule rule = faults.add(puts().nth(2), Fault.conditionalRequestConflict());
    assertEquals(200, RAW.put("k", 1).status());
    RawClient.Answer answer = RAW.put("k", 2);
    assertEquals(409, answer.status());
    assertTrue(answer.text().contains("<Code>ConditionalRequestConflict</Code>"), answer.text());
    assertArrayEquals(new byte[] {1}, objects.get("k"));
    assertEquals(200, RAW.put("k", 3).status());
    assertEquals(3, rule.matched());
    assertEquals(1, rule.fired());
  }

  @Test
  void theClientGetsTheErrorsCode() {
    faults.add(puts(), Fault.conditionalRequestConflict());
    SdkException failure = Client.failureOf(() -> CLIENT.put("k", new byte[] {2}));
    assertEquals("ConditionalRequestConflict", Client.errorCode(failure));
    assertEquals(1, SERVER.account().count());
  }

  @Test
  void serverErrorsAreAnswered() throws IOException {
    faults.add(puts().nth(1), Fault.internalError());
    faults.add(puts().nth(2), Fault.slowDown());
    assertTrue(RAW.put("k", 1).text().contains("<Code>InternalError</Code>"));
    assertTrue(RAW.put("k", 1).text().contains("<Code>SlowDown</Code>"));
    assertEquals(List.of(500, 503), statuses());
    assertFalse(objects.contains("k"));
  }

  @Test
  void aResetBeforeTheEffectLosesTheRequest() throws IOException {
    faults.add(puts().first(1), Fault.resetBeforeEffect());
    assertEquals(reset(), RAW.put("k", 1).end());
    assertFalse(objects.contains("k"));
    assertEquals(200, RAW.put("k", 2).status());
    assertEquals(List.of(RequestRecord.NO_ANSWER, 200), statuses());
  }

  @Test
  void aResetAfterTheEffectLosesTheAnswerOnly() throws IOException {
    faults.add(puts().first(1), Fault.resetAfterEffect());
    assertEquals(reset(), RAW.put("k", 1).end());
    assertArrayEquals(new byte[] {1}, objects.get("k"));
    assertEquals(List.of(RequestRecord.NO_ANSWER), statuses());
  }

  @Test
  void theClientsOwnRetryMeetsItsEarlierSuccess() {
    faults.add(puts().first(1), Fault.resetAfterEffect());
    assertEquals(
        412, Client.statusOf(() -> CLIENT.put("k", new byte[] {1}, r -> r.ifNoneMatch("*"))));
    assertArrayEquals(new byte[] {1}, objects.get("k"));
    assertEquals(List.of(RequestRecord.NO_ANSWER, 412), statuses());
  }

  @Test
  void anErrorAfterTheEffectIsAmbiguous() throws IOException {
    faults.add(puts().first(1), Fault.errorAfterEffect(500, "InternalError"));
    RawClient.Answer answer = RAW.put("k", 1);
    assertEquals(500, answer.status());
    assertNull(answer.headers().get("etag"));
    assertArrayEquals(new byte[] {1}, objects.get("k"));
  }

  @Test
  void aHeldWriteHappensWhenItIsReleased() throws IOException {
    FaultRule rule = faults.add(puts().first(1), Fault.holdAndReset());
    assertEquals(reset(), RAW.put("k", 1).end());
    assertEquals(1, rule.held());
    assertFalse(objects.contains("k"));
    assertEquals(200, RAW.put("k", 2).status());
    rule.release();
    assertArrayEquals(new byte[] {1}, objects.get("k"));
    assertEquals(0, rule.held());
  }

  @Test
  void aHeldWriteKeepsItsConditionUntilItHappens() throws IOException {
    FaultRule rule = faults.add(puts().first(1), Fault.holdAndAnswer(503, "SlowDown"));
    String etag = objects.put("k", new byte[] {1});
    RawClient.Answer answer = RAW.put("k", 2, "If-Match", etag);
    assertEquals(503, answer.status());
    assertEquals(RawClient.End.ANSWERED, answer.end());
    assertEquals(200, RAW.put("k", 3).status());
    rule.release();
    assertArrayEquals(new byte[] {3}, objects.get("k"));
    assertEquals(List.of(503, 200), statuses());
  }

  @Test
  void aHeldWriteHappensByItselfAfterItsTime() throws Exception {
    FaultRule rule = faults.add(puts().first(1), Fault.holdAndReset(Duration.ofMillis(200)));
    assertEquals(reset(), RAW.put("k", 1).end());
    for (int i = 0; i < 500 && rule.held() > 0; i++) {
      Thread.sleep(10);
    }
    assertArrayEquals(new byte[] {1}, objects.get("k"));
  }

  @Test
  void aHeldWriteThatIsDiscardedNeverHappens() throws IOException {
    FaultRule rule = faults.add(puts().first(1), Fault.holdAndReset());
    assertEquals(reset(), RAW.put("k", 1).end());
    rule.discard();
    assertEquals(0, rule.held());
    assertFalse(objects.contains("k"));
  }

  @Test
  void aTruncatedBodyIsShorterThanItsLength() throws IOException {
    objects.put("k", new byte[100_000]);
    faults.add(RequestMatch.of(S3Operation.GET_OBJECT).first(1), Fault.truncateBody(70_000));
    RawClient.Answer answer = RAW.get("k");
    assertEquals(RawClient.End.CLOSED, answer.end());
    assertEquals("100000", answer.headers().get("content-length"));
    assertEquals(70_000, answer.text().length());
    assertEquals(70_000, SERVER.account().snapshot().requests().get(0).responseBytes());
    assertEquals(100_000, CLIENT.get("k").length);
  }

  @Test
  void latencyAppliesToEveryRequest() {
    faults.latency(Duration.ofMillis(150));
    put("k", 1);
    CLIENT.get("k");
    for (RequestRecord request : SERVER.account().snapshot().requests()) {
      assertTrue(request.endNanos() - request.startNanos() >= 150_000_000, request.toString());
    }
  }

  @Test
  void aDelayAppliesToWhatItsRuleMatchesAndCombines() {
    faults.add(puts(), Fault.delay(Duration.ofMillis(100)));
    faults.add(puts().first(1), Fault.conditionalRequestConflict());
    assertEquals(409, put("k", 1));
    RequestRecord request = SERVER.account().snapshot().requests().get(0);
    assertTrue(request.endNanos() - request.startNanos() >= 100_000_000, request.toString());
  }

  @Test
  void bandwidthIsSharedByAllBodies() {
    byte[] body = new byte[200_000];
    objects.put("k", body);
    faults.bandwidth(1_000_000);
    long start = System.nanoTime();
    CompletableFuture<?> up = CompletableFuture.runAsync(() -> CLIENT.put("k2", body));
    CLIENT.get("k");
    up.join();
    double seconds = (System.nanoTime() - start) / 1e9;
    assertTrue(seconds >= 0.35, "400 kB at 1 MB/s took " + seconds + " s");
  }

  @Test
  void bandwidthCanBeThatOfEachDirection() {
    byte[] body = new byte[200_000];
    faults.bandwidthEachWay(1_000_000);
    for (Runnable work : List.<Runnable>of(() -> CLIENT.put("k", body), () -> CLIENT.get("k"))) {
      long start = System.nanoTime();
      work.run();
      double seconds = (System.nanoTime() - start) / 1e9;
      assertTrue(seconds >= 0.18, "200 kB at 1 MB/s took " + seconds + " s");
    }
  }

  @Test
  void chanceIsTheSameForTheSameSeed() {
    faults.seed(42);
    List<Integer> first = randomRun();
    faults.clear();
    faults.seed(42);
    assertEquals(first, randomRun());
    assertTrue(first.contains(200) && first.contains(409), first.toString());
  }

  @Test
  void rulesSelectByKeyQueryAndPlace() {
    FaultRule rule =
        faults.add(
            RequestMatch.any().bucket(BUCKET).keyPrefix("a/").method("PUT").every(2),
            Fault.error(418, "Teapot"));
    assertEquals(200, put("b/1", 1));
    assertEquals(200, put("a/1", 1));
    assertEquals(418, put("a/2", 1));
    assertEquals(200, put("a/3", 1));
    assertEquals(418, put("a/4", 1));
    rule.remove();
    assertEquals(200, put("a/5", 1));
    assertEquals(200, put("a/6", 1));
    FaultRule lists = faults.add(RequestMatch.any().query("list-type"), Fault.error(418, "Teapot"));
    assertEquals(
        418, Client.statusOf(() -> Client.await(CLIENT.s3.listObjectsV2(r -> r.bucket(BUCKET)))));
    assertEquals(1, lists.fired());
  }

  private List<Integer> randomRun() {
    faults.add(puts().probability(0.5), Fault.conditionalRequestConflict());
    List<Integer> statuses = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      statuses.add(put("k", i));
    }
    return statuses;
  }

  private static List<Integer> statuses() {
    return SERVER.account().snapshot().requests().stream().map(RequestRecord::status).toList();
  }

  private static RawClient.End reset() {
    return RawClient.End.RESET;
  }

  private static RequestMatch puts() {
    return RequestMatch.of(S3Operation.PUT_OBJECT);
  }

  private static int put(String key, int body) {
    return Client.statusOf(() -> CLIENT.put(key, new byte[] {(byte) body}));
  }
}
