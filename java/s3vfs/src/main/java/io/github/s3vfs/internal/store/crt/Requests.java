package io.github.s3vfs.internal.store.crt;

import io.github.s3vfs.S3RequestConfig;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectsRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.RequestPayer;

/**
 * Requests to one bucket with what the settings put into each of them.
 *
 * @param bucket its name
 * @param config the settings
 */
record Requests(String bucket, S3RequestConfig config) {

  private @Nullable RequestPayer payer() {
    return config.requesterPays() ? RequestPayer.REQUESTER : null;
  }

  GetObjectRequest.Builder get(String key) {
    return GetObjectRequest.builder()
        .bucket(bucket)
        .key(key)
        .requestPayer(payer())
        .expectedBucketOwner(config.expectedBucketOwner());
  }

  HeadObjectRequest.Builder head(String key) {
    return HeadObjectRequest.builder()
        .bucket(bucket)
        .key(key)
        .requestPayer(payer())
        .expectedBucketOwner(config.expectedBucketOwner());
  }

  PutObjectRequest.Builder put(String key) {
    return PutObjectRequest.builder()
        .bucket(bucket)
        .key(key)
        .serverSideEncryption(config.encryption())
        .ssekmsKeyId(config.kmsKeyId())
        .storageClass(config.storageClass())
        .requestPayer(payer())
        .expectedBucketOwner(config.expectedBucketOwner());
  }

  DeleteObjectRequest.Builder delete(String key) {
    return DeleteObjectRequest.builder()
        .bucket(bucket)
        .key(key)
        .requestPayer(payer())
        .expectedBucketOwner(config.expectedBucketOwner());
  }

  DeleteObjectsRequest.Builder deleteAll() {
    return DeleteObjectsRequest.builder()
        .bucket(bucket)
        .requestPayer(payer())
        .expectedBucketOwner(config.expectedBucketOwner());
  }

  ListObjectsV2Request.Builder list(String prefix) {
    return ListObjectsV2Request.builder()
        .bucket(bucket)
        .prefix(prefix)
        .requestPayer(payer())
        .expectedBucketOwner(config.expectedBucketOwner());
  }
}
