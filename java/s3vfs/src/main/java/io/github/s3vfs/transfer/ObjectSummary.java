package io.github.s3vfs.transfer;

/**
 * An object as a listing shows it.
 *
 * @param location where it is
 * @param size its length in bytes
 * @param etag its ETag with the quotes
 */
public record ObjectSummary(ObjectLocation location, long size, String etag) {}
