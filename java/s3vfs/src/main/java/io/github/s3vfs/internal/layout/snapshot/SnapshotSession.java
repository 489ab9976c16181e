package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.CachedPages;
import io.github.s3vfs.internal.layout.Session;
import io.github.s3vfs.internal.readahead.BTreeReadAhead;
import io.github.s3vfs.internal.readahead.SequentialReadAhead;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One connection's view of a {@link SnapshotVolume}: the version that its transaction reads. */
final class SnapshotSession implements Session {
  /** How long after the open its request may serve the first read transaction. */
  private static final long CONNECT_SERVES_NANOS = 1_000_000_000;

  /**
   * Groups of pages that the first step forward fetches ahead: 4 MiB. A database that is smaller is
   * then all there.
   */
  private static final int FIRST_WINDOW = 256;

  /** More than there are versions in the life of a process. */
  private static final long FAILURE = 1L << 40;

  private final SnapshotVolume volume;
  private final long connectedAt;
  private final long maxStalenessNanos;
  private SequentialReadAhead readAhead = new SequentialReadAhead(0);

  /** The bytes of the units that read-ahead counts in; 0 before the first read. */
  private int readAheadUnit;

  private BTreeReadAhead bTrees = new BTreeReadAhead(0);

  /** Groups that are fetched ahead. */
  private int readAheadGroups;

  /** The generation of the version whose B-trees are known. */
  private long bTreesOf;

  private final boolean isPinned;
  private @Nullable SnapshotTransaction transaction;
  private boolean connecting = true;
  private boolean refresh;

  /** Transactions that could not be committed. */
  private long failures;

  private NewestVersion.Version version;

  /** One that reads the newest version. */
  SnapshotSession(SnapshotVolume volume, long connectedAt, Duration staleness) {
    this(volume, connectedAt, staleness, volume.version(), false);
  }

  /** One that reads a version, and writes nothing. */
  SnapshotSession(SnapshotVolume volume, NewestVersion.Version version) {
    this(volume, 0, Duration.ZERO, version, true);
  }

  private SnapshotSession(
      SnapshotVolume volume,
      long connectedAt,
      Duration staleness,
      NewestVersion.Version version,
      boolean isPinned) {
    this.volume = volume;
    this.connectedAt = connectedAt;
    this.maxStalenessNanos = staleness.toNanos();
    this.version = version;
    this.isPinned = isPinned;
    this.readAheadGroups = volume.readAheadGroups();
  }

  @Override
  public boolean beginRead() {
    if (isPinned) {
      return true;
    }
    long now = volume.nanoTime();
    boolean asConnected = connecting && now - connectedAt < CONNECT_SERVES_NANOS;
    long since = (asConnected ? connectedAt : now) - maxStalenessNanos;
    version = volume.read(refresh ? now : since);
    connecting = false;
    refresh = false;
    return true;
  }

  @Override
  public void endRead() {}

  @Override
  public boolean beginWrite(boolean recovering) {
    if (isPinned) {
      throw new S3VfsException(
          ErrorKind.READ_ONLY,
          volume.location()
              + ": version "
              + version.snapshot().record().version()
              + " was opened by version= or as_of=, for reading");
    }
    if (!volume.commits().begin(version)) {
      return false;
    }
    transaction = new SnapshotTransaction(volume, version);
    return true;
  }

  @Override
  public void endWrite() {
    SnapshotTransaction ending = transaction;
    if (ending != null) {
      transaction = null;
      failures += ending.hasFailed() ? 1 : 0;
      ending.close();
    }
  }

  @Override
  public boolean reservedElsewhere() {
    return false; // asked only where a journal was found, which is never
  }

  @Override
  public int read(ByteBuffer dst, long position) {
    Snapshot snapshot = version.snapshot();
    int pageSize = snapshot.record().pageSize();
    boolean isPage = pageSize > 0 && dst.remaining() == pageSize && position % pageSize == 0;
    long page = isPage ? position / pageSize + 1 : 0;
    long[] scanned = isPage ? bTrees().onAccess(page, snapshot.inMemory()) : new long[0];
    if (scanned.length > 0) {
      snapshot.prefetchScan(scanned, bTrees().window(), volume.cacheBytes());
    } else {
      snapshot.readAhead(readAhead(pageSize), position);
    }
    int start = dst.position();
    int count =
        transaction != null ? transaction.read(dst, position) : snapshot.read(dst, position);
    if (isPage && count == pageSize) {
      bTrees().onContent(page, dst.slice(start, count));
    }
    return count;
  }

  @Override
  public long limitReadAhead(long most) {
    long groups = Math.min(volume.readAheadGroups(), most / PageGroup.TARGET_BYTES);
    if (groups != readAheadGroups) {
      readAheadGroups = (int) groups;
      readAheadUnit = 0;
      bTreesOf = 0;
    }
    return groups * PageGroup.TARGET_BYTES;
  }

  /** In units of groups: of large pages each has one. */
  private SequentialReadAhead readAhead(int pageSize) {
    int unit = Math.max(PageGroup.TARGET_BYTES, pageSize);
    if (unit != readAheadUnit) {
      readAheadUnit = unit;
      int scale = unit / PageGroup.TARGET_BYTES;
      readAhead = new SequentialReadAhead(readAheadGroups / scale, FIRST_WINDOW / scale, 1);
    }
    return readAhead;
  }

  /** Of the version that is read now. */
  private BTreeReadAhead bTrees() {
    if (bTreesOf != version.generation()) {
      bTreesOf = version.generation();
      int pageSize = Math.max(1, version.snapshot().record().pageSize());
      bTrees = new BTreeReadAhead(readAheadGroups * PageGroup.TARGET_BYTES / pageSize);
    }
    return bTrees;
  }

  private SnapshotTransaction writing() {
    if (transaction == null) {
      throw new S3VfsException(
          ErrorKind.READ_ONLY,
          volume.location() + ": a write without a lock (nolock and immutable are for reading)");
    }
    return transaction;
  }

  @Override
  public void write(ByteBuffer src, long position) {
    writing().write(src, position);
  }

  @Override
  public void truncate(long size) {
    writing().truncate(size);
  }

  @Override
  public long size() {
    return transaction != null ? transaction.size() : version.snapshot().length();
  }

  @Override
  public void sync() {
    if (transaction != null) {
      transaction.sync();
      version = transaction.version(); // of the commit
    }
  }

  @Override
  public void committed() {
    if (transaction != null) {
      transaction.committed();
    }
  }

  @Override
  public long generation() {
    // What SQLite has in its cache after it has rolled a failed commit back is not relied upon.
    return version.generation() + failures * FAILURE;
  }

  @Override
  public @Nullable CachedPages pages() {
    return isPinned ? null : volume.pages();
  }

  @Override
  public int view() {
    return version.snapshot().view();
  }

  @Override
  public int pageSize() {
    return version.snapshot().record().pageSize();
  }

  @Override
  public long version() {
    return version.snapshot().record().version();
  }

  @Override
  public void refresh() {
    refresh = true;
  }

  @Override
  public void close() {
    endWrite();
  }
}
