package io.github.s3vfs.testkit;

import static io.github.s3vfs.testkit.Client.BUCKET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.async.AsyncRequestBody;

class AccountTest {

  private static final S3TestServer SERVER = S3TestServer.builder().inMemory().start();
  private static final Client CLIENT = new Client(SERVER);

  @BeforeAll
  static void createBucket() {
    SERVER.createBucket(BUCKET);
  }

  @BeforeEach
  void reset() {
    SERVER.faults().clear();
    SERVER.account().reset();
  }

  @AfterAll
  static void stop() {
    CLIENT.close();
    SERVER.close();
  }

  @Test
  void namesEveryRequestAndItsBytes() {
    CLIENT.put("some key", new byte[100], r -> r.ifNoneMatch("*"));
    CLIENT.response("some key", r -> r.range("bytes=10-19"));
    assertEquals(404, Client.statusOf(() -> CLIENT.get("absent")));
    AccountSnapshot account = SERVER.account().snapshot();
    assertEquals(
        Map.of(S3Operation.PUT_OBJECT, 1, S3Operation.GET_OBJECT, 2), account.countByOperation());
    RequestRecord put = account.requests().get(0);
    assertEquals("some key", put.key());
    assertEquals(BUCKET, put.request().bucket());
    assertEquals("*", put.request().header("if-none-match"));
    assertTrue(put.request().conditional());
    assertEquals(SERVER.accessKeyId(), put.request().accessKeyId());
    assertNull(put.request().header("authorization"));
    assertEquals(100, put.requestBytes());
    assertEquals(200, put.status());
    RequestRecord get = account.requests().get(1);
    assertEquals("bytes=10-19", get.request().range());
    assertEquals(206, get.status());
    assertEquals(10, get.responseBytes());
    assertEquals(404, account.requests().get(2).status());
    assertEquals(100, account.where(r -> r.operation() == S3Operation.PUT_OBJECT).bytesIn());
  }

  @Test
  void aRequestIsInTheAccountWhenItsCallReturns() throws Exception {
    CLIENT.put("k", new byte[200_000]);
    for (int i = 0; i < 200; i++) {
      assertEquals(1, SERVER.account().measure(() -> CLIENT.get("k")).count());
      assertEquals(0, SERVER.account().inFlight());
    }
  }

  @Test
  void requestsThatDependOnEachOtherAreOneChain() throws Exception {
    AccountSnapshot account =
        SERVER
            .account()
            .measure(
                () -> {
                  for (int i = 0; i < 50; i++) {
                    CLIENT.put("chain", new byte[10]);
                  }
                });
    assertEquals(50, account.longestDependentChain(), account.toString());
    assertEquals(1, account.maxInFlight());
  }

  @Test
  void requestsSentTogetherAreNoChainUnderLatency() throws Exception {
    CLIENT.put("warm", new byte[1]);
    SERVER.faults().latency(Duration.ofSeconds(2));
    AccountSnapshot account =
        SERVER
            .account()
            .measure(
                () -> {
                  inParallel(8);
                  CLIENT.put("head", new byte[1]);
                });
    assertEquals(9, account.count());
    assertEquals(2, account.longestDependentChain(), account.toString());
    assertEquals(8, account.maxInFlight(), account.toString());
  }

  @Test
  void chainsAndFlightsAreThoseOfTheIntervals() {
    assertEquals(0, of().longestDependentChain());
    assertEquals(0, of().maxInFlight());
    assertEquals(1, of(0, 10).longestDependentChain());
    assertEquals(2, of(0, 10, 10, 20).longestDependentChain());
    assertEquals(1, of(0, 10, 10, 20).maxInFlight());
    assertEquals(1, of(0, 10, 9, 20).longestDependentChain());
    assertEquals(2, of(0, 10, 9, 20).maxInFlight());
    // One long request beside three short ones: the short ones are the chain.
    assertEquals(3, of(0, 100, 0, 10, 20, 30, 40, 50).longestDependentChain());
    assertEquals(2, of(0, 100, 0, 10, 20, 30, 40, 50).maxInFlight());
    assertEquals(3, of(0, 5, 1, 4, 2, 3).maxInFlight());
    assertEquals(1, of(0, 5, 1, 4, 2, 3).longestDependentChain());
    assertEquals(3, of(4, 4, 4, 4, 4, 4).longestDependentChain());
  }

  private static void inParallel(int count) {
    List<? extends CompletableFuture<?>> sent =
        IntStream.range(0, count)
            .mapToObj(
                i ->
                    CLIENT.s3.putObject(
                        r -> r.bucket(BUCKET).key("segment/" + i),
                        AsyncRequestBody.fromBytes(new byte[10])))
            .toList();
    sent.forEach(CompletableFuture::join);
  }

  private static AccountSnapshot of(long... startsAndEnds) {
    S3Request request =
        new S3Request("GET", S3Operation.GET_OBJECT, BUCKET, "k", Map.of(), Map.of(), "");
    return new AccountSnapshot(
        IntStream.range(0, startsAndEnds.length / 2)
            .mapToObj(
                i ->
                    new RequestRecord(
                        request, 200, 0, 0, startsAndEnds[2 * i], startsAndEnds[2 * i + 1]))
            .toList());
  }
}
