package io.github.s3vfs.select.client;

import io.github.s3vfs.select.ObjectSource;
import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import io.github.s3vfs.select.SelectOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.SelectObjectContentRequest;

/**
 * An object in S3, read through a client of the AWS SDK, in the version that it has when this is
 * made: all further requests have its ETag as condition. Parts of 1 MiB are fetched ahead, first
 * two, then up to 8 at once.
 */
public final class ClientObjectSource implements ObjectSource {
  static final int PART = 1 << 20;

  /** How much is asked for first if a query does not begin at the beginning. */
  private static final int PROBE = 16 << 10;

  private static final int INVALID_RANGE = 416;
  private static final int PRECONDITION_FAILED = 412;

  private final S3AsyncClient client;
  private final GetObjectRequest request;
  private final byte[] first;
  private final long size;

  private ClientObjectSource(
      S3AsyncClient client, GetObjectRequest request, byte[] first, long size) {
    this.client = client;
    this.request = request;
    this.first = first;
    this.size = size;
  }

  /**
   * Asks for an object. One request, which brings its first MiB with it; two if the object is
   * empty.
   *
   * @param client stays the caller's to close
   * @param bucket its name
   * @param key of the object
   * @return the source
   * @throws software.amazon.awssdk.core.exception.SdkException what the client fails with, as
   *     {@code NoSuchKeyException}
   * @throws SelectException {@code INTERRUPTED}
   */
  public static ClientObjectSource of(S3AsyncClient client, String bucket, String key) {
    return open(client, GetObjectRequest.builder().bucket(bucket).key(key).build(), PART);
  }

  /**
   * The same for a request of one's own, without range and condition.
   *
   * @param client stays the caller's to close
   * @param request bucket and key, and what goes out with each request: the owner of the bucket,
   *     the payer, keys of an encryption (SSE-C), a configuration
   * @return the source
   * @throws software.amazon.awssdk.core.exception.SdkException what the client fails with
   * @throws SelectException {@code INTERRUPTED}
   */
  public static ClientObjectSource of(S3AsyncClient client, GetObjectRequest request) {
    return open(client, request, PART);
  }

  /** The object of a query, with what the query says about keys, owners and requests. */
  static ClientObjectSource of(S3AsyncClient client, SelectObjectContentRequest query) {
    GetObjectRequest.Builder request =
        GetObjectRequest.builder()
            .bucket(query.bucket())
            .key(query.key())
            .sseCustomerAlgorithm(query.sseCustomerAlgorithm())
            .sseCustomerKey(query.sseCustomerKey())
            .sseCustomerKeyMD5(query.sseCustomerKeyMD5())
            .expectedBucketOwner(query.expectedBucketOwner());
    query.overrideConfiguration().ifPresent(request::overrideConfiguration);
    boolean partial =
        query.scanRange() != null
            && (query.scanRange().start() == null || query.scanRange().start() > 0);
    return open(client, request.build(), partial ? PROBE : PART);
  }

  private static ClientObjectSource open(S3AsyncClient client, GetObjectRequest request, int part) {
    GetObjectRequest begin = request.toBuilder().range("bytes=0-" + (part - 1)).build();
    try {
      ResponseBytes<GetObjectResponse> answer =
          await(client.getObject(begin, AsyncResponseTransformer.toBytes()));
      GetObjectResponse head = answer.response();
      byte[] bytes = answer.asByteArrayUnsafe();
      return new ClientObjectSource(
          client, pinned(request, head.eTag()), bytes, size(head.contentRange(), bytes.length));
    } catch (S3Exception e) {
      if (e.statusCode() != INVALID_RANGE) {
        throw e;
      }
      // Only an empty object has no first byte.
      HeadObjectResponse head = await(client.headObject(head(request)));
      return new ClientObjectSource(
          client, pinned(request, head.eTag()), new byte[0], head.contentLength());
    }
  }

  private static GetObjectRequest pinned(GetObjectRequest request, @Nullable String etag) {
    return request.toBuilder().ifMatch(etag).build();
  }

  private static HeadObjectRequest head(GetObjectRequest request) {
    HeadObjectRequest.Builder head =
        HeadObjectRequest.builder()
            .bucket(request.bucket())
            .key(request.key())
            .sseCustomerAlgorithm(request.sseCustomerAlgorithm())
            .sseCustomerKey(request.sseCustomerKey())
            .sseCustomerKeyMD5(request.sseCustomerKeyMD5())
            .expectedBucketOwner(request.expectedBucketOwner())
            .requestPayer(request.requestPayer())
            .ifMatch(request.ifMatch());
    request.overrideConfiguration().ifPresent(head::overrideConfiguration);
    return head.build();
  }

  /** From {@code bytes 0-99/1000}. A store that does not do ranges has sent everything. */
  private static long size(@Nullable String contentRange, long received) {
    if (contentRange == null) {
      return received;
    }
    try {
      return Long.parseLong(contentRange.substring(contentRange.indexOf('/') + 1).strip());
    } catch (NumberFormatException e) {
      throw new SelectException(
          SelectError.READ_FAILED, "the store answered with Content-Range " + contentRange, e);
    }
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public String name() {
    return "s3://" + request.bucket() + "/" + request.key();
  }

  /**
   * Asks by SelectObjectContent, unless all of the object is here already. A store that answered
   * that it has no such thing is not asked again through this client. One more request finds out
   * that the object is still the same.
   */
  @Override
  public @Nullable String ask(String query, SelectOptions options) {
    if (first.length == size) {
      return null;
    }
    try {
      String answer = RemoteQuery.run(client, request, query, options);
      if (answer != null) {
        var unused = await(client.headObject(head(request)));
      }
      return answer;
    } catch (SdkException e) {
      return null; // reading it tells what is wrong
    }
  }

  @Override
  public InputStream open(long offset, long length) {
    long end = length > size - offset ? size : offset + length;
    int known = offset < first.length ? (int) (Math.min(end, first.length) - offset) : 0;
    InputStream head =
        known > 0
            ? new ByteArrayInputStream(first, (int) offset, known)
            : InputStream.nullInputStream();
    return new PartsStream(this::fetch, head, offset + known, end);
  }

  /** Also what the client throws at once is a failure of the part. */
  private CompletableFuture<byte[]> fetch(long from, long to) {
    CompletableFuture<ResponseBytes<GetObjectResponse>> answer;
    try {
      answer =
          client.getObject(
              request.toBuilder().range("bytes=" + from + "-" + (to - 1)).build(),
              AsyncResponseTransformer.toBytes());
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
    CompletableFuture<byte[]> bytes = answer.thenApply(ResponseBytes::asByteArrayUnsafe);
    var unused =
        bytes.whenComplete(
            (done, failure) -> {
              if (bytes.isCancelled()) {
                answer.cancel(true);
              }
            });
    return bytes;
  }

  /** A part, once it is there. */
  static byte[] part(CompletableFuture<byte[]> part) throws IOException {
    try {
      return await(part);
    } catch (S3Exception e) {
      if (e.statusCode() == PRECONDITION_FAILED) {
        throw new SelectException(
            SelectError.OBJECT_CHANGED, "the object was replaced while it was read", e);
      }
      throw new IOException(e.getMessage(), e);
    } catch (SdkException | IllegalStateException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** What comes of a request; throws what it failed with, or {@code INTERRUPTED}. */
  static <T> T await(CompletableFuture<T> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      future.cancel(true);
      Thread.currentThread().interrupt();
      throw new SelectException(SelectError.INTERRUPTED, "interrupted", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    }
  }
}
