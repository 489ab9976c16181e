package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3Version;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.CachedPages;
import io.github.s3vfs.internal.layout.Checked;
import io.github.s3vfs.internal.layout.ChunksInputStream;
import io.github.s3vfs.internal.layout.Facts;
import io.github.s3vfs.internal.layout.Findings;
import io.github.s3vfs.internal.layout.Journal;
import io.github.s3vfs.internal.layout.PageCache;
import io.github.s3vfs.internal.layout.PointInTime;
import io.github.s3vfs.internal.layout.Session;
import io.github.s3vfs.internal.layout.StoredPages;
import io.github.s3vfs.internal.layout.Volume;
import io.github.s3vfs.internal.layout.snapshot.HeadObject.Seen;
import io.github.s3vfs.internal.layout.snapshot.NewestVersion.Version;
import io.github.s3vfs.internal.store.Await;
import io.github.s3vfs.internal.store.Fetched;
import io.github.s3vfs.internal.store.LargeObjects;
import io.github.s3vfs.internal.store.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A database in the layout {@code snapshot}: the newest version that this process knows, and how
 * the next one comes about. What a connection reads is the version that its transaction began with.
 */
public final class SnapshotVolume implements Volume {
  private final S3Location location;
  private final ObjectStore store;
  private final SnapshotSettings settings;
  private final PageCache pageCache;
  private final CachedPages pages;
  private final Segments segments;
  private final History history;
  private final DatabaseObjects objects;
  private final Surroundings surroundings;
  private final StoreClock clock;
  private final HeadObject object;
  private final HeadDeletion deletion;
  private final NewestVersion newest;
  private final KeptVersions kept;
  private final Commits commits;

  /**
   * Opens no connection and sends no request.
   *
   * @param elsewhere asks the store whether there is a database in another layout
   */
  public SnapshotVolume(
      S3Location location,
      ObjectStore store,
      FrameCache cache,
      PageCache pageCache,
      SnapshotSettings settings,
      BooleanSupplier elsewhere) {
    this(location, store, cache, pageCache, DiskFrames.NONE, settings, elsewhere);
  }

  /**
   * As the other one, with a cache on disk.
   *
   * @param disk has frames of this database
   */
  public SnapshotVolume(
      S3Location location,
      ObjectStore store,
      FrameCache cache,
      PageCache pageCache,
      DiskFrames disk,
      SnapshotSettings settings,
      BooleanSupplier elsewhere) {
    this(location, store, cache, pageCache, disk, settings, elsewhere, Surroundings.real());
  }

  /** As the other one, with surroundings of the caller's. */
  SnapshotVolume(
      S3Location location,
      ObjectStore store,
      FrameCache cache,
      PageCache pageCache,
      SnapshotSettings settings,
      BooleanSupplier elsewhere,
      Surroundings surroundings) {
    this(location, store, cache, pageCache, DiskFrames.NONE, settings, elsewhere, surroundings);
  }

  private SnapshotVolume(
      S3Location location,
      ObjectStore store,
      FrameCache cache,
      PageCache pageCache,
      DiskFrames disk,
      SnapshotSettings settings,
      BooleanSupplier elsewhere,
      Surroundings surroundings) {
    this.location = location;
    this.store = store;
    this.settings = settings;
    this.pageCache = pageCache;
    this.pages = pageCache.pages(false);
    this.surroundings = surroundings;
    this.clock = new StoreClock(surroundings.nanoTime());
    this.segments =
        new Segments(store, location.key(), cache, pages, settings.timeout(), surroundings, disk);
    this.object = new HeadObject(store, location.key(), settings.timeout(), clock);
    this.deletion = new HeadDeletion(store, object, settings.timeout(), surroundings.nanoTime());
    this.history = new History(segments);
    this.objects = new DatabaseObjects(store, location.key(), settings.timeout());
    HeadWriter writer =
        new HeadWriter(
            object,
            history,
            settings.claimTerm(),
            ProcessHandle.current().pid() + "@" + location.bucket(),
            surroundings);
    this.newest = new NewestVersion(object, writer, this::snapshot, pages, surroundings);
    this.kept = new KeptVersions(location, newest, history);
    this.commits =
        new Commits(
            location,
            store,
            settings,
            cache.meter(),
            segments,
            deletion,
            writer,
            newest,
            clock,
            surroundings,
            elsewhere,
            new BackgroundUpkeep(this)::committed);
  }

