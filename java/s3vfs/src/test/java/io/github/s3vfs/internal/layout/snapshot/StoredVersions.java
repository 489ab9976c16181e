package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.internal.layout.MemoryPageCache;
import io.github.s3vfs.internal.store.Meter;
import io.github.s3vfs.internal.store.ObjectStore;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.SortedSet;

/**
 * Versions of a database, committed one after the other without SQLite. The pages of version v say
 * which page they are, and v.
 */
final class StoredVersions {
  static final String KEY = "db";
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final ObjectStore store;
  private final int pageSize;
  private final long cacheBytes;
  private final boolean incompressible;
  private Head head;

  /** What the last commit encoded its head as. */
  private byte[] headBytes = new byte[0];

  /**
   * @param incompressible whether pages are so, or else mostly zeros
   */
  StoredVersions(
      ObjectStore store, Head head, int pageSize, long cacheBytes, boolean incompressible) {
    this.incompressible = incompressible;
    this.store = store;
    this.head = head;
    this.headBytes = head.encode();
    this.pageSize = pageSize;
    this.cacheBytes = cacheBytes;
  }

  VersionRecord record() {
    return head.record();
  }

  int headLength() {
    return headBytes.length;
  }

  /** As another process would read it, that has nothing in its cache. */
  Snapshot open() {
    return snapshot(Head.decode(headBytes, "head").record(), segments());
  }

  /** A version that is stored as the record says, and not otherwise. */
  static Snapshot snapshot(VersionRecord stored, Segments segments) {
    return new Snapshot(
        stored,
        0,
        segments,
        (record, missing) -> {
          throw missing;
        });
  }

  private Segments segments() {
    return new Segments(
        store,
        KEY,
        new FrameCache(cacheBytes, new Meter()),
        MemoryPageCache.pages(cacheBytes),
        TIMEOUT,
        Surroundings.real());
  }

  /**
   * Commits pages.
   *
   * @param kept how many pages of the version before are kept
   */
  void commit(SortedSet<Long> pages, long kept, long pageCount) {
    VersionRecord before = head.record();
    Segments segments = segments();
    SnapshotUpload upload =
        new SnapshotUpload(
            segments,
            new Uploads(store, KEY, 64 << 20, TIMEOUT),
            before.uuid(),
            head.epoch(),
            Nonce.fresh(),
            8 << 20,
            pageSize);
    upload.pages(
        pages.stream().mapToLong(p -> p).toArray(), page -> page(page, before.version() + 1));
    long zerosFrom = kept < before.pageCount() ? kept + 1 : 0;
    SnapshotUpload.Result result =
        upload.commit(
            head,
            new SnapshotUpload.Change(pageCount, false, zerosFrom, new long[] {1}),
            Instant.ofEpochSecond(1_700_000_000 + before.version()));
    head = head.next(result.place(), result.record(), result.bytes(), Nonce.fresh());
    headBytes = head.encode();
  }

  private byte[] page(long page, long version) {
    ByteBuffer bytes = ByteBuffer.allocate(pageSize).putLong(page).putLong(version);
    if (incompressible) {
      byte[] rest = new byte[bytes.remaining()];
      new Random(page).nextBytes(rest);
      bytes.put(rest);
    }
    return bytes.array();
  }

  /** The version that has stored a page, 0 if it is zeros, or -1 if it is another page. */
  static long versionOf(Snapshot snapshot, long page) {
    ByteBuffer start = ByteBuffer.allocate(16);
    snapshot.read(page, 0, start, 16);
    long number = start.getLong(0);
    long version = start.getLong(8);
    return number == (version == 0 ? 0 : page) ? version : -1;
  }
}
