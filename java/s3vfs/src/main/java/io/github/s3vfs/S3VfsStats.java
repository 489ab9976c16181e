package io.github.s3vfs;

import java.time.Duration;

/**
 * What a VFS has done since it was registered. Immutable; the numbers are read one by one, so that
 * those of an operation under way may be there in part.
 *
 * @param gets GET and HEAD requests, as this library sent them: a client's own repetitions, and the
 *     parts into which it splits objects of more than 8 MiB, are not visible
 * @param puts PUT requests
 * @param deletes DELETE and DeleteObjects requests
 * @param lists ListObjectsV2 requests; a listing of several pages counts once
 * @param inFlight requests under way now
 * @param requestTime how long all requests that are over took, together: divided by their number,
 *     the mean
 * @param failures requests without success, lost conditions included
 * @param conflicts requests whose condition was lost, or that met another one on the same key: S3
 *     answered 412 or 409
 * @param resent PUTs that were sent again after a conflict
 * @param bytesReceived bytes of objects that were read
 * @param bytesSent bytes of objects that were stored
 * @param cacheHits pages and blocks that were read from memory
 * @param cacheMisses pages and blocks that a reader had to wait for
 * @param cacheBytes size of the caches now, in bytes: native memory, and on the heap
 * @param prefetched pages that came into memory before anybody wanted them, by read-ahead or
 *     because a whole database was prefetched. In the layout {@code snapshot} pages are stored in
 *     groups: all of a group that was fetched ahead count, and none of one that a reader had to
 *     wait for; nor do pages that were in memory. In {@code blocks}, blocks count, of the journal
 *     too
 * @param prefetchedUsed of these, pages that were read: each once, at its first read
 * @param prefetchedWasted of these, pages that were given up unread, or that did not fit. The
 *     others are still in memory, and may be read
 * @param diskHits frames that were not in memory, and were read from the disk
 * @param diskMisses frames that were in neither, while there is a cache on disk
 * @param diskBytes size of the cache on disk in bytes, as far as this process knows
 * @param commits transactions that were stored
 * @param refusals write transactions that could not begin because another process was writing, each
 *     try of SQLite's counted: {@code SQLITE_BUSY}, unless a later one within {@code busy_timeout}
 *     succeeded
 * @param upcalls calls of SQLite that Java answered
 */
public record S3VfsStats(
    long gets,
    long puts,
    long deletes,
    long lists,
    long inFlight,
    Duration requestTime,
    long failures,
    long conflicts,
    long resent,
    long bytesReceived,
    long bytesSent,
    long cacheHits,
    long cacheMisses,
    long cacheBytes,
    long prefetched,
    long prefetchedUsed,
    long prefetchedWasted,
    long diskHits,
    long diskMisses,
    long diskBytes,
    long commits,
    long refusals,
    long upcalls) {

  /**
   * All requests, those under way included.
   *
   * @return gets, puts, deletes and lists
   */
  public long requests() {
    return gets + puts + deletes + lists;
  }
}
