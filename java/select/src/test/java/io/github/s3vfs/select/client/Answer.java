package io.github.s3vfs.select.client;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.ProgressEvent;
import software.amazon.awssdk.services.s3.model.RecordsEvent;
import software.amazon.awssdk.services.s3.model.SelectObjectContentEventStream;
import software.amazon.awssdk.services.s3.model.SelectObjectContentRequest;
import software.amazon.awssdk.services.s3.model.SelectObjectContentResponse;
import software.amazon.awssdk.services.s3.model.SelectObjectContentResponseHandler;
import software.amazon.awssdk.services.s3.model.StatsEvent;

/** Everything that a program sees of one call of {@code selectObjectContent}. */
public final class Answer
    implements SelectObjectContentResponseHandler, Subscriber<SelectObjectContentEventStream> {
  private static final long PATIENCE_SECONDS = 60;

  private final List<String> events = new ArrayList<>();
  private final List<String> calls = new ArrayList<>();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private @Nullable Throwable failure;
  private @Nullable Throwable told;
  private @Nullable Subscription subscription;

  private Answer() {}

  /** Asks, and waits for the end. */
  public static Answer of(S3AsyncClient client, SelectObjectContentRequest request)
      throws Exception {
    Answer answer = new Answer();
    CompletableFuture<Void> done = client.selectObjectContent(request, answer);
    try {
      done.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      synchronized (answer) {
        answer.failure = e.getCause();
      }
    }
    return answer;
  }

  /** As in {@code Records 12}, {@code Stats 1 2 3}, {@code End}. */
  public synchronized List<String> events() {
    return List.copyOf(events);
  }

  /** What was called, without the events. */
  public synchronized List<String> calls() {
    return List.copyOf(calls);
  }

  /** The payloads. */
  public synchronized String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** What the future ended with, or null. */
  public synchronized @Nullable Throwable failure() {
    return failure;
  }

  /** What the handler was told, or null. */
  public synchronized @Nullable Throwable told() {
    return told;
  }

  /** Status and code of the failure, as in {@code 404 NoSuchKey}. */
  public synchronized String error() {
    return failure instanceof AwsServiceException e
        ? e.statusCode() + " " + e.awsErrorDetails().errorCode()
        : String.valueOf(failure);
  }

  @Override
  public synchronized void responseReceived(SelectObjectContentResponse response) {
    calls.add("response " + response.sdkHttpResponse().statusCode());
  }

  @Override
  public void onEventStream(SdkPublisher<SelectObjectContentEventStream> publisher) {
    synchronized (this) {
      calls.add("stream");
    }
    publisher.subscribe(this);
  }

  @Override
  public synchronized void exceptionOccurred(Throwable throwable) {
    calls.add("exception");
    told = throwable;
  }

  @Override
  public synchronized void complete() {
    calls.add("complete");
  }

  @Override
  public void onSubscribe(Subscription newSubscription) {
    subscription = newSubscription;
    newSubscription.request(1);
  }

  @Override
  public void onNext(SelectObjectContentEventStream event) {
    synchronized (this) {
      events.add(text(event));
      if (event instanceof RecordsEvent records) {
        bytes.writeBytes(records.payload().asByteArray());
      }
    }
    if (subscription != null) {
      subscription.request(1);
    }
  }

  static String text(SelectObjectContentEventStream event) {
    if (event instanceof RecordsEvent records) {
      return "Records " + records.payload().asByteArrayUnsafe().length;
    } else if (event instanceof StatsEvent stats) {
      return "Stats "
          + stats.details().bytesScanned()
          + " "
          + stats.details().bytesProcessed()
          + " "
          + stats.details().bytesReturned();
    } else if (event instanceof ProgressEvent progress) {
      return "Progress "
          + progress.details().bytesScanned()
          + " "
          + progress.details().bytesProcessed()
          + " "
          + progress.details().bytesReturned();
    }
    return event.sdkEventType().toString();
  }

  @Override
  public synchronized void onError(Throwable throwable) {
    calls.add("onError");
  }

  @Override
  public synchronized void onComplete() {
    calls.add("onComplete");
  }
}
