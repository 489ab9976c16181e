package io.github.s3vfs.internal.store;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is stored beside an object's bytes.
 *
 * @param contentType the Content-Type, or null
 * @param contentEncoding the Content-Encoding, or null
 * @param contentLanguage the Content-Language, or null
 * @param contentDisposition the Content-Disposition, or null
 * @param cacheControl the Cache-Control, or null
 * @param metadata the user's own, by name without "x-amz-meta-"
 * @param tags the object's tags; an answer never has them
 * @param storageClass as S3 names it; null for the default, which an answer leaves out
 * @param encryption AES256 or aws:kms, as S3 names it; null for the default
 * @param kmsKeyId the key for aws:kms, or null
 * @param checksumAlgorithm CRC32, CRC32C, CRC64NVME, SHA1 or SHA256; null for none
 */
public record ObjectAttributes(
    @Nullable String contentType,
    @Nullable String contentEncoding,
    @Nullable String contentLanguage,
    @Nullable String contentDisposition,
    @Nullable String cacheControl,
    Map<String, String> metadata,
    Map<String, String> tags,
    @Nullable String storageClass,
    @Nullable String encryption,
    @Nullable String kmsKeyId,
    @Nullable String checksumAlgorithm) {

  /** Nothing. */
  public static final ObjectAttributes NONE =
      new ObjectAttributes(
          null, null, null, null, null, Map.of(), Map.of(), null, null, null, null);

  /** Copies the maps. */
  public ObjectAttributes {
    metadata = Map.copyOf(metadata);
    tags = Map.copyOf(tags);
  }
}
