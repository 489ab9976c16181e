package io.github.s3vfs.internal.layout.snapshot;

import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** The file of one version from its beginning to its end, fetched ahead. Not thread-safe. */
final class SnapshotContent implements Iterator<byte[]> {
  private static final int CHUNK_BYTES = 1 << 20;
  private static final int MAX_AHEAD = 16 << 20;

  /** More is fetched when one of so many parts of what is ahead was read. */
  private static final int PARTS = 8;

  private final Snapshot snapshot;
  private final long pagesPerChunk;
  private final long ahead;
  private long next = 1;
  private long fetched = 1;

  /**
   * @param cacheBytes what the cache takes
   */
  SnapshotContent(Snapshot snapshot, long cacheBytes) {
    this.snapshot = snapshot;
    int pageSize = Math.max(512, snapshot.record().pageSize());
    this.pagesPerChunk = CHUNK_BYTES / pageSize;
    this.ahead = Math.max(1, Math.min(MAX_AHEAD, cacheBytes / 4) / pageSize);
  }

  @Override
  public boolean hasNext() {
    return next <= snapshot.record().pageCount();
  }

  @Override
  public byte[] next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    if (fetched - next <= ahead - ahead / PARTS) {
      long until = next + ahead;
      snapshot.prefetch(Math.max(next, fetched), until);
      snapshot.prefetchMap(until, until + ahead);
      fetched = until;
    }
    long end = Math.min(next + pagesPerChunk, snapshot.record().pageCount() + 1);
    int pageSize = snapshot.record().pageSize();
    ByteBuffer chunk = ByteBuffer.allocate((int) (end - next) * pageSize);
    snapshot.read(chunk, (next - 1) * pageSize);
    next = end;
    return chunk.array();
  }
}
