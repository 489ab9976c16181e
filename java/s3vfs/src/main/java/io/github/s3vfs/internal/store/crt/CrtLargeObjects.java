package io.github.s3vfs.internal.store.crt;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.store.ByteRange;
import io.github.s3vfs.internal.store.Condition;
import io.github.s3vfs.internal.store.CopySource;
import io.github.s3vfs.internal.store.LargeObjects;
import io.github.s3vfs.internal.store.Listed;
import io.github.s3vfs.internal.store.ObjectAttributes;
import io.github.s3vfs.internal.store.ObjectHead;
import io.github.s3vfs.internal.store.StoredObject;
import io.github.s3vfs.internal.store.UploadedPart;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectTaggingRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.UploadPartCopyRequest;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/**
 * Large objects of a bucket of S3, or of a store that speaks its protocol. Does not own its client.
 * Thread-safe.
 *
 * <p>Each method is one request of the client, which repeats it by itself; a body that is sent
 * again comes from memory, and is the same.
 */
final class CrtLargeObjects implements LargeObjects {
  /** Slower than this no transfer is expected to be, in bytes per second. */
  private static final long SLOWEST = 256 << 10;

  /** How long the store may take to put parts together, or to copy. */
  private static final Duration LONGEST_WORK = Duration.ofMinutes(10);

  private final S3AsyncClient client;
  private final String bucket;
  private final StoreSettings settings;
  private final ClientGate gate;
  private final Requests requests;
  private final LargeRequests large;
  private final Calls calls;
  private final Calls longCalls;
  private final IfMatchPuts ifMatchPuts;

  CrtLargeObjects(S3AsyncClient client, String bucket, StoreSettings settings, ClientGate gate) {
    this.client = client;
    this.bucket = bucket;
    this.settings = settings;
    this.gate = gate;
    this.requests = new Requests(bucket, settings.requests());
    this.large = new LargeRequests(bucket, settings.requests());
    this.calls = new Calls(client, settings.requestTimeout(), gate);
    this.longCalls = new Calls(client, copyDeadline(), gate);
    this.ifMatchPuts = new IfMatchPuts(client, calls, requests);
  }

  @Override
  public String bucket() {
    return bucket;
  }

  @Override
  public Duration deadline(long bytes) {
    return settings.requestTimeout().plusSeconds(bytes / SLOWEST);
  }

  private Calls calls(long bytes) {
    return new Calls(client, deadline(bytes), gate);
  }

  @Override
  public Duration copyDeadline() {
    return settings.requestTimeout().plus(LONGEST_WORK);
  }

  @Override
  public long maxPut() {
    return settings.maxConditionalPut();
  }

  @Override
  public CompletableFuture<ObjectHead> head(String key, @Nullable String versionId) {
    HeadObjectRequest request =
        requests.head(key).versionId(versionId).checksumMode(ChecksumMode.ENABLED).build();
    return calls.send(
        new RequestName("HEAD", bucket, key), () -> client.headObject(request), LargeAnswers::head);
  }

  @Override
  public CompletableFuture<Map<String, String>> tags(String key, @Nullable String versionId) {
    GetObjectTaggingRequest request =
        GetObjectTaggingRequest.builder()
            .bucket(bucket)
            .key(key)
            .versionId(versionId)
            .expectedBucketOwner(settings.requests().expectedBucketOwner())
            .build();
    return calls.send(
        new RequestName("TAGS", bucket, key),
        () -> client.getObjectTagging(request),
        answer -> {
          Map<String, String> tags = new TreeMap<>();
          answer.tagSet().forEach(tag -> tags.put(tag.key(), tag.value()));
          return tags;
        });
  }

  @Override
  public CompletableFuture<byte[]> read(CopySource source, ByteRange range) {
    GetObjectRequest request =
        requests
            .get(source.key())
            .versionId(source.versionId())
            .range(range.header())
            .ifMatch(source.etag())
            .build();
    RequestName name = new RequestName("GET", bucket, source.key(), range, source.condition());
    int length = Math.toIntExact(range.length());
    return calls(length)
        .send(name, () -> client.getObject(request, new IntoArray(name, length)), body -> body);
  }

  @Override
  public CompletableFuture<StoredObject> put(
      String key, List<ByteBuffer> body, ObjectAttributes attributes, Condition condition) {
    RequestName name = new RequestName("PUT", bucket, key, null, condition);
    long length = LargeObjects.length(body);
    PutObjectRequest.Builder request = large.put(key, length, attributes);
    switch (condition.kind()) {
      case NONE -> {}
      case IF_ABSENT -> request.ifNoneMatch("*");
      case IF_MATCH -> {
        return ifMatchPuts.send(
            request.build(),
            () -> body(body),
            name,
            answer -> LargeAnswers.stored(answer.eTag(), answer.versionId()));
      }
      case IF_NONE_MATCH -> throw new IllegalArgumentException("a write is not IF_NONE_MATCH");
    }
    PutObjectRequest put = request.build();
    return calls(length)
        .send(
            name,
            () -> client.putObject(put, body(body)),
            answer -> LargeAnswers.stored(answer.eTag(), answer.versionId()));
  }

