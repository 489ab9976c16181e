package io.github.s3vfs.internal.store.crt;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.store.ByteRange;
import io.github.s3vfs.internal.store.Condition;
import io.github.s3vfs.internal.store.Fetched;
import io.github.s3vfs.internal.store.Listed;
import io.github.s3vfs.internal.store.ObjectStore;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/**
 * A bucket of S3, or of a store that speaks its protocol. Does not own its client. Thread-safe.
 *
 * <p>A GET or PUT of up to 8 MiB is one HTTP request, retries aside; the CRT client splits larger
 * GETs into ranges of one version of the object. Bodies of PUTs are copied, because the client may
 * still send them after a time-out.
 *
 * <p>The client repeats requests by itself. When a conditional PUT takes effect but its answer is
 * lost, its repetition meets its own effect: {@code CONFLICT} then comes from a write that has won,
 * and only what was written can tell.
 *
 * <p>As long as it is not known how the store wants ETags, a PUT under If-Match that is refused is
 * followed by a HEAD ({@link IfMatchPuts}).
 */
public final class CrtObjectStore implements ObjectStore {
  /** How often an object is read that changes while it is read. */
  private static final int MAX_READS = 3;

  private final S3AsyncClient client;
  private final String bucket;
  private final StoreSettings settings;
  private final Requests requests;
  private final Calls calls;
  private final IfMatchPuts ifMatchPuts;

  /**
   * @param client of any make; from {@link CrtClients}, or a user's own. Its responses must not be
   *     validated by checksum where one GET is to be one request ({@code WHEN_REQUIRED}).
   * @param bucket the bucket's name
   * @param settings what is known of the client and the store
   */
  public CrtObjectStore(S3AsyncClient client, String bucket, StoreSettings settings) {
    this(client, bucket, settings, new ClientGate());
  }

  /**
   * As the other one.
   *
   * @param gate of the client
   */
  CrtObjectStore(S3AsyncClient client, String bucket, StoreSettings settings, ClientGate gate) {
    this.client = client;
    this.bucket = bucket;
    this.settings = settings;
    this.requests = new Requests(bucket, settings.requests());
    this.calls = new Calls(client, settings.requestTimeout(), gate);
    this.ifMatchPuts = new IfMatchPuts(client, calls, requests);
  }

  @Override
  public String bucket() {
    return bucket;
  }

  @Override
  public CompletableFuture<Fetched> get(
      String key, @Nullable ByteRange range, Condition condition) {
    checkKey(key);
    RequestName name = new RequestName("GET", bucket, key, range, condition);
    GetObjectRequest.Builder request = requests.get(key);
    if (range != null) {
      request.range(range.header());
    }
    switch (condition.kind()) {
      case NONE -> {}
      case IF_MATCH -> request.ifMatch(condition.etag());
      case IF_NONE_MATCH -> request.ifNoneMatch(condition.etag());
      case IF_ABSENT -> throw new IllegalArgumentException("a read is not IF_ABSENT");
    }
    GetObjectRequest get = request.build();
    // Mostly one step; the odd ones are reads. A range behind the end is refused, often without
    // size and ETag: these are then asked for, and should the object have grown meanwhile, it is
    // read again; as it is when it was replaced while the client read it in parts.
    return Steps.run(
        1,
        attempt -> attempt % 2 == 1 ? getOnce(get, name, attempt) : headOnce(get, name, attempt));
  }

  private CompletableFuture<Steps.Outcome<Integer, Fetched>> getOnce(
      GetObjectRequest request, RequestName name, int attempt) {
    return calls.send(
        name,
        () -> client.getObject(request, new WholeBody()),
        answer -> Steps.last(Answers.found(answer, name)),
        failure -> {
          int status = Failures.status(failure);
          if (status == 412
              && !name.isUnder(Condition.Kind.IF_MATCH)
              && attempt < 2 * MAX_READS - 1) {
            return Steps.left(attempt + 2);
          }
          if (status != 416) {
            return Steps.last(withoutBody(failure, name));
          }
          Fetched empty = Answers.behindTheEnd(failure);
          boolean complete = Answers.isComplete(empty) && empty.objectSize() <= name.start();
          return complete ? Steps.last(empty) : Steps.left(attempt + 1);
        });
  }

