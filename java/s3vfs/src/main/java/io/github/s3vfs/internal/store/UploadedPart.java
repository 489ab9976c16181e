package io.github.s3vfs.internal.store;

import org.jspecify.annotations.Nullable;

/**
 * A stored part of a multipart upload.
 *
 * @param number 1 to 10,000
 * @param etag as the store gave it
 * @param checksum as the store gave it, if the upload has a checksum algorithm
 */
public record UploadedPart(int number, String etag, @Nullable String checksum) {}