  @Override
  public CompletableFuture<String> begin(String key, ObjectAttributes attributes) {
    return calls.send(
        new RequestName("BEGIN UPLOAD", bucket, key),
        () -> client.createMultipartUpload(large.begin(key, attributes)),
        answer -> String.valueOf(answer.uploadId()));
  }

  @Override
  public CompletableFuture<UploadedPart> part(
      String key,
      String uploadId,
      int number,
      List<ByteBuffer> body,
      @Nullable String checksumAlgorithm) {
    long length = LargeObjects.length(body);
    UploadPartRequest request = large.part(key, uploadId, number, length, checksumAlgorithm);
    return calls(length)
        .send(
            new RequestName("PUT part " + number + " of", bucket, key),
            () -> client.uploadPart(request, body(body)),
            answer ->
                new UploadedPart(
                    number,
                    String.valueOf(answer.eTag()),
                    Checksums.of(answer, checksumAlgorithm)));
  }

  @Override
  public CompletableFuture<UploadedPart> partCopy(
      String key,
      String uploadId,
      int number,
      CopySource source,
      ByteRange range,
      @Nullable String checksumAlgorithm) {
    UploadPartCopyRequest request = large.partCopy(key, uploadId, number, source, range);
    RequestName name =
        new RequestName(
            "COPY " + source + " to part " + number + " of",
            bucket,
            key,
            range,
            source.condition());
    return longCalls.send(
        name,
        () -> client.uploadPartCopy(request),
        answer ->
            new UploadedPart(
                number,
                String.valueOf(answer.copyPartResult().eTag()),
                Checksums.of(answer.copyPartResult(), checksumAlgorithm)),
        failure -> {
          throw copyFailure(failure, name, source);
        });
  }

  @Override
  public CompletableFuture<StoredObject> complete(
      String key,
      String uploadId,
      List<UploadedPart> parts,
      @Nullable String checksumAlgorithm,
      Condition condition) {
    CompleteMultipartUploadRequest.Builder request =
        large.complete(key, uploadId, parts, checksumAlgorithm);
    switch (condition.kind()) {
      case NONE -> {}
      case IF_ABSENT -> request.ifNoneMatch("*");
      case IF_MATCH -> request.ifMatch(condition.etag());
      case IF_NONE_MATCH -> throw new IllegalArgumentException("a write is not IF_NONE_MATCH");
    }
    CompleteMultipartUploadRequest complete = request.build();
    return longCalls.send(
        new RequestName("COMPLETE UPLOAD", bucket, key, null, condition),
        () -> client.completeMultipartUpload(complete),
        answer -> LargeAnswers.stored(answer.eTag(), answer.versionId()));
  }

  @Override
  public CompletableFuture<Void> abort(String key, String uploadId) {
    RequestName name = new RequestName("ABORT UPLOAD", bucket, key);
    return calls.send(
        name,
        () -> client.abortMultipartUpload(large.abort(key, uploadId)),
        answer -> null,
        failure -> {
          if (Failures.status(failure) == 404 && !Failures.bucketIsMissing(failure)) {
            return null;
          }
          throw Failures.translate(failure, name);
        });
  }

  @Override
  public CompletableFuture<StoredObject> copy(
      CopySource source, String key, @Nullable ObjectAttributes attributes, Condition condition) {
    CopyObjectRequest.Builder request = large.copy(source, key, attributes);
    switch (condition.kind()) {
      case NONE -> {}
      case IF_ABSENT -> request.ifNoneMatch("*");
      case IF_MATCH -> request.ifMatch(condition.etag());
      case IF_NONE_MATCH -> throw new IllegalArgumentException("a write is not IF_NONE_MATCH");
    }
    CopyObjectRequest copy = request.build();
    RequestName name =
        new RequestName("COPY " + source + " to", bucket, key, null, source.condition());
    return longCalls.send(
        name,
        () -> client.copyObject(copy),
        answer ->
            LargeAnswers.stored(
                Objects.requireNonNull(answer.copyObjectResult(), "copyObjectResult").eTag(),
                answer.versionId()),
        failure -> {
          throw copyFailure(failure, name, source);
        });
  }

  private static S3VfsException copyFailure(
      Throwable failure, RequestName name, CopySource source) {
    S3VfsException translated = Failures.translate(failure, name);
    return translated.kind() != ErrorKind.CONFLICT
        ? translated
        : new S3VfsException(
            ErrorKind.CONFLICT,
            source
                + " has changed while it was copied; it had the ETag "
                + source.etag()
                + ": "
                + translated.getMessage(),
            translated);
  }

  @Override
  public CompletableFuture<Void> delete(String key) {
    return calls.send(
        new RequestName("DELETE", bucket, key),
        () -> client.deleteObject(requests.delete(key).build()),
        answer -> null);
  }

  @Override
  public CompletableFuture<List<Listed>> list(String prefix) {
    return Listings.objects(client, calls, requests, prefix);
  }

  private static AsyncRequestBody body(List<ByteBuffer> body) {
    return LargeObjects.length(body) > 0
        ? AsyncRequestBody.fromRemainingByteBuffersUnsafe(body.toArray(ByteBuffer[]::new))
        : AsyncRequestBody.empty();
  }
}
