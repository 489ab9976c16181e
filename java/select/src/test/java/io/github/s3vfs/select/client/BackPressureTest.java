package io.github.s3vfs.select.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.s3vfs.testkit.S3Operation;
import io.github.s3vfs.testkit.S3TestServer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.SelectObjectContentEventStream;
import software.amazon.awssdk.services.s3.model.SelectObjectContentRequest;
import software.amazon.awssdk.services.s3.model.SelectObjectContentResponse;
import software.amazon.awssdk.services.s3.model.SelectObjectContentResponseHandler;

/** A query goes as far as its subscriber asks, and no further. */
class BackPressureTest {
  private static final int PARTS = 40;

  /** Those in the first answer, those that were read ahead, and the window of 8. */
  private static final int AHEAD = 11;

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final SelectObjectContentRequest ALL =
      Requests.of("large.csv", "select * from s3object", b -> {});

  private static S3TestServer store;
  private static S3AsyncClient client;

  /** A subscriber that asks when the test says so. */
  private static final class Slow
      implements SelectObjectContentResponseHandler, Subscriber<SelectObjectContentEventStream> {
    private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    private final CompletableFuture<Subscription> subscription = new CompletableFuture<>();
    private final CompletableFuture<SdkPublisher<SelectObjectContentEventStream>> publisher =
        new CompletableFuture<>();
    private @Nullable RuntimeException thrown;

    String next() throws InterruptedException {
      String text = seen.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      return text == null ? "nothing" : text;
    }

    @Override
    public void responseReceived(SelectObjectContentResponse response) {
      // Of no interest here.
    }

    @Override
    public void onEventStream(SdkPublisher<SelectObjectContentEventStream> newPublisher) {
      newPublisher.subscribe(this);
      publisher.complete(newPublisher);
    }

    @Override
    public void exceptionOccurred(Throwable throwable) {
      seen.add("exceptionOccurred " + throwable.getClass().getSimpleName());
    }

    @Override
    public void complete() {
      seen.add("complete");
    }

    @Override
    public void onSubscribe(Subscription newSubscription) {
      subscription.complete(newSubscription);
    }

    @Override
    public void onNext(SelectObjectContentEventStream event) {
      seen.add(Answer.text(event));
      if (thrown != null) {
        throw thrown;
      }
    }

    @Override
    public void onError(Throwable throwable) {
      seen.add("onError " + throwable.getClass().getSimpleName());
    }

    @Override
    public void onComplete() {
      seen.add("onComplete");
    }
  }

  @BeforeAll
  static void start() {
    store = S3TestServer.builder().inMemory().start();
    store.createBucket(Requests.BUCKET);
    byte[] line = "some text, and more of it\n".getBytes(StandardCharsets.US_ASCII);
    byte[] large = new byte[PARTS << 20];
    for (int i = 0; i < large.length; i++) {
      large[i] = line[i % line.length];
    }
    store.objects(Requests.BUCKET).put("large.csv", large);
    client = SelectS3AsyncClient.over(Requests.client(store, store.endpoint()));
  }

  @AfterAll
  static void stop() {
    client.close();
    store.close();
  }

  @BeforeEach
  void reset() {
    store.account().reset();
  }

