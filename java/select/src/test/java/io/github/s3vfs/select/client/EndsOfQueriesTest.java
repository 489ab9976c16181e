package io.github.s3vfs.select.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.CSVInput;
import software.amazon.awssdk.services.s3.model.SelectObjectContentEventStream;
import software.amazon.awssdk.services.s3.model.SelectObjectContentRequest;
import software.amazon.awssdk.services.s3.model.SelectObjectContentResponse;
import software.amazon.awssdk.services.s3.model.SelectObjectContentResponseHandler;

/** Whatever a program does, its query ends, and tells so. */
class EndsOfQueriesTest {
  private static final int PATIENCE = 60;
  private static final SelectObjectContentRequest ALL =
      Requests.of("k", "select * from s3object", b -> {});
  private static final byte[] SMALL = {'a', '\n'};

  /** A program that fails in one of its methods. */
  private static final class Failing
      implements SelectObjectContentResponseHandler, Subscriber<SelectObjectContentEventStream> {
    private final String where;
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final CountDownLatch subscribed = new CountDownLatch(1);
    private volatile @Nullable Subscription subscription;
    private volatile @Nullable SdkPublisher<SelectObjectContentEventStream> publisher;

    Failing(String where) {
      this.where = where;
    }

    private void called(String name) {
      calls.add(name);
      if (name.equals(where)) {
        throw new IllegalStateException("on purpose");
      }
    }

    void cancel() throws InterruptedException {
      assertTrue(subscribed.await(PATIENCE, TimeUnit.SECONDS));
      Subscription known = subscription;
      if (known != null) {
        known.cancel();
      }
    }

    @Override
    public void responseReceived(SelectObjectContentResponse response) {
      called("responseReceived");
    }

    @Override
    public void onEventStream(SdkPublisher<SelectObjectContentEventStream> newPublisher) {
      publisher = newPublisher;
      called("onEventStream");
      newPublisher.subscribe(this);
    }

    @Override
    public void exceptionOccurred(Throwable throwable) {
      called("exceptionOccurred");
    }

    @Override
    public void complete() {
      called("complete");
    }

    @Override
    public void onSubscribe(Subscription newSubscription) {
      subscription = newSubscription;
      called("onSubscribe");
      newSubscription.request(Long.MAX_VALUE);
      subscribed.countDown();
    }

    @Override
    public void onNext(SelectObjectContentEventStream event) {
      called("onNext");
    }

    @Override
    public void onError(Throwable throwable) {
      called("onError");
    }

    @Override
    public void onComplete() {
      called("onComplete");
    }
  }

  private static void fails(String where, String calls) throws Exception {
    Failing handler = new Failing(where);
    try (S3AsyncClient client = SelectS3AsyncClient.over(new HeldStore(SMALL))) {
      CompletableFuture<Void> done = client.selectObjectContent(ALL, handler);
      ExecutionException e =
          assertThrows(ExecutionException.class, () -> done.get(PATIENCE, TimeUnit.SECONDS), where);
      assertTrue(String.valueOf(e.getCause()).contains("on purpose"), e.toString());
    }
    assertEquals(calls, String.join(" ", handler.calls));
  }

  @Test
  void aHandlerThatFailsEndsTheQuery() throws Exception {
    fails("responseReceived", "responseReceived exceptionOccurred");
    fails("onEventStream", "responseReceived onEventStream exceptionOccurred");
    fails("onSubscribe", "responseReceived onEventStream onSubscribe exceptionOccurred");
    fails("onNext", "responseReceived onEventStream onSubscribe onNext onError exceptionOccurred");
  }

  @Test
  void behindItsEndAQueryHasNoError() throws Exception {
    fails(
        "complete",
        "responseReceived onEventStream onSubscribe onNext onNext onNext onComplete complete");
  }

