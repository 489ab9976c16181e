package io.github.s3vfs.testkit;

import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * A store as one key pair sees it: deletes are judged key by key, which is where the keys of a
 * batch delete are known.
 */
final class PolicedBlobStore extends ForwardingBlobStore {

  private final Policy policy;
  private final String accessKeyId;

  PolicedBlobStore(BlobStore store, Policy policy, String accessKeyId) {
    super(store);
    this.policy = policy;
    this.accessKeyId = accessKeyId;
  }

  @Override
  public DeleteObjectResponse removeBlob(DeleteObjectRequest request) {
    if (!StoredName.bookkeeping(request.key())
        && !policy.allows(accessKeyId, "s3:DeleteObject", request.bucket(), request.key())) {
      throw accessDenied();
    }
    return super.removeBlob(request);
  }

  private static S3Exception accessDenied() {
    return (S3Exception)
        S3Exception.builder()
            .statusCode(403)
            .message("Access Denied")
            .awsErrorDetails(
                AwsErrorDetails.builder()
                    .errorCode("AccessDenied")
                    .errorMessage("Access Denied")
                    .build())
            .build();
  }
}
