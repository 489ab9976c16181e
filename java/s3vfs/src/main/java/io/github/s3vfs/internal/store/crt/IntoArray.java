package io.github.s3vfs.internal.store.crt;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * Takes a body of known length into an array of that length, without copies that grow. An attempt
 * that fails is begun anew.
 */
final class IntoArray implements AsyncResponseTransformer<GetObjectResponse, byte[]> {
  private final RequestName name;
  private final int length;
  private volatile CompletableFuture<byte[]> result = new CompletableFuture<>();
  private volatile @Nullable String answered;

  /**
   * @param name with the range, for messages
   * @param length of the range in bytes
   */
  IntoArray(RequestName name, int length) {
    this.name = name;
    this.length = length;
  }

  @Override
  public CompletableFuture<byte[]> prepare() {
    result = new CompletableFuture<>();
    return result;
  }

  @Override
  public void onResponse(GetObjectResponse response) {
    answered = response.contentRange();
  }

  @Override
  public void onStream(SdkPublisher<ByteBuffer> publisher) {
    publisher.subscribe(new Filling(result));
  }

  @Override
  public void exceptionOccurred(Throwable error) {
    result.completeExceptionally(error);
  }

  private S3VfsException wrong(String what) {
    return new S3VfsException(ErrorKind.UNAVAILABLE, name + ": the answer holds " + what);
  }

  /** One attempt. Called by one thread at a time. */
  private final class Filling implements Subscriber<ByteBuffer> {
    private final CompletableFuture<byte[]> whole;
    private final byte[] body = new byte[length];
    private int filled;

    private Filling(CompletableFuture<byte[]> whole) {
      this.whole = whole;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(ByteBuffer bytes) {
      int count = bytes.remaining();
      if (count > length - filled) {
        whole.completeExceptionally(wrong("more than " + length + " bytes"));
      } else {
        bytes.get(body, filled, count);
        filled += count;
      }
    }

    @Override
    public void onError(Throwable error) {
      whole.completeExceptionally(error);
    }

    @Override
    public void onComplete() {
      String range = answered;
      if (range != null && !range.startsWith("bytes " + name.start() + "-")) {
        whole.completeExceptionally(wrong(range));
      } else if (filled < length) {
        whole.completeExceptionally(wrong(filled + " of " + length + " bytes"));
      } else {
        whole.complete(body);
      }
    }
  }
}
