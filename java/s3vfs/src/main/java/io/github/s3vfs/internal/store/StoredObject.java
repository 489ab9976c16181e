package io.github.s3vfs.internal.store;

import org.jspecify.annotations.Nullable;

/**
 * The answer to a write.
 *
 * @param etag the new object's ETag, opaque
 * @param versionId its version, where the bucket keeps versions
 */
public record StoredObject(String etag, @Nullable String versionId) {}
