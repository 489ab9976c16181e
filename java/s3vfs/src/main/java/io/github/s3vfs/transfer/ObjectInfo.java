package io.github.s3vfs.transfer;

import io.github.s3vfs.internal.store.ObjectAttributes;
import io.github.s3vfs.internal.store.ObjectHead;
import io.github.s3vfs.internal.store.StoredObject;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What S3 says of an object without its bytes. What S3 did not say is null.
 *
 * @param location where it is
 * @param size its length in bytes
 * @param etag its ETag with the quotes, opaque: two versions of an object differ in it
 * @param versionId its version, in a bucket that keeps versions
 * @param contentType the Content-Type
 * @param contentEncoding the Content-Encoding, as in {@code gzip}
 * @param contentLanguage the Content-Language
 * @param contentDisposition the Content-Disposition
 * @param cacheControl the Cache-Control
 * @param metadata the user's own, by name without {@code x-amz-meta-}
 * @param storageClass as S3 names it; null for STANDARD
 * @param serverSideEncryption as S3 names it: AES256 or aws:kms
 * @param kmsKeyId the key, where that is aws:kms
 * @param checksumAlgorithm CRC32, CRC32C, CRC64NVME, SHA1 or SHA256
 * @param lastModified when it was stored, by S3's clock; null after an upload, which is not told
 */
public record ObjectInfo(
    ObjectLocation location,
    long size,
    String etag,
    @Nullable String versionId,
    @Nullable String contentType,
    @Nullable String contentEncoding,
    @Nullable String contentLanguage,
    @Nullable String contentDisposition,
    @Nullable String cacheControl,
    Map<String, String> metadata,
    @Nullable String storageClass,
    @Nullable String serverSideEncryption,
    @Nullable String kmsKeyId,
    @Nullable String checksumAlgorithm,
    @Nullable Instant lastModified) {

  /** Copies the map. */
  public ObjectInfo {
    metadata = Map.copyOf(metadata);
  }

  static ObjectInfo of(ObjectLocation location, ObjectHead head) {
    return of(
        location,
        head.size(),
        head.etag(),
        head.versionId(),
        head.attributes(),
        head.lastModified());
  }

  static ObjectInfo of(
      ObjectLocation location, long size, StoredObject stored, ObjectAttributes attributes) {
    return of(location, size, stored.etag(), stored.versionId(), attributes, null);
  }

  private static ObjectInfo of(
      ObjectLocation location,
      long size,
      String etag,
      @Nullable String versionId,
      ObjectAttributes with,
      @Nullable Instant lastModified) {
    return new ObjectInfo(
        location,
        size,
        etag,
        versionId,
        with.contentType(),
        with.contentEncoding(),
        with.contentLanguage(),
        with.contentDisposition(),
        with.cacheControl(),
        with.metadata(),
        with.storageClass(),
        with.encryption(),
        with.kmsKeyId(),
        with.checksumAlgorithm(),
        lastModified);
  }
}