  private static int gets() {
    return store.account().snapshot().count(S3Operation.GET_OBJECT);
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "waited too long");
      Thread.sleep(5);
    }
  }

  /** Whether a query's thread waits for its subscriber. */
  private static boolean queryWaits() {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(thread -> thread.getKey().getName().startsWith("s3vfs-select-"))
        .anyMatch(
            thread ->
                thread.getKey().getState() == Thread.State.WAITING
                    && Arrays.stream(thread.getValue())
                        .anyMatch(f -> f.getClassName().endsWith("EventPublisher")));
  }

  @Test
  void aSlowSubscriberKeepsTheObjectFromBeingFetched() throws Exception {
    Slow slow = new Slow();
    CompletableFuture<Void> done = client.selectObjectContent(ALL, slow);
    Subscription subscription = slow.subscription.get(30, TimeUnit.SECONDS);
    await(BackPressureTest::queryWaits);
    assertTrue(slow.seen.isEmpty());
    subscription.request(1);
    assertEquals("Records 65536", slow.next());
    await(() -> queryWaits() && store.account().inFlight() == 0);
    assertTrue(slow.seen.isEmpty());
    assertTrue(gets() <= AHEAD, gets() + " requests");
    subscription.request(2);
    subscription.request(1);
    for (int i = 0; i < 3; i++) {
      assertEquals("Records 65536", slow.next());
    }
    await(BackPressureTest::queryWaits);
    assertTrue(slow.seen.isEmpty());
    subscription.request(Long.MAX_VALUE);
    subscription.request(Long.MAX_VALUE);
    done.get(60, TimeUnit.SECONDS);
    // One more event than whole parts have: the last line gets its end.
    int events = (PARTS << 20) / 65536 + 1;
    for (int i = 4; i < events; i++) {
      assertTrue(slow.next().startsWith("Records "));
    }
    assertTrue(slow.next().startsWith("Stats "));
    assertEquals("End", slow.next());
    assertEquals("onComplete", slow.next());
    assertEquals("complete", slow.next());
    assertEquals(PARTS, gets());
  }

  @Test
  void cancellingInTheMiddleStopsFetching() throws Exception {
    Slow slow = new Slow();
    CompletableFuture<Void> done = client.selectObjectContent(ALL, slow);
    Subscription subscription = slow.subscription.get(30, TimeUnit.SECONDS);
    subscription.request(2);
    assertEquals("Records 65536", slow.next());
    assertEquals("Records 65536", slow.next());
    subscription.cancel();
    subscription.cancel();
    subscription.request(100);
    assertThrows(CancellationException.class, () -> done.get(30, TimeUnit.SECONDS));
    await(() -> store.account().inFlight() == 0);
    assertTrue(gets() <= AHEAD, gets() + " requests");
    assertTrue(slow.seen.isEmpty(), slow.seen.toString());
  }

  @Test
  void cancellingTheFutureStopsFetching() throws Exception {
    Slow slow = new Slow();
    CompletableFuture<Void> done = client.selectObjectContent(ALL, slow);
    slow.subscription.get(30, TimeUnit.SECONDS).request(1);
    assertEquals("Records 65536", slow.next());
    assertTrue(done.cancel(true));
    await(() -> !queryWaits() && store.account().inFlight() == 0);
    assertTrue(gets() <= AHEAD, gets() + " requests");
    assertTrue(slow.seen.isEmpty(), slow.seen.toString());
  }

  @Test
  void askingForNothingIsAnError() throws Exception {
    Slow slow = new Slow();
    CompletableFuture<Void> done = client.selectObjectContent(ALL, slow);
    slow.subscription.get(30, TimeUnit.SECONDS).request(0);
    assertEquals("onError IllegalArgumentException", slow.next());
    assertEquals("exceptionOccurred IllegalArgumentException", slow.next());
    ExecutionException e = assertThrows(ExecutionException.class, done::get);
    assertInstanceOf(IllegalArgumentException.class, e.getCause());
  }

  @Test
  void aSecondSubscriberIsRefused() throws Exception {
    Slow slow = new Slow();
    CompletableFuture<Void> done = client.selectObjectContent(ALL, slow);
    Slow second = new Slow();
    slow.publisher.get(30, TimeUnit.SECONDS).subscribe(second);
    assertEquals("onError IllegalStateException", second.next());
    slow.subscription.get().cancel();
    assertThrows(CancellationException.class, done::get);
  }

  @Test
  void aSubscriberThatFailsEndsTheQuery() throws Exception {
    Slow slow = new Slow();
    slow.thrown = new UnsupportedOperationException("on purpose");
    CompletableFuture<Void> done = client.selectObjectContent(ALL, slow);
    slow.subscription.get(30, TimeUnit.SECONDS).request(1);
    ExecutionException e = assertThrows(ExecutionException.class, done::get);
    assertTrue(String.valueOf(e.getCause()).contains("on purpose"), e.toString());
    assertTrue(gets() <= AHEAD, gets() + " requests");
  }

  @Test
  void anObjectThatIsReplacedMeanwhileIsAnError() throws Exception {
    byte[] bytes = store.objects(Requests.BUCKET).get("large.csv");
    store.objects(Requests.BUCKET).put("replaced.csv", bytes);
    Slow slow = new Slow();
    CompletableFuture<Void> done =
        client.selectObjectContent(ALL.toBuilder().key("replaced.csv").build(), slow);
    Subscription subscription = slow.subscription.get(30, TimeUnit.SECONDS);
    bytes[0] ^= 1;
    store.objects(Requests.BUCKET).put("replaced.csv", bytes);
    subscription.request(Long.MAX_VALUE);
    ExecutionException e = assertThrows(ExecutionException.class, done::get);
    assertTrue(String.valueOf(e.getCause()).contains("replaced"), e.toString());
  }

  @Test
  void aClosedClientTakesNoQueries() {
    S3AsyncClient closed = SelectS3AsyncClient.over(Requests.client(store, store.endpoint()));
    closed.close();
    assertThrows(IllegalStateException.class, () -> closed.selectObjectContent(ALL, new Slow()));
  }
}
