package io.github.s3vfs.internal.store.crt;

import io.github.s3vfs.S3RequestConfig;
import io.github.s3vfs.internal.store.ByteRange;
import io.github.s3vfs.internal.store.CopySource;
import io.github.s3vfs.internal.store.ObjectAttributes;
import io.github.s3vfs.internal.store.UploadedPart;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.AbortMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.MetadataDirective;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.RequestPayer;
import software.amazon.awssdk.services.s3.model.TaggingDirective;
import software.amazon.awssdk.services.s3.model.UploadPartCopyRequest;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/**
 * Requests that store large objects, with what the settings put into each of them. What an object's
 * own attributes say goes before the settings.
 *
 * @param bucket its name
 * @param config the settings
 */
record LargeRequests(String bucket, S3RequestConfig config) {

  private @Nullable RequestPayer payer() {
    return config.requesterPays() ? RequestPayer.REQUESTER : null;
  }

  PutObjectRequest.Builder put(String key, long length, ObjectAttributes with) {
    return PutObjectRequest.builder()
        .bucket(bucket)
        .key(key)
        .contentLength(length)
        .contentType(with.contentType())
        .contentEncoding(with.contentEncoding())
        .contentLanguage(with.contentLanguage())
        .contentDisposition(with.contentDisposition())
        .cacheControl(with.cacheControl())
        .metadata(with.metadata().isEmpty() ? null : with.metadata())
        .tagging(tagging(with.tags()))
        .storageClass(storageClass(with))
        .serverSideEncryption(encryption(with))
        .ssekmsKeyId(kmsKeyId(with))
        .checksumAlgorithm(with.checksumAlgorithm())
        .requestPayer(payer())
        .expectedBucketOwner(config.expectedBucketOwner());
  }

  CreateMultipartUploadRequest begin(String key, ObjectAttributes with) {
    return CreateMultipartUploadRequest.builder()
        .bucket(bucket)
        .key(key)
        .contentType(with.contentType())
        .contentEncoding(with.contentEncoding())
        .contentLanguage(with.contentLanguage())
        .contentDisposition(with.contentDisposition())
        .cacheControl(with.cacheControl())
        .metadata(with.metadata().isEmpty() ? null : with.metadata())
        .tagging(tagging(with.tags()))
        .storageClass(storageClass(with))
        .serverSideEncryption(encryption(with))
        .ssekmsKeyId(kmsKeyId(with))
        .checksumAlgorithm(with.checksumAlgorithm())
        .requestPayer(payer())
        .expectedBucketOwner(config.expectedBucketOwner())
        .build();
  }

  UploadPartRequest part(
      String key, String uploadId, int number, long length, @Nullable String algorithm) {
    return UploadPartRequest.builder()
        .bucket(bucket)
        .key(key)
        .uploadId(uploadId)
        .partNumber(number)
        .contentLength(length)
        .checksumAlgorithm(algorithm)
        .requestPayer(payer())
        .expectedBucketOwner(config.expectedBucketOwner())
        .build();
  }

  UploadPartCopyRequest partCopy(
      String key, String uploadId, int number, CopySource source, ByteRange range) {
    return UploadPartCopyRequest.builder()
        .destinationBucket(bucket)
        .destinationKey(key)
        .uploadId(uploadId)
        .partNumber(number)
        .sourceBucket(source.bucket())
        .sourceKey(source.key())
        .sourceVersionId(source.versionId())
        .copySourceIfMatch(source.etag())
        .copySourceRange(range.header())
        .requestPayer(payer())
        .expectedBucketOwner(config.expectedBucketOwner())
        .build();
  }

  CompleteMultipartUploadRequest.Builder complete(
      String key, String uploadId, List<UploadedPart> parts, @Nullable String algorithm) {
    List<CompletedPart> completed =
        parts.stream()
            .map(
                part -> {
                  CompletedPart.Builder each =
                      CompletedPart.builder().partNumber(part.number()).eTag(part.etag());
                  Checksums.put(each, algorithm, part.checksum());
                  return each.build();
                })
            .toList();
    return CompleteMultipartUploadRequest.builder()
        .bucket(bucket)
        .key(key)
        .uploadId(uploadId)
        .multipartUpload(upload -> upload.parts(completed))
        .requestPayer(payer())
        .expectedBucketOwner(config.expectedBucketOwner());
  }

  AbortMultipartUploadRequest abort(String key, String uploadId) {
    return AbortMultipartUploadRequest.builder()
        .bucket(bucket)
        .key(key)
        .uploadId(uploadId)
        .requestPayer(payer())
        .expectedBucketOwner(config.expectedBucketOwner())
        .build();
  }

  CopyObjectRequest.Builder copy(CopySource source, String key, @Nullable ObjectAttributes with) {
    CopyObjectRequest.Builder copy =
        CopyObjectRequest.builder()
            .sourceBucket(source.bucket())
            .sourceKey(source.key())
            .sourceVersionId(source.versionId())
            .copySourceIfMatch(source.etag())
            .destinationBucket(bucket)
            .destinationKey(key)
            .requestPayer(payer())
            .expectedBucketOwner(config.expectedBucketOwner());
    ObjectAttributes stored = with == null ? ObjectAttributes.NONE : with;
    copy.storageClass(storageClass(stored))
        .serverSideEncryption(encryption(stored))
        .ssekmsKeyId(kmsKeyId(stored));
    if (with != null) {
      copy.metadataDirective(MetadataDirective.REPLACE)
          .taggingDirective(TaggingDirective.REPLACE)
          .contentType(with.contentType())
          .contentEncoding(with.contentEncoding())
          .contentLanguage(with.contentLanguage())
          .contentDisposition(with.contentDisposition())
          .cacheControl(with.cacheControl())
          .metadata(with.metadata())
          .tagging(tagging(with.tags()))
          .checksumAlgorithm(with.checksumAlgorithm());
    }
    return copy;
  }

  private @Nullable String storageClass(ObjectAttributes with) {
    return with.storageClass() != null ? with.storageClass() : config.storageClass();
  }

  private @Nullable String encryption(ObjectAttributes with) {
    return with.encryption() != null ? with.encryption() : config.encryption();
  }

  private @Nullable String kmsKeyId(ObjectAttributes with) {
    return with.encryption() != null ? with.kmsKeyId() : config.kmsKeyId();
  }

  /** As the header x-amz-tagging wants them: a query string. */
  private static @Nullable String tagging(Map<String, String> tags) {
    return tags.isEmpty()
        ? null
        : new TreeMap<>(tags)
            .entrySet().stream()
                .map(tag -> encoded(tag.getKey()) + "=" + encoded(tag.getValue()))
                .collect(Collectors.joining("&"));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
