package io.github.s3vfs.internal.store;

import org.jspecify.annotations.Nullable;

/**
 * What a copy on the store's side reads.
 *
 * @param bucket its bucket
 * @param key its key
 * @param versionId the version, or null for the newest
 * @param etag what it must have, so that nothing else is copied; null where its name cannot come
 *     back
 */
public record CopySource(
    String bucket, String key, @Nullable String versionId, @Nullable String etag) {

  /** That it is still what is wanted. */
  public Condition condition() {
    return etag == null ? Condition.NONE : Condition.ifMatch(etag);
  }

  /** As in "s3://bucket/key". */
  @Override
  public String toString() {
    return "s3://" + bucket + "/" + key;
  }
}
