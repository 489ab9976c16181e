package io.github.s3vfs.internal.store;

import io.github.s3vfs.S3VfsConfig;

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

  /** Gives back what this object made; clients passed in by a user stay open. */
  @Override
  void close();
}
