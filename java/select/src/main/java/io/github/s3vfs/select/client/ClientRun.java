package io.github.s3vfs.select.client;

import io.github.s3vfs.select.Dialect;
import io.github.s3vfs.select.ObjectSource;
import io.github.s3vfs.select.Pushdown;
import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import io.github.s3vfs.select.SelectLimits;
import io.github.s3vfs.select.internal.events.ApiException;
import io.github.s3vfs.select.internal.events.EventSink;
import io.github.s3vfs.select.internal.events.SelectCall;
import io.github.s3vfs.select.internal.events.SelectRun;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.awscore.DefaultAwsResponseMetadata;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3ResponseMetadata;
import software.amazon.awssdk.services.s3.model.SelectObjectContentEventStream;
import software.amazon.awssdk.services.s3.model.SelectObjectContentRequest;
import software.amazon.awssdk.services.s3.model.SelectObjectContentResponse;
import software.amazon.awssdk.services.s3.model.SelectObjectContentResponseHandler;

/** One call of {@code selectObjectContent}; runs in a thread of its own. */
final class ClientRun implements Runnable, EventSink {
  private static final int OK = 200;

  private final S3AsyncClient client;
  private final SelectObjectContentRequest request;
  private final SelectObjectContentResponseHandler handler;
  private final Dialect dialect;
  private final SelectLimits limits;
  private final Pushdown pushdown;
  private final EventPublisher events = new EventPublisher();
  private final CompletableFuture<Void> outcome = new CompletableFuture<>();
  private boolean begun;

  /** Whether it has told, or tells, that it has all: then it can not tell of a failure any more. */
  private boolean completed;

  /** Whether nothing is left to cancel. */
  private volatile boolean ended;

  ClientRun(
      S3AsyncClient client,
      SelectObjectContentRequest request,
      SelectObjectContentResponseHandler handler,
      Dialect dialect,
      SelectLimits limits,
      Pushdown pushdown) {
    this.client = client;
    this.request = request;
    this.handler = handler;
    this.dialect = dialect;
    this.limits = limits;
    this.pushdown = pushdown;
    // Also where the program itself has completed it, as by a timeout.
    var unused =
        outcome.whenComplete(
            (done, failure) -> {
              if (!ended) {
                events.cancel();
              }
            });
  }

  /** How it ends; to cancel it cancels the query. */
  CompletableFuture<Void> outcome() {
    return outcome;
  }

  @Override
  public void run() {
    try {
      events.enter();
      SelectCall call = SelectCall.of(request, dialect, limits).withPushdown(pushdown);
      if (!outcome.isDone()) {
        ObjectSource source = ClientObjectSource.of(client, request);
        SelectRun.run(call, source, this);
        events.leave();
        completed = true;
        events.complete();
        handler.complete();
      }
      ended = true;
      outcome.complete(null);
    } catch (Throwable failure) {
      events.leave();
      ended = true;
      failed(failure);
    }
  }

  /** The answer begins with the first event: until then a failure is one of the request. */
  @Override
  public void accept(SelectObjectContentEventStream event) {
    if (!begun) {
      begun = true;
      events.leave();
      handler.responseReceived(
          (SelectObjectContentResponse)
              SelectObjectContentResponse.builder()
                  .responseMetadata(
                      S3ResponseMetadata.create(DefaultAwsResponseMetadata.create(Map.of())))
                  .sdkHttpResponse(SdkHttpResponse.builder().statusCode(OK).build())
                  .build());
      handler.onEventStream(events);
      events.enter();
    }
    events.accept(event);
  }

  private void failed(Throwable failure) {
    if (failure instanceof Cancelled || events.isCancelled()) {
      outcome.cancel(false);
      return;
    }
    Throwable told = toldOf(failure);
    if (completed) {
      outcome.completeExceptionally(told);
      return;
    }
    try {
      if (begun) {
        told = events.fail(told);
      }
      handler.exceptionOccurred(told);
    } catch (Throwable again) {
      if (again != told && !(again instanceof Cancelled)) {
        told.addSuppressed(again);
      }
    } finally {
      outcome.completeExceptionally(told);
    }
  }

  /** What the SDK's own client throws. */
  private Throwable toldOf(Throwable failure) {
    SdkException ofClient = ApiException.find(failure, SdkException.class);
    if (ofClient != null && !isReplaced(failure)) {
      return ofClient;
    } else if (!(failure instanceof RuntimeException)) {
      return failure;
    }
    ApiException e = ApiException.of(failure, dialect);
    return S3Exception.builder()
        .awsErrorDetails(
            AwsErrorDetails.builder()
                .errorCode(e.code())
                .errorMessage(e.getMessage())
                .serviceName("S3")
                .sdkHttpResponse(SdkHttpResponse.builder().statusCode(e.status()).build())
                .build())
        .statusCode(e.status())
        .message(e.getMessage())
        .cause(failure)
        .build();
  }

  private static boolean isReplaced(Throwable failure) {
    return failure instanceof SelectException e && e.error() == SelectError.OBJECT_CHANGED;
  }
}
