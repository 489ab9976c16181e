package io.github.s3vfs.internal.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a HEAD.
 *
 * @param size the object's length in bytes
 * @param etag its ETag, opaque
 * @param versionId its version, where the bucket keeps versions
 * @param lastModified when it was stored, by the store's clock, or null if the answer had none
 * @param attributes what else is stored with it, without tags
 */
public record ObjectHead(
    long size,
    String etag,
    @Nullable String versionId,
    @Nullable Instant lastModified,
    ObjectAttributes attributes) {}
