package io.github.s3vfs.testkit;

import java.io.InputStream;
import java.util.concurrent.locks.Lock;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectResponse;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/**
 * A store whose reads see one version of an object, and whose single writes are ordered with
 * conditional ones.
 *
 * <p>The stores of s3proxy read an object's ETag and then open its content; a write in between
 * gives the ETag of one version with the bytes of another. Here both happen under the object's lock
 * (the content is read after it: an open file outlives its replacement). Batch deletes come here
 * key by key.
 */
final class LockedBlobStore extends ForwardingBlobStore {

  private final KeyLocks locks;

  LockedBlobStore(BlobStore store, KeyLocks locks) {
    super(store);
    this.locks = locks;
  }

  @Override
  public ResponseInputStream<GetObjectResponse> getBlob(GetObjectRequest request) {
    Lock lock = locks.of(request.bucket(), request.key());
    lock.lock();
    try {
      return super.getBlob(request);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public HeadObjectResponse blobMetadata(HeadObjectRequest request) {
    Lock lock = locks.of(request.bucket(), request.key());
    lock.lock();
    try {
      return super.blobMetadata(request);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public PutObjectResponse putBlob(PutObjectRequest request, InputStream payload) {
    Lock lock = locks.of(request.bucket(), request.key());
    lock.lock();
    try {
      return super.putBlob(request, payload);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public DeleteObjectResponse removeBlob(DeleteObjectRequest request) {
    Lock lock = locks.of(request.bucket(), request.key());
    lock.lock();
    try {
      return super.removeBlob(request);
    } finally {
      lock.unlock();
    }
  }
}