  S3Location location() {
    return location;
  }

  SnapshotSettings settings() {
    return settings;
  }

  /** At most 16 MiB, and no more than a quarter of what the cache takes. */
  int readAheadGroups() {
    return (int) (Math.min(32 << 20, pageCache.capacity() / 4) / PageGroup.TARGET_BYTES);
  }

  /** What the cache of pages takes. */
  long cacheBytes() {
    return pageCache.capacity();
  }

  @Override
  public boolean exists() {
    return version().snapshot().record().version() > 0;
  }

  @Override
  public boolean replacesAtOnce() {
    return true;
  }

  @Override
  public boolean isolatesReaders() {
    return true;
  }

  @Override
  public Session connect(boolean mustExist, Duration maxStaleness) {
    long now = nanoTime();
    read(now - maxStaleness.toNanos());
    if (mustExist && !exists()) {
      throw kept.noDatabase();
    }
    return new SnapshotSession(this, now, maxStaleness);
  }

  /**
   * Finds out what became of a commit, or of a deletion, that got no answer.
   *
   * @throws S3VfsException if it still is
   */
  public void settle() {
    commits.settle();
  }

  CachedPages pages() {
    return pages;
  }

  @Override
  public long load() {
    Snapshot snapshot = read(nanoTime()).snapshot();
    return snapshot.load(pageCache.capacity());
  }

  @Override
  public int readersUnseen() {
    return pages.stale();
  }

  @Override
  public void forget() {
    pages.close();
  }

  @Override
  public Journal journal() {
    return new LocalJournal(settings.scratchBytes());
  }

  /** The newest version that is known, without a request. */
  Version version() {
    return newest.version();
  }

  /** The newest version, as the store had it at some time after {@code notBefore}. */
  Version read(long notBefore) {
    return newest.read(notBefore);
  }

  /** A version of this database, to be read beside the newest one. */
  Snapshot snapshot(VersionRecord record) {
    return snapshot(record, 0);
  }

  private Snapshot snapshot(VersionRecord record, int view) {
    return new Snapshot(record, view, segments, (stale, missing) -> kept.renewed(stale, missing));
  }

  /** The write transactions of this process. */
  Commits commits() {
    return commits;
  }

  /** The head as it is in the store now, or null if there is none. */
  @Nullable Seen newest() {
    return newest.head();
  }

  KeptVersions kept() {
    return kept;
  }

  History history() {
    return history;
  }

  /**
   * The versions that are kept, newest first. About one request for 16 of them, several at once.
   *
   * @throws S3VfsException {@code NOT_FOUND} if there is no database
   */
  public List<S3Version> versions() {
    return kept.list();
  }

  @Override
  public Session connectAt(PointInTime when) {
    return new SnapshotSession(this, newest.version(kept.at(when)));
  }

  /**
   * The pages of a version.
   *
   * @throws S3VfsException {@code NOT_FOUND} if there is no database, or not yet that version;
   *     {@code EXPIRED} if it is not kept any more
   */
  public StoredPages pages(long version) {
    return new SnapshotPages(snapshot(kept.at(new PointInTime.OfVersion(version))), segments);
  }

  /**
   * Stores pages anew where that makes the database cheaper to read, or old segments useless.
   * Readers and writers go on meanwhile.
   *
   * @return how many pages were
   */
  public long compact() {
    return compact(Long.MAX_VALUE);
  }

  /**
   * As {@link #compact()}.
   *
   * @param mostBytes how many bytes of pages are stored anew
   */
  long compact(long mostBytes) {
    return new Compaction(this, segments, objects).run(mostBytes);
  }

  /**
   * Deletes what no version needs that is kept.
   *
   * @return how many segments were deleted
   */
  public int collect() {
    Collection.Result result = collect(true);
    return result == null ? 0 : result.segments();
  }

  /**
   * As {@link #collect()}.
   *
   * @param besideClaims whether to do so although somebody writes, who may have to store the pages
   *     of its commit again
   * @return null if there is no database, or if others kept it from it
   */
  Collection.@Nullable Result collect(boolean besideClaims) {
    return new Collection(this, segments, objects).run(besideClaims);
  }