  private CompletableFuture<Steps.Outcome<Integer, Fetched>> headOnce(
      GetObjectRequest get, RequestName name, int attempt) {
    HeadObjectRequest request =
        requests.head(get.key()).ifMatch(get.ifMatch()).ifNoneMatch(get.ifNoneMatch()).build();
    return calls.send(
        name,
        () -> client.headObject(request),
        answer -> {
          Fetched empty = Answers.behindTheEnd(answer);
          boolean grown = empty.objectSize() > name.start();
          if (grown && attempt >= 2 * MAX_READS) {
            throw new S3VfsException(
                ErrorKind.UNAVAILABLE,
                name + ": 416 for an object of " + empty.objectSize() + " bytes");
          }
          return grown ? Steps.left(attempt + 1) : Steps.last(empty);
        },
        failure -> Steps.last(withoutBody(failure, name)));
  }

  private static Fetched withoutBody(Throwable failure, RequestName name) {
    SdkHttpResponse http = Failures.response(failure);
    if (Failures.status(failure) == 304 && name.isUnder(Condition.Kind.IF_NONE_MATCH)) {
      String said = Answers.header(http, "ETag");
      return Fetched.notModified(
          said == null ? String.valueOf(name.condition().etag()) : said, Answers.date(http));
    }
    if (Failures.objectIsMissing(failure) && !name.isUnder(Condition.Kind.IF_MATCH)) {
      return Fetched.missing(Answers.date(http));
    }
    throw Failures.translate(failure, name);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException when the key or body is empty, the body too large, or the
   *     condition one for reads
   * @throws S3VfsException {@code UNSUPPORTED} when there is a condition and the body is larger
   *     than {@link StoreSettings#maxConditionalPut}
   */
  @Override
  public CompletableFuture<String> put(String key, byte[] body, Condition condition) {
    checkKey(key);
    if (body.length == 0 || body.length > StoreSettings.MAX_PUT) {
      throw new IllegalArgumentException("body of " + body.length + " bytes");
    }
    RequestName name = new RequestName("PUT", bucket, key, null, condition);
    PutObjectRequest.Builder request = requests.put(key).contentLength((long) body.length);
    switch (condition.kind()) {
      case NONE, IF_MATCH -> {}
      case IF_ABSENT -> request.ifNoneMatch("*");
      case IF_NONE_MATCH -> throw new IllegalArgumentException("a write is not IF_NONE_MATCH");
    }
    if (condition.kind() != Condition.Kind.NONE && body.length > settings.maxConditionalPut()) {
      return CompletableFuture.failedFuture(
          new S3VfsException(
              ErrorKind.UNSUPPORTED,
              name
                  + ": "
                  + body.length
                  + " bytes under a condition, but the client may split"
                  + " bodies of more than "
                  + settings.maxConditionalPut()));
    }
    if (condition.kind() == Condition.Kind.IF_MATCH) {
      return ifMatchPuts.send(
          request.build(),
          () -> AsyncRequestBody.fromBytesUnsafe(body),
          name,
          answer -> String.valueOf(answer.eTag()));
    }
    return calls.send(
        name,
        () -> client.putObject(request.build(), AsyncRequestBody.fromBytesUnsafe(body)),
        answer -> String.valueOf(answer.eTag()));
  }

  @Override
  public long maxConditionalPut() {
    return settings.maxConditionalPut();
  }

  @Override
  public CompletableFuture<Void> delete(String key) {
    checkKey(key);
    RequestName name = new RequestName("DELETE", bucket, key);
    return calls.send(
        name,
        () -> client.deleteObject(requests.delete(key).build()),
        answer -> null,
        failure -> {
          if (Failures.objectIsMissing(failure)) {
            return null;
          }
          throw Failures.translate(failure, name);
        });
  }

  @Override
  public CompletableFuture<Void> deleteAll(Collection<String> keys) {
    return Deletions.run(client, calls, requests, keys);
  }

  @Override
  public CompletableFuture<List<Listed>> list(String prefix) {
    return Listings.objects(client, calls, requests, prefix);
  }

  @Override
  public CompletableFuture<List<String>> listPrefixes(String prefix) {
    return Listings.prefixes(client, calls, requests, prefix);
  }

  private static void checkKey(String key) {
    if (key.isEmpty()) {
      throw new IllegalArgumentException("empty key");
    }
  }
}
