package io.github.s3vfs.testkit;

import java.io.InputStream;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.gaul.s3proxy.blobstore.domain.MultipartUpload;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectResponse;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/**
 * A store whose operations on one object are atomic, over one of s3proxy's, whose are not:
 *
 * <ul>
 *   <li>A read takes the object's ETag and then opens its content; a write in between gives the
 *       ETag of one version with the bytes of another. Here both happen under the object's lock.
 *       (The content itself is read after it: an open file outlives its replacement.)
 *   <li>A delete removes directories it leaves empty, under the feet of a write of another object
 *       in them. Here deletes exclude writes while they last.
 * </ul>
 *
 * <p>Batch deletes come here key by key. Locks are taken in this order: an object's, then that of
 * the directories.
 */
final class LockedBlobStore extends ForwardingBlobStore {

  private final KeyLocks locks;
  private final ReadWriteLock directories = new ReentrantReadWriteLock();

  LockedBlobStore(BlobStore store, KeyLocks locks) {
    super(store);
    this.locks = locks;
  }

  @Override
  public ResponseInputStream<GetObjectResponse> getBlob(GetObjectRequest request) {
    return underKey(request.bucket(), request.key(), () -> super.getBlob(request));
  }

  @Override
  public HeadObjectResponse blobMetadata(HeadObjectRequest request) {
    return underKey(request.bucket(), request.key(), () -> super.blobMetadata(request));
  }

  @Override
  public PutObjectResponse putBlob(PutObjectRequest request, InputStream payload) {
    return underKey(
        request.bucket(),
        request.key(),
        () -> under(directories.readLock(), () -> super.putBlob(request, payload)));
  }

  /** The request's thread holds the locks of both objects. */
  @Override
  public CopyObjectResponse copyBlob(CopyObjectRequest request) {
    return under(directories.readLock(), () -> super.copyBlob(request));
  }

  /**
   * Called on a thread that s3proxy starts for it, while the request's own thread holds the
   * object's lock and waits: so not under that lock again.
   */
  @Override
  public CompleteMultipartUploadResponse completeMultipartUpload(
      MultipartUpload upload, CompleteMultipartUploadRequest request) {
    return under(directories.readLock(), () -> super.completeMultipartUpload(upload, request));
  }

  @Override
  public DeleteObjectResponse removeBlob(DeleteObjectRequest request) {
    return underKey(
        request.bucket(),
        request.key(),
        () -> under(directories.writeLock(), () -> super.removeBlob(request)));
  }

  /**
   * Works under an object's lock. What s3proxy keeps about an upload needs none, and must have
   * none: it is touched under the lock of the object that is uploaded.
   */
  private <T> T underKey(String bucket, String key, Supplier<T> work) {
    return StoredName.bookkeeping(key) ? work.get() : under(locks.of(bucket, key), work);
  }

  private static <T> T under(Lock lock, Supplier<T> work) {
    lock.lock();
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }
}
