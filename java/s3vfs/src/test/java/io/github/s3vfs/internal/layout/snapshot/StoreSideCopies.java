package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.store.ByteRange;
import io.github.s3vfs.internal.store.Condition;
import io.github.s3vfs.internal.store.CopySource;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
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
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** A store in memory that copies objects, and does nothing else with large ones. */
final class StoreSideCopies implements LargeObjects {
  private final InMemoryObjectStore store;

  /** Is told the number of each request, from 1, before it takes effect; may fail it. */
  IntConsumer before = number -> {};

  int requests;

  StoreSideCopies(InMemoryObjectStore store) {
    this.store = store;
  }

  @Override
  public CompletableFuture<StoredObject> copy(
      CopySource source, String key, @Nullable ObjectAttributes attributes, Condition condition) {
    try {
      before.accept(++requests);
      byte[] bytes = store.peek(source.key());
      if (bytes == null) {
        throw new S3VfsException(ErrorKind.NOT_FOUND, source + " is missing");
      }
      store.poke(key, bytes);
      return CompletableFuture.completedFuture(new StoredObject("\"copy\"", null));
    } catch (S3VfsException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public String bucket() {
    return store.bucket();
  }

  @Override
  public Duration deadline(long bytes) {
    return copyDeadline();
  }

  @Override
  public Duration copyDeadline() {
    return SnapshotFixture.TIMEOUT;
  }

  @Override
  public long maxPut() {
    return 0;
  }

  private static UnsupportedOperationException unused() {
    return new UnsupportedOperationException();
  }

  @Override
  public CompletableFuture<ObjectHead> head(String key, @Nullable String versionId) {
    throw unused();
  }

  @Override
  public CompletableFuture<Map<String, String>> tags(String key, @Nullable String versionId) {
    throw unused();
  }

  @Override
  public CompletableFuture<byte[]> read(CopySource source, ByteRange range) {
    throw unused();
  }

  @Override
  public CompletableFuture<StoredObject> put(
      String key, List<ByteBuffer> body, ObjectAttributes attributes, Condition condition) {
    throw unused();
  }

  @Override
  public CompletableFuture<String> begin(String key, ObjectAttributes attributes) {
    throw unused();
  }

  @Override
  public CompletableFuture<UploadedPart> part(
      String key,
      String uploadId,
      int number,
      List<ByteBuffer> body,
      @Nullable String checksumAlgorithm) {
    throw unused();
  }

  @Override
  public CompletableFuture<UploadedPart> partCopy(
      String key,
      String uploadId,
      int number,
      CopySource source,
      ByteRange range,
      @Nullable String checksumAlgorithm) {
    throw unused();
  }

  @Override
  public CompletableFuture<StoredObject> complete(
      String key,
      String uploadId,
      List<UploadedPart> parts,
      @Nullable String checksumAlgorithm,
      Condition condition) {
    throw unused();
  }

  @Override
  public CompletableFuture<Void> abort(String key, String uploadId) {
    throw unused();
  }

  @Override
  public CompletableFuture<Void> delete(String key) {
    throw unused();
  }

  @Override
  public CompletableFuture<List<Listed>> list(String prefix) {
    throw unused();
  }
}
