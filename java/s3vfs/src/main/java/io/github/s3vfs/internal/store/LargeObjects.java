package io.github.s3vfs.internal.store;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The objects of one bucket that are moved in parts, or copied by the store. Thread-safe.
 *
 * <p>Every method starts one request and returns at once, and its future fails as those of {@link
 * ObjectStore} do. Each request ends by itself: within {@link #deadline} for its bytes.
 */
public interface LargeObjects {

  /** The bucket's name, for messages. */
  String bucket();

  /** How long a request may take that moves so many bytes. */
  Duration deadline(long bytes);

  /** How long the store may take to copy something, or to put parts together. */
  Duration copyDeadline();

  /** The largest body in bytes that {@link #put} takes. */
  long maxPut();

  /**
   * Asks for an object.
   *
   * @param versionId the version, or null for the newest
   * @return fails with {@code NOT_FOUND} if it is not there
   */
  CompletableFuture<ObjectHead> head(String key, @Nullable String versionId);

  /** The tags of an object. */
  CompletableFuture<Map<String, String>> tags(String key, @Nullable String versionId);

  /**
   * Reads a part of one version of an object.
   *
   * @param range lies within the object
   * @param source names the object, in this bucket, and the ETag that it must have
   * @return exactly these bytes; fails with {@code CONFLICT} if the object has changed
   */
  CompletableFuture<byte[]> read(CopySource source, ByteRange range);

  /**
   * Stores an object in one request.
   *
   * @param body what remains of these, one after the other; must not be changed until the future is
   *     done, nor after it failed. May be empty.
   */
  CompletableFuture<StoredObject> put(
      String key, List<ByteBuffer> body, ObjectAttributes attributes, Condition condition);

  /** Begins a multipart upload, and answers its id. */
  CompletableFuture<String> begin(String key, ObjectAttributes attributes);

  /**
   * Stores a part.
   *
   * @param body as for {@link #put}
   * @param checksumAlgorithm that of the upload
   */
  CompletableFuture<UploadedPart> part(
      String key,
      String uploadId,
      int number,
      List<ByteBuffer> body,
      @Nullable String checksumAlgorithm);

  /** How many bytes a body has. */
  static long length(List<ByteBuffer> body) {
    return body.stream().mapToLong(ByteBuffer::remaining).sum();
  }

  /**
   * Has the store copy a part of another object.
   *
   * @return fails with {@code CONFLICT} if the source has changed, {@code UNSUPPORTED} if the store
   *     does not copy
   */
  CompletableFuture<UploadedPart> partCopy(
      String key,
      String uploadId,
      int number,
      CopySource source,
      ByteRange range,
      @Nullable String checksumAlgorithm);

  /**
   * Makes an object of the parts. A failure with {@code NOT_FOUND} says that there is no such
   * upload any more, which may come from an earlier attempt that has had success.
   *
   * @param parts by number
   * @param checksumAlgorithm that of the upload
   */
  CompletableFuture<StoredObject> complete(
      String key,
      String uploadId,
      List<UploadedPart> parts,
      @Nullable String checksumAlgorithm,
      Condition condition);

  /** Gives an upload up, and its parts with it; one that is not there is no error. */
  CompletableFuture<Void> abort(String key, String uploadId);

  /**
   * Has the store copy a whole object of at most 5 GiB.
   *
   * @param attributes null to copy those of the source
   * @param condition of the object that is written
   * @return fails with {@code CONFLICT} if the source has changed or the condition does not hold,
   *     {@code UNSUPPORTED} if the store does not copy
   */
  CompletableFuture<StoredObject> copy(
      CopySource source, String key, @Nullable ObjectAttributes attributes, Condition condition);

  /** Deletes an object; one that is not there is no error. */
  CompletableFuture<Void> delete(String key);

  /** All objects whose key begins with the prefix, sorted by key. */
  CompletableFuture<List<Listed>> list(String prefix);
}