  @Test
  void aSubscriberThatComesTooLateIsToldOfTheError() throws Exception {
    Failing handler = new Failing("onEventStream");
    try (S3AsyncClient client = SelectS3AsyncClient.over(new HeldStore(SMALL))) {
      CompletableFuture<Void> done = client.selectObjectContent(ALL, handler);
      assertThrows(ExecutionException.class, () -> done.get(PATIENCE, TimeUnit.SECONDS));
      Failing late = new Failing("nowhere");
      SdkPublisher<SelectObjectContentEventStream> known = handler.publisher;
      if (known != null) {
        known.subscribe(late);
      }
      assertEquals(List.of("onSubscribe", "onError"), late.calls);
    }
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "waited too long");
      Thread.sleep(5);
    }
  }

  private static byte[] lines(int size) {
    byte[] lines = new byte[size];
    Arrays.fill(lines, (byte) 'a');
    for (int i = 99; i < size; i += 100) {
      lines[i] = '\n';
    }
    return lines;
  }

  @Test
  void cancellingTheSubscriptionGivesUpWhatTheStoreDoesNotAnswer() throws Exception {
    HeldStore store = new HeldStore(lines(8 << 20), 2 << 20, null);
    try (S3AsyncClient client = SelectS3AsyncClient.over(store)) {
      Failing handler = new Failing("nowhere");
      CompletableFuture<Void> done = client.selectObjectContent(ALL, handler);
      await(() -> store.open.size() > 1 && handler.calls.contains("onNext"));
      handler.cancel();
      assertThrows(CancellationException.class, () -> done.get(PATIENCE, TimeUnit.SECONDS));
      await(() -> store.open.stream().allMatch(CompletableFuture::isCancelled));
      assertFalse(handler.calls.contains("onError"), handler.calls.toString());
    }
  }

  @Test
  void aFutureThatEndsInAnyWayGivesUpWhatTheStoreDoesNotAnswer() throws Exception {
    for (boolean timeout : new boolean[] {false, true}) {
      HeldStore store = new HeldStore(lines(8 << 20), 0, null);
      try (S3AsyncClient client = SelectS3AsyncClient.over(store)) {
        CompletableFuture<Void> done = client.selectObjectContent(ALL, new Failing("nowhere"));
        await(() -> !store.open.isEmpty());
        assertTrue(
            timeout ? done.completeExceptionally(new TimeoutException()) : done.cancel(true));
        await(() -> store.open.stream().allMatch(CompletableFuture::isCancelled));
      }
    }
  }

  private static boolean aQueryRuns() {
    return Thread.getAllStackTraces().values().stream()
        .anyMatch(
            stack -> Arrays.stream(stack).anyMatch(f -> f.getClassName().endsWith(".ClientRun")));
  }

  @Test
  void cancellingEndsAQueryThatComputes() throws Exception {
    ByteArrayOutputStream member = new ByteArrayOutputStream();
    byte[] lines = lines(1 << 20);
    try (GZIPOutputStream gzip = new GZIPOutputStream(member)) {
      for (int i = 0; i < 300; i++) {
        gzip.write(lines);
      }
    }
    ByteArrayOutputStream stored = new ByteArrayOutputStream();
    for (int i = 0; i < 40; i++) {
      member.writeTo(stored);
    }
    SelectObjectContentRequest none =
        Requests.of(
            "k",
            "select count(*) from s3object where _1 like '%b%'",
            b ->
                b.inputSerialization(
                    in -> in.csv(CSVInput.builder().build()).compressionType("GZIP")));
    try (S3AsyncClient client = SelectS3AsyncClient.over(new HeldStore(stored.toByteArray()))) {
      await(() -> !aQueryRuns());
      CompletableFuture<Void> done = client.selectObjectContent(none, new Failing("nowhere"));
      await(EndsOfQueriesTest::aQueryRuns);
      assertTrue(done.cancel(true));
      long start = System.nanoTime();
      await(() -> !aQueryRuns());
      long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
      assertTrue(took < 10_000, took + " ms");
    }
  }

  @Test
  void theNextQueryOfTheThreadIsNotInterrupted() throws Exception {
    HeldStore store = new HeldStore(lines(8 << 20), 0, null);
    try (S3AsyncClient held = SelectS3AsyncClient.over(store)) {
      CompletableFuture<Void> first = held.selectObjectContent(ALL, new Failing("nowhere"));
      await(() -> !store.open.isEmpty());
      assertTrue(first.cancel(true));
      await(() -> !aQueryRuns());
    }
    try (S3AsyncClient client = SelectS3AsyncClient.over(new HeldStore(lines(3 << 20)))) {
      for (int i = 0; i < 20; i++) {
        Failing cancelling = new Failing("nowhere");
        CompletableFuture<Void> first = client.selectObjectContent(ALL, cancelling);
        cancelling.cancel();
        Failing whole = new Failing("nowhere");
        client.selectObjectContent(ALL, whole).get(PATIENCE, TimeUnit.SECONDS);
        assertTrue(whole.calls.contains("complete"), whole.calls.toString());
        first.cancel(true);
      }
    }
  }

  @Test
  void whatTheClientBehindThrowsIsNoDamageOfTheObject() throws Exception {
    HeldStore store =
        new HeldStore(lines(6 << 20), 2 << 20, new IllegalStateException("on purpose"));
    try (S3AsyncClient client = SelectS3AsyncClient.over(store)) {
      Answer answer = Answer.of(client, ALL);
      assertEquals("500 InternalError", answer.error());
      assertTrue(String.valueOf(answer.told()).contains("on purpose"), answer.error());
    }
  }
}
