package io.github.s3vfs;

/**
 * What a VFS has done since it was registered. Immutable; the numbers are read one by one, so that
 * those of an operation under way may be there in part.
 *
 * @param gets GET and HEAD requests, as this library sent them: a client's own repetitions, and the
 *     parts into which it splits objects of more than 8 MiB, are not visible
 * @param puts PUT requests
 * @param deletes DELETE and DeleteObjects requests
 * @param lists ListObjectsV2 requests; a listing of several pages counts once
 * @param failures requests without success, lost conditions included
 * @param resent PUTs that were sent again after a conflict
 * @param bytesReceived bytes of objects that were read
 * @param bytesSent bytes of objects that were stored
 * @param cacheHits blocks that were read from memory
 * @param cacheMisses blocks that a reader had to wait for
 * @param cacheBytes size of the cache now, in bytes
 * @param commits transactions that were stored
 * @param upcalls calls of SQLite that Java answered
 */
public record S3VfsStats(
    long gets,
    long puts,
    long deletes,
    long lists,
    long failures,
    long resent,
    long bytesReceived,
    long bytesSent,
    long cacheHits,
    long cacheMisses,
    long cacheBytes,
    long commits,
    long upcalls) {

  /** All requests. */
  public long requests() {
    return gets + puts + deletes + lists;
  }
}
