package io.github.s3vfs.internal.store;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsConfig;
import io.github.s3vfs.S3VfsException;

/** Opens buckets. Thread-safe. */
public interface ObjectStores extends AutoCloseable {

  /**
   * Begins to load what the first request will need, on another thread, and does not wait for that.
   * Sends no request; what fails, fails again with the first request.
   */
  default void prepare() {}

  /**
   * The objects of a bucket; sends no request.
   *
   * @param config names the endpoint, region and time-outs
   * @throws io.github.s3vfs.S3VfsException {@code INVALID} for settings that cannot be meant
   */
  ObjectStore bucket(String bucket, S3VfsConfig config);

  /**
   * The objects of a bucket, for moving large ones; sends no request.
   *
   * @param config names the endpoint, region and time-outs
   * @throws io.github.s3vfs.S3VfsException {@code INVALID} for settings that cannot be meant,
   *     {@code UNSUPPORTED} if these stores do not move large objects
   */
  default LargeObjects largeObjects(String bucket, S3VfsConfig config) {
    throw new S3VfsException(
        ErrorKind.UNSUPPORTED, "s3://" + bucket + ": this store does not move large objects");
  }

  /** Gives back what this object made; clients passed in by a user stay open. */
  @Override
  void close();
}
