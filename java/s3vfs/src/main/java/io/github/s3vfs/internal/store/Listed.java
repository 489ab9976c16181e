package io.github.s3vfs.internal.store;

/**
 * One object of a listing.
 *
 * @param key its key
 * @param size its length in bytes
 * @param etag its ETag, opaque, comparable with that of a GET or PUT
 */
public record Listed(String key, long size, String etag) {}
