package io.github.s3vfs.internal.store;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Large objects whose requests are counted: what asks as a GET, what stores, copies, begins or ends
 * an upload as a PUT. Thread-safe.
 */
public final class MeteredLargeObjects implements LargeObjects {
  private final LargeObjects objects;
  private final Meter meter;
  private final Metering metering;

  /** The requests to these objects count in this meter. */
  public MeteredLargeObjects(LargeObjects objects, Meter meter) {
    this.objects = objects;
    this.meter = meter;
    this.metering = new Metering(meter, objects.bucket());
  }

  @Override
  public String bucket() {
    return objects.bucket();
  }

  @Override
  public Duration deadline(long bytes) {
    return objects.deadline(bytes);
  }

  @Override
  public Duration copyDeadline() {
    return objects.copyDeadline();
  }

  @Override
  public long maxPut() {
    return objects.maxPut();
  }

  @Override
  public CompletableFuture<ObjectHead> head(String key, @Nullable String versionId) {
    return metering.of(meter.gets, "HEAD", key, () -> objects.head(key, versionId), answer -> 0);
  }

  @Override
  public CompletableFuture<Map<String, String>> tags(String key, @Nullable String versionId) {
    return metering.of(
        meter.gets, "GET tags", key, () -> objects.tags(key, versionId), answer -> 0);
  }

  @Override
  public CompletableFuture<byte[]> read(CopySource source, ByteRange range) {
    return metering.of(
        meter.gets,
        "GET",
        source.key(),
        () -> objects.read(source, range),
        body -> {
          meter.bytesReceived.add(body.length);
          return body.length;
        });
  }

  @Override
  public CompletableFuture<StoredObject> put(
      String key, List<ByteBuffer> body, ObjectAttributes attributes, Condition condition) {
    long bytes = LargeObjects.length(body);
    return metering.of(
        meter.puts,
        "PUT",
        key,
        () -> objects.put(key, body, attributes, condition),
        answer -> sent(bytes));
  }

  @Override
  public CompletableFuture<String> begin(String key, ObjectAttributes attributes) {
    return metering.of(meter.puts, "BEGIN", key, () -> objects.begin(key, attributes), answer -> 0);
  }

  @Override
  public CompletableFuture<UploadedPart> part(
      String key,
      String uploadId,
      int number,
      List<ByteBuffer> body,
      @Nullable String checksumAlgorithm) {
    long bytes = LargeObjects.length(body);
    return metering.of(
        meter.puts,
        "PART",
        key,
        () -> objects.part(key, uploadId, number, body, checksumAlgorithm),
        answer -> sent(bytes));
  }

  @Override
  public CompletableFuture<UploadedPart> partCopy(
      String key,
      String uploadId,
      int number,
      CopySource source,
      ByteRange range,
      @Nullable String checksumAlgorithm) {
    return metering.of(
        meter.puts,
        "PART COPY",
        key,
        () -> objects.partCopy(key, uploadId, number, source, range, checksumAlgorithm),
        answer -> range.length());
  }

  @Override
  public CompletableFuture<StoredObject> complete(
      String key,
      String uploadId,
      List<UploadedPart> parts,
      @Nullable String checksumAlgorithm,
      Condition condition) {
    return metering.of(
        meter.puts,
        "COMPLETE",
        key,
        () -> objects.complete(key, uploadId, parts, checksumAlgorithm, condition),
        answer -> 0);
  }

  @Override
  public CompletableFuture<Void> abort(String key, String uploadId) {
    return metering.of(
        meter.deletes, "ABORT", key, () -> objects.abort(key, uploadId), answer -> 0);
  }

  @Override
  public CompletableFuture<StoredObject> copy(
      CopySource source, String key, @Nullable ObjectAttributes attributes, Condition condition) {
    return metering.of(
        meter.puts,
        "COPY",
        key,
        () -> objects.copy(source, key, attributes, condition),
        answer -> 0);
  }

  @Override
  public CompletableFuture<Void> delete(String key) {
    return metering.of(meter.deletes, "DELETE", key, () -> objects.delete(key), answer -> 0);
  }

  @Override
  public CompletableFuture<List<Listed>> list(String prefix) {
    return metering.of(meter.lists, "LIST", prefix, () -> objects.list(prefix), answer -> 0);
  }

  private long sent(long bytes) {
    meter.bytesSent.add(bytes);
    return bytes;
  }
}
