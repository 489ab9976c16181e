package io.github.s3vfs.testkit;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * The objects of one bucket, reached inside the server: no request is made, no fault, policy or
 * account applies.
 *
 * <p>Each call on one object is atomic with regard to requests; calls on several objects are not.
 * Thread-safe.
 */
public final class BucketObjects {

  private final BlobStore store;
  private final String bucket;

  BucketObjects(BlobStore store, String bucket) {
    this.store = store;
    this.bucket = bucket;
  }

  /** All keys, sorted. */
  public List<String> keys() {
    return keys("");
  }

  /** The keys that start with {@code prefix}, sorted by their UTF-16 units. */
  public List<String> keys(String prefix) {
    TreeSet<String> keys = new TreeSet<>();
    String token = null;
    do {
      ListObjectsV2Response page =
          store.list(
              ListObjectsV2Request.builder()
                  .bucket(bucket)
                  .prefix(prefix.isEmpty() ? null : prefix)
                  .continuationToken(token)
                  .maxKeys(Integer.MAX_VALUE)
                  .build());
      for (S3Object object : page.contents()) {
        if (!StoredName.bookkeeping(object.key())) {
          keys.add(object.key());
        }
      }
      token = page.nextContinuationToken();
    } while (token != null);
    return new ArrayList<>(keys);
  }

  /**
   * An object's bytes.
   *
   * @throws NoSuchElementException when there is no such object
   */
  public byte[] get(String key) {
    return find(key).orElseThrow(() -> new NoSuchElementException(bucket + "/" + key));
  }

  /** An object's bytes, or empty when there is no such object. */
  public Optional<byte[]> find(String key) {
    try (ResponseInputStream<GetObjectResponse> stream = store.getBlob(bucket, key)) {
      return Optional.of(stream.readAllBytes());
    } catch (NoSuchKeyException absent) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether there is such an object. */
  public boolean contains(String key) {
    return metadata(key) != null;
  }

  /**
   * An object's ETag with its quotes, as a response would have it.
   *
   * @throws NoSuchElementException when there is no such object
   */
  public String etag(String key) {
    HeadObjectResponse metadata = metadata(key);
    if (metadata == null) {
      throw new NoSuchElementException(bucket + "/" + key);
    }
    return quoted(metadata.eTag());
  }

  /** Stores an object, replacing what is there, and returns its ETag with the quotes. */
  public String put(String key, byte[] bytes) {
    PutObjectResponse stored =
        store.putBlob(
            PutObjectRequest.builder()
                .bucket(bucket)
                .key(key)
                .contentLength((long) bytes.length)
                .build(),
            new ByteArrayInputStream(bytes));
    return quoted(stored.eTag());
  }

  /** Deletes an object; it need not exist. */
  public void delete(String key) {
    store.removeBlob(bucket, key);
  }

  /** The keys of the multipart uploads that were neither completed nor aborted, sorted. */
  public List<String> uploads() {
    return store.listMultipartUploads(bucket).stream()
        .map(software.amazon.awssdk.services.s3.model.MultipartUpload::key)
        .sorted()
        .toList();
  }

  /** Drops all multipart uploads that were neither completed nor aborted. */
  public void abortUploads() {
    for (software.amazon.awssdk.services.s3.model.MultipartUpload upload :
        store.listMultipartUploads(bucket)) {
      store.abortMultipartUpload(
          new org.gaul.s3proxy.blobstore.domain.MultipartUpload(
              upload.uploadId(),
              software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest.builder()
                  .bucket(bucket)
                  .key(upload.key())
                  .build(),
              null));
    }
  }

  /** Every object by key: a copy of the bucket. Requests meanwhile may show in it or not. */
  public Map<String, byte[]> snapshot() {
    Map<String, byte[]> copy = new TreeMap<>();
    for (String key : keys()) {
      find(key).ifPresent(bytes -> copy.put(key, bytes));
    }
    return copy;
  }

  /**
   * Makes the bucket hold exactly these objects. ETags depend on the bytes only, so they come back
   * too.
   */
  public void restore(Map<String, byte[]> snapshot) {
    for (String key : keys()) {
      if (!snapshot.containsKey(key)) {
        delete(key);
      }
    }
    snapshot.forEach(this::put);
  }

  private @Nullable HeadObjectResponse metadata(String key) {
    return store.blobMetadataIfPresent(bucket, key);
  }

  private static String quoted(String etag) {
    return etag.startsWith("\"") ? etag : '"' + etag + '"';
  }
}
