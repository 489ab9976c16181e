package io.github.s3vfs.internal.store.crt;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * Takes the body of an answer into one array: the one it comes in, if that is all of it, as with
 * the CRT client and ranges of up to a part; or else one of the length that its head says. That of
 * the SDK grows an array, and copies it at the end. For one request.
 */
final class WholeBody
    implements AsyncResponseTransformer<GetObjectResponse, ResponseBytes<GetObjectResponse>> {
  /** An array for a body whose head says nothing, or says too much to be believed. */
  private static final int FIRST = 8 << 10;

  private static final int MOST = 64 << 20;

  private volatile @Nullable GetObjectResponse head;
  private volatile CompletableFuture<byte[]> body = new CompletableFuture<>();

  /** Called for each attempt. */
  @Override
  public CompletableFuture<ResponseBytes<GetObjectResponse>> prepare() {
    CompletableFuture<byte[]> attempt = new CompletableFuture<>();
    body = attempt;
    return attempt.thenApply(
        bytes -> ResponseBytes.fromByteArrayUnsafe(Objects.requireNonNull(head), bytes));
  }

  @Override
  public void onResponse(GetObjectResponse response) {
    head = response;
  }

  @Override
  public void onStream(SdkPublisher<ByteBuffer> publisher) {
    GetObjectResponse known = head;
    Long said = known == null ? null : known.contentLength();
    long length = said == null ? -1 : said;
    publisher.subscribe(new Filler(body, length >= 0 && length <= MOST ? (int) length : FIRST));
  }

  @Override
  public void exceptionOccurred(Throwable failure) {
    body.completeExceptionally(failure);
  }

  private static final class Filler implements Subscriber<ByteBuffer> {
    private static final byte[] NOTHING = new byte[0];

    private final CompletableFuture<byte[]> result;
    private final int expected;
    private byte[] bytes = NOTHING;
    private int count;
    private @Nullable Subscription subscription;

    /**
     * @param expected length of the body
     */
    Filler(CompletableFuture<byte[]> result, int expected) {
      this.result = result;
      this.expected = expected;
    }

    @Override
    public void onSubscribe(Subscription offered) {
      if (subscription != null) {
        offered.cancel(); // Reactive Streams, rule 2.5
        return;
      }
      subscription = offered;
      offered.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(ByteBuffer part) {
      int length = part.remaining();
      byte[] all = count == 0 ? all(part) : null;
      if (all != null) {
        bytes = all;
      } else {
        if (length > bytes.length - count) {
          int least = count == 0 ? expected : 2 * bytes.length;
          bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(count, length), least));
        }
        part.get(bytes, count, length);
      }
      count += length;
    }

    /**
     * The array of a part, if it has the whole body and nothing else. Whoever has sent it does not
     * use it any more: the SDK's own subscribers keep what they get, too, to hand it out later.
     */
    private byte @Nullable [] all(ByteBuffer part) {
      boolean isAll =
          part.remaining() == expected
              && part.hasArray()
              && part.arrayOffset() == 0
              && part.array().length == expected;
      return isAll ? part.array() : null;
    }

    @Override
    public void onError(Throwable failure) {
      result.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      result.complete(count == bytes.length ? bytes : Arrays.copyOf(bytes, count));
    }
  }
}