  @Override
  public Facts facts() {
    Seen seen = newest();
    if (seen == null || seen.head().record().version() == 0) {
      throw kept.noDatabase();
    }
    Head head = seen.head();
    VersionRecord record = head.record();
    Map<SegmentName, Long> stored = objects.segments();
    Head.Claim claim = head.claim();
    return new Facts(
        Layout.SNAPSHOT,
        record.pageSize(),
        record.pageCount(),
        record.length(),
        0,
        record.version(),
        record.time(),
        Math.max(1, head.upkeep().oldest()),
        stored.size() + 1L,
        stored.values().stream().mapToLong(Long::longValue).sum() + head.encode().length,
        claim == null ? null : claim.holder(),
        claim == null ? null : claim.term());
  }

  @Override
  public Checked check(boolean allVersions, Findings findings) {
    StoredFrames frames = new StoredFrames(store, location.key(), settings.timeout());
    return new SnapshotCheck(location, object, objects, frames, findings).run(allVersions);
  }

  @Override
  public Iterator<byte[]> content() {
    return new SnapshotContent(version().snapshot(), pageCache.capacity());
  }

  @Override
  public void replace(InputStream content, @Nullable Runnable stored) throws IOException {
    new SnapshotReplacement(this).replace(content, false, stored != null);
    if (stored != null) {
      stored.run();
    }
  }

  @Override
  public void create(InputStream content) throws IOException {
    new SnapshotReplacement(this).replace(content, true, false);
  }

  /**
   * Makes a database here of the newest version of another one, by having the store copy its
   * segments. The caller keeps all other connections of this process out of this one.
   *
   * @param large has the bucket of this database
   * @return false if it cannot be done so; then nothing has changed
   * @throws S3VfsException {@code CONFLICT} if there is a database here already, {@code BUSY} if
   *     another process makes one, {@code NOT_FOUND} if there is no other one
   */
  public boolean copyFrom(SnapshotVolume other, LargeObjects large) {
    return new SnapshotCopy(this, objects, other, other.segments, large).run();
  }

  @Override
  public void moveTo(Destination target, boolean samePlace) throws IOException {
    Version base = read(nanoTime());
    if (!commits.begin(base)) {
      throw new S3VfsException(ErrorKind.BUSY, location + ": another process is writing");
    }
    Set<SegmentName> old;
    boolean[] moved = new boolean[1];
    try {
      old = objects.segments().keySet();
      target.take(
          new ChunksInputStream(
              new SnapshotContent(base.snapshot(), pageCache.capacity()), () -> {}),
          () -> {
            commits.renew();
            deleteHead();
            moved[0] = true;
          });
    } finally {
      if (moved[0] || deletion.isUnsettled()) {
        commits.abandon();
      } else {
        Await.undisturbed(commits::release);
      }
    }
    objects.delete(old);
  }

  @Override
  public boolean delete() {
    // Listed before the head is looked for, and before it goes: behind that, they could be those of
    // a database made anew.
    List<String> keys = objects.segmentsAndBlocks();
    // Whatever it holds: a damaged one goes, too.
    boolean existed = objects.beginningOfHead().found();
    if (existed) {
      deleteHead();
    }
    objects.deleteAll(keys);
    return existed;
  }

  private void deleteHead() {
    long start = nanoTime();
    try {
      deletion.run();
    } catch (S3VfsException e) {
      newest.doubt();
      throw e;
    }
    Version unused = newest.take(null, start);
  }

  /** Whether there is a database at a key, be it a damaged one. One GET. */
  public static boolean isDatabase(ObjectStore store, Duration timeout, String key) {
    try {
      Seen seen = new HeadObject(store, key, timeout, new StoreClock(System::nanoTime)).read(null);
      return seen != null && seen.head().record().version() > 0;
    } catch (S3VfsException e) {
      if (e.kind() != ErrorKind.CORRUPT) {
        throw e;
      }
      return true;
    }
  }

  /** Whether there is a head at a key, by its first bytes. One GET of a few bytes. */
  public static boolean looksLikeDatabase(ObjectStore store, Duration timeout, String key) {
    Fetched start = new DatabaseObjects(store, key, timeout).beginningOfHead();
    return start.found() && Head.isBeginning(start.body());
  }

  /** What the keys of a database's segments begin with, up to a slash. */
  public static String segments(String key) {
    return key + SegmentName.PREFIX;
  }

  /** A monotonic clock, in nanoseconds. */
  long nanoTime() {
    return surroundings.nanoTime().getAsLong();
  }

  /** Now, by the store's clock. */
  Instant now() {
    return clock.now();
  }
}
