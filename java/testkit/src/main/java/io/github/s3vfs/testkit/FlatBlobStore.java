package io.github.s3vfs.testkit;

import java.io.BufferedInputStream;
import java.io.InputStream;
import java.util.List;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.gaul.s3proxy.blobstore.domain.MultipartUpload;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectResponse;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.ObjectCannedACL;
import software.amazon.awssdk.services.s3.model.Part;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * A store with S3's flat keys over one that keeps them as paths: every key goes through {@link
 * StoredName}.
 *
 * <p>Versioning is not offered.
 */
final class FlatBlobStore extends ForwardingBlobStore {

  /** So many bytes of an object are read at once. */
  private static final int READ_AHEAD = 64 * 1024;

  FlatBlobStore(BlobStore store) {
    super(store);
  }

  @Override
  public boolean supportsVersioning() {
    return false;
  }

  @Override
  public ListObjectsV2Response list(ListObjectsV2Request request) {
    String prefix = request.prefix() == null ? "" : request.prefix();
    String startAfter = request.startAfter();
    ListObjectsV2Response page =
        super.list(
            request.toBuilder()
                .prefix(StoredName.ofPrefix(prefix))
                .startAfter(startAfter == null ? null : StoredName.of(startAfter))
                .continuationToken(StoredName.ofToken(request.continuationToken()))
                .build());
    return page.toBuilder()
        .contents(
            page.contents().stream()
                .map(object -> object.toBuilder().key(StoredName.key(object.key())).build())
                .filter(object -> object.key().startsWith(prefix))
                .toList())
        .commonPrefixes(
            page.commonPrefixes().stream()
                .map(common -> common.toBuilder().prefix(StoredName.key(common.prefix())).build())
                .toList())
        .nextContinuationToken(StoredName.token(page.nextContinuationToken()))
        .build();
  }

  @Override
  public boolean blobExists(String bucket, String key) {
    return super.blobExists(bucket, StoredName.of(key));
  }

  @Override
  public PutObjectResponse putBlob(PutObjectRequest request, InputStream payload) {
    return super.putBlob(request.toBuilder().key(StoredName.of(request.key())).build(), payload);
  }

  @Override
  public CopyObjectResponse copyBlob(CopyObjectRequest request) {
    return super.copyBlob(
        request.toBuilder()
            .sourceKey(StoredName.of(request.sourceKey()))
            .destinationKey(StoredName.of(request.destinationKey()))
            .build());
  }

  @Override
  public HeadObjectResponse blobMetadata(HeadObjectRequest request) {
    return super.blobMetadata(request.toBuilder().key(StoredName.of(request.key())).build());
  }

  @Override
  public ResponseInputStream<GetObjectResponse> getBlob(GetObjectRequest request) {
    ResponseInputStream<GetObjectResponse> stored =
        super.getBlob(request.toBuilder().key(StoredName.of(request.key())).build());
    // s3proxy copies it in small steps, each of which would be a read of the file.
    Long length = stored.response().contentLength();
    int room = length == null ? READ_AHEAD : (int) Math.max(1, Math.min(READ_AHEAD, length));
    return new ResponseInputStream<>(stored.response(), new BufferedInputStream(stored, room));
  }

  @Override
  public DeleteObjectResponse removeBlob(DeleteObjectRequest request) {
    return super.removeBlob(request.toBuilder().key(StoredName.of(request.key())).build());
  }

  @Override
  public ObjectCannedACL getBlobAccess(String bucket, String key) {
    return super.getBlobAccess(bucket, StoredName.of(key));
  }

  @Override
  public ObjectCannedACL getBlobAccess(String bucket, String key, @Nullable String versionId) {
    return super.getBlobAccess(bucket, StoredName.of(key), versionId);
  }

  @Override
  public void setBlobAccess(String bucket, String key, ObjectCannedACL access) {
    super.setBlobAccess(bucket, StoredName.of(key), access);
  }

  @Override
  public MultipartUpload initiateMultipartUpload(CreateMultipartUploadRequest request) {
    MultipartUpload stored =
        super.initiateMultipartUpload(
            request.toBuilder().key(StoredName.of(request.key())).build());
    return new MultipartUpload(stored.id(), request, stored.response());
  }

  @Override
  public void abortMultipartUpload(MultipartUpload upload) {
    super.abortMultipartUpload(stored(upload));
  }

  @Override
  public CompleteMultipartUploadResponse completeMultipartUpload(
      MultipartUpload upload, CompleteMultipartUploadRequest request) {
    return super.completeMultipartUpload(
        stored(upload), request.toBuilder().key(StoredName.of(upload.blobName())).build());
  }

  @Override
  public UploadPartResponse uploadMultipartPart(
      MultipartUpload upload, UploadPartRequest request, InputStream payload) {
    return super.uploadMultipartPart(
        stored(upload), request.toBuilder().key(StoredName.of(upload.blobName())).build(), payload);
  }

  @Override
  public List<Part> listMultipartUpload(MultipartUpload upload) {
    return super.listMultipartUpload(stored(upload));
  }

  @Override
  public List<software.amazon.awssdk.services.s3.model.MultipartUpload> listMultipartUploads(
      String bucket) {
    return super.listMultipartUploads(bucket).stream()
        .map(upload -> upload.toBuilder().key(StoredName.key(upload.key())).build())
        .toList();
  }

  private static MultipartUpload stored(MultipartUpload upload) {
    String key = StoredName.of(upload.blobName());
    return new MultipartUpload(
        upload.id(), upload.request().toBuilder().key(key).build(), upload.response());
  }
}
