package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.ChunksInputStream;
import io.github.s3vfs.internal.layout.Journal;
import io.github.s3vfs.internal.layout.Session;
import io.github.s3vfs.internal.layout.Volume;
import io.github.s3vfs.internal.layout.snapshot.HeadObject.Seen;
import io.github.s3vfs.internal.store.Await;
import io.github.s3vfs.internal.store.ByteRange;
import io.github.s3vfs.internal.store.Condition;
import io.github.s3vfs.internal.store.Fetched;
import io.github.s3vfs.internal.store.Listed;
import io.github.s3vfs.internal.store.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A database in the layout {@code snapshot}: the newest version that this process knows, and how
 * the next one comes about. What a connection reads is the version that its transaction began with.
 */
public final class SnapshotVolume implements Volume {
  private static final Pattern LEFT_BLOCK = Pattern.compile("/[0-9]{10}");

  /** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
  private static final int MAX_S3_KEY_BYTES = 1024;

  /** How long a look for databases of other layouts serves. */
  private static final long LOOKED_NANOS = 1_000_000_000;

  private final S3Location location;
  private final ObjectStore store;
  private final SnapshotSettings settings;
  private final FrameCache cache;

  /** Asks the store whether there is a database in another layout. */
  private final BooleanSupplier elsewhere;

  /** When this process last looked for databases of all layouts. */
  private volatile long lookedAt = System.nanoTime();

  private final Segments segments;
  private final StoreClock clock = new StoreClock();
  private final HeadObject object;
  private final HeadWriter writer;
  private final LocalJournal journal;

  /** Held while the head is asked for, so that concurrent readers share the request. */
  private final ReentrantLock refreshing = new ReentrantLock();

  private final AtomicLong generations = new AtomicLong();
  private volatile State state;

  /** When the request began that the state was last confirmed by. */
  private volatile long confirmedAt;

  private volatile boolean confirmed;

  /**
   * A version as a connection reads it.
   *
   * @param generation another number than any other version of this process's has
   */
  record Version(Snapshot snapshot, long generation) {}

  /**
   * What is known.
   *
   * @param seen the head; null if there is none
   * @param since when the version was taken in
   */
  private record State(@Nullable Seen seen, Version version, long since) {}

  /**
   * Opens no connection and sends no request.
   *
   * @param elsewhere asks the store whether there is a database in another layout
   */
  public SnapshotVolume(
      S3Location location,
      ObjectStore store,
      FrameCache cache,
      SnapshotSettings settings,
      BooleanSupplier elsewhere) {
    this.location = location;
    this.store = store;
    this.settings = settings;
    this.cache = cache;
    this.elsewhere = elsewhere;
    this.segments = new Segments(store, location.key(), cache, settings.timeout());
    this.object = new HeadObject(store, location.key(), settings.timeout(), clock);
    this.writer =
        new HeadWriter(
            object,
            this::segmentOf,
            settings.claimTerm(),
            ProcessHandle.current().pid() + "@" + location.bucket(),
            System::nanoTime);
    this.journal = new LocalJournal(settings.scratchBytes());
    this.state = new State(null, version(VersionRecord.initial()), System.nanoTime());
  }

  S3Location location() {
    return location;
  }

  SnapshotSettings settings() {
    return settings;
  }

  /** At most 16 MiB, and no more than a quarter of what the cache takes. */
  int readAheadGroups() {
    return (int) (Math.min(16 << 20, cache.capacity() / 4) / PageGroup.TARGET_BYTES);
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
    long now = System.nanoTime();
    lookedAt = now;
    read(now - maxStaleness.toNanos());
    if (mustExist && !exists()) {
      throw new S3VfsException(ErrorKind.NOT_FOUND, "there is no database at " + location);
    }
    return new SnapshotSession(this, now, maxStaleness);
  }

  @Override
  public Journal journal() {
    return journal;
  }

  Version version() {
    return state.version();
  }

  /** The newest version, as the store had it at some time after {@code notBefore}. */
  Version read(long notBefore) {
    if (!isFresh(notBefore)) {
      lockRefreshing();
      try {
        if (!isFresh(notBefore)) {
          writer.settle();
          long start = System.nanoTime();
          take(object.read(state.seen()), start);
        }
      } finally {
        refreshing.unlock();
      }
    }
    return state.version();
  }

  private boolean isFresh(long notBefore) {
    return confirmed && !writer.isUnsettled() && confirmedAt - notBefore >= 0;
  }

  private void lockRefreshing() {
    try {
      refreshing.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new S3VfsException(
          ErrorKind.INTERRUPTED, location + ": interrupted while waiting for S3", e);
    }
  }

  /**
   * Takes in a head.
   *
   * @param start when it was asked for
   */
  private synchronized Version take(@Nullable Seen now, long start) {
    State before = state;
    VersionRecord old = before.version().snapshot().record();
    VersionRecord record = now == null ? null : now.head().record();
    boolean same = before.seen() != null && record != null && record.uuid().equals(old.uuid());
    if (record != null && same && record.version() < old.version()) {
      if (start - before.since() < 0) {
        return before.version(); // it was asked for before our own commit
      }
      throw new S3VfsException(
          ErrorKind.CORRUPT,
          object.describe()
              + " has gone back from version "
              + old.version()
              + " to "
              + record.version());
    }
    Version version = before.version();
    long since = before.since();
    if (record == null ? before.seen() != null : !same || record.version() != old.version()) {
      version = version(record == null ? VersionRecord.initial() : record);
      since = System.nanoTime();
    }
    state = new State(now, version, since);
    confirmedAt = start;
    confirmed = true;
    return version;
  }

  /**
   * Begins a write transaction.
   *
   * @param base what it has read
   * @return false while another process writes
   * @throws S3VfsException {@code CONFLICT} if there is a newer version
   */
  boolean beginWrite(Version base) {
    writer.settle();
    State now = state;
    if (now.seen() == null) {
      checkKey();
      refuseIfElsewhere();
    }
    HeadWriter.Begun begun =
        now.version().generation() == base.generation()
            ? writer.begin(now.seen(), settings.optimistic())
            : new HeadWriter.Begun.Moved();
    if (begun instanceof HeadWriter.Begun.Granted granted) {
      if (now.seen() == null) {
        checkConditions(granted.head());
      }
      take(granted.head(), confirmedAt);
      return true;
    }
    confirmed = false;
    if (begun instanceof HeadWriter.Begun.Moved) {
      throw new S3VfsException(
          ErrorKind.CONFLICT, location + ": another process has written since this read began");
    }
    cache.meter().refused();
    return false;
  }

  /** Somebody may have made the database in another layout since this connection looked for it. */
  private void refuseIfElsewhere() {
    if (System.nanoTime() - lookedAt > LOOKED_NANOS && elsewhere.getAsBoolean()) {
      throw new S3VfsException(
          ErrorKind.INVALID,
          location + ": the database was made in another layout; connect to it again");
    }
  }

  /** Refuses a key that leaves no room for the names of segments. */
  private void checkKey() {
    int bytes = location.key().getBytes(StandardCharsets.UTF_8).length;
    int most = MAX_S3_KEY_BYTES - SegmentName.SUFFIX_LENGTH;
    if (bytes > most) {
      throw new S3VfsException(
          ErrorKind.INVALID,
          location + ": the key has " + bytes + " bytes; at most " + most + " fit in this layout");
    }
  }

  /** Refuses a store that takes no notice of conditions, when a database is made in it. */
  private void checkConditions(Seen made) {
    String head = location.key() + HeadObject.SUFFIX;
    try {
      new ConditionCheck(store, settings.timeout()).run(head, made);
    } catch (S3VfsException e) {
      writer.abandon();
      try {
        Await.result(store.delete(head), settings.timeout(), "DELETE " + object.describe());
      } catch (S3VfsException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
  }

  /** Ends a write transaction that has published nothing. */
  void release() {
    Seen now = writer.release();
    if (now != null) {
      take(now, confirmedAt);
    }
  }

  /**
   * Commits a new version, and ends the write transaction.
   *
   * @param base the version that it was made from
   * @param wholeFile whether nothing of the base is kept
   * @param keptPages how many of its pages are kept, if not the whole file is new
   */
  Version commit(
      Snapshot base,
      int pageSize,
      long pageCount,
      ChangedPages pages,
      boolean wholeFile,
      long keptPages) {
    long kept = Math.min(keptPages, pageCount);
    long zerosFrom = !wholeFile && kept < base.record().pageCount() ? kept + 1 : 0;
    return publish(
        pageSize,
        (upload, head) -> {
          List<long[]> parts = pages.parts();
          parts.forEach(part -> upload.pages(part, pages.content()));
          return upload.finish(
              wholeFile ? withoutMap(head.record()) : head.record(),
              head.place(),
              pageCount,
              zerosFrom,
              clock.now(),
              clock.now().minus(settings.retention()),
              parts.get(0),
              base);
        });
  }

  /** What a new version stores. */
  interface Storing {
    /** Stores it all. */
    SnapshotUpload.Result store(SnapshotUpload upload, Head head);
  }

  Version publish(int pageSize, Storing storing) {
    while (true) {
      Head head = writer.head();
      Uploads uploads =
          new Uploads(store, location.key(), settings.uploadBytes(), settings.timeout());
      SnapshotUpload upload =
          new SnapshotUpload(
              segments,
              uploads,
              head.record().uuid(),
              head.epoch(),
              settings.segmentBytes(store.maxConditionalPut()),
              pageSize,
              true);
      SnapshotUpload.Result result = storing.store(upload, head);
      long start = System.nanoTime();
      Seen now = writer.publish(result.place(), result.record(), head.epoch());
      if (now != null) {
        cache.meter().committed();
        return committed(now, result.record(), start);
      }
    }
  }

  static VersionRecord withoutMap(VersionRecord record) {
    return new VersionRecord(
        record.uuid(),
        record.version(),
        record.nonce(),
        record.time(),
        record.pageSize(),
        record.pageCount(),
        Extents.EMPTY,
        List.of(),
        record.past(),
        List.of());
  }

  /** Takes in our commit; somebody may have committed after it. */
  private Version committed(Seen now, VersionRecord mine, long start) {
    Version version = take(now, start);
    return version.snapshot().record().nonce().equals(mine.nonce()) ? version : version(mine);
  }

  private Version version(VersionRecord record) {
    return new Version(new Snapshot(record, segments), generations.incrementAndGet());
  }

  private @Nullable SegmentName segmentOf(Head newest, long version) {
    VersionRecord at = newest.record();
    SegmentName segment = newest.place().segment();
    while (at.version() != version) {
      VersionRecord.Past next = null;
      for (VersionRecord.Past each : at.past()) {
        if (each.version() >= version) {
          next = each;
        }
      }
      if (next == null) {
        return null;
      }
      segment = next.record().segment();
      if (next.version() == version) {
        return segment;
      }
      at = segments.record(at.uuid(), next.record());
    }
    return segment;
  }

  @Override
  public Iterator<byte[]> content() {
    return new SnapshotContent(version().snapshot(), cache.capacity());
  }

  @Override
  public void replace(InputStream content, @Nullable Runnable stored) throws IOException {
    new SnapshotReplacement(this).replace(content);
    if (stored != null) {
      stored.run();
    }
  }

  @Override
  public void moveTo(Volume target) throws IOException {
    Version base = read(System.nanoTime());
    if (!beginWrite(base)) {
      throw new S3VfsException(ErrorKind.BUSY, location + ": another process is writing");
    }
    List<String> segmentKeys;
    boolean[] moved = new boolean[1];
    try {
      segmentKeys = keys(SegmentName.PREFIX);
      target.replace(
          new ChunksInputStream(new SnapshotContent(base.snapshot(), cache.capacity()), () -> {}),
          () -> {
            writer.renewNow();
            deleteHead();
            moved[0] = true;
          });
    } finally {
      if (moved[0]) {
        writer.abandon();
      } else {
        release();
      }
    }
    deleteSegments(segmentKeys);
  }

  @Override
  public boolean delete() {
    // Whatever it holds: a damaged one goes, too.
    boolean existed = hasHead(store, settings.timeout(), location.key());
    // Listed before the head goes: behind it, they could be those of a database made anew.
    List<String> keys = keys("/");
    if (existed) {
      deleteHead();
    }
    deleteSegments(keys);
    return existed;
  }

  /** Keys of segments, and of blocks that were left when the database was moved, under a prefix. */
  private List<String> keys(String below) {
    String prefix = location.key() + below;
    String what = "LIST s3://" + store.bucket() + "/" + prefix;
    return Await.result(store.list(prefix), settings.timeout(), what).stream()
        .map(Listed::key)
        .filter(this::isOfDatabase)
        .toList();
  }

  private boolean isOfDatabase(String key) {
    return SegmentName.parse(location.key(), key) != null
        || LEFT_BLOCK.matcher(key.substring(location.key().length())).matches();
  }

  private void deleteHead() {
    Await.result(
        store.delete(location.key() + HeadObject.SUFFIX),
        settings.timeout(),
        "DELETE " + object.describe());
    take(null, System.nanoTime());
  }

  private void deleteSegments(List<String> keys) {
    if (!keys.isEmpty()) {
      Await.result(store.deleteAll(keys), settings.timeout(), "DELETE " + location);
    }
  }

  /** Whether there is a database at a key, be it a damaged one. One GET. */
  public static boolean isDatabase(ObjectStore store, Duration timeout, String key) {
    try {
      Seen seen = new HeadObject(store, key, timeout, new StoreClock()).read(null);
      return seen != null && seen.head().record().version() > 0;
    } catch (S3VfsException e) {
      if (e.kind() != ErrorKind.CORRUPT) {
        throw e;
      }
      return true;
    }
  }

  /** Whether there is a head at a key, whatever it holds. One GET of a few bytes. */
  private static boolean hasHead(ObjectStore store, Duration timeout, String key) {
    return beginningOfHead(store, timeout, key).found();
  }

  /** Whether there is a head at a key, by its first bytes. One GET of a few bytes. */
  public static boolean looksLikeDatabase(ObjectStore store, Duration timeout, String key) {
    Fetched start = beginningOfHead(store, timeout, key);
    return start.found() && Head.isBeginning(start.body());
  }

  private static Fetched beginningOfHead(ObjectStore store, Duration timeout, String key) {
    String head = key + HeadObject.SUFFIX;
    return Await.result(
        store.get(head, new ByteRange(0, Head.MAGIC_LENGTH), Condition.NONE),
        timeout,
        "GET s3://" + store.bucket() + "/" + head);
  }

  /** The store's clock. */
  Instant now() {
    return clock.now();
  }

  /** Leaves the claim to its term, as the end of the process does. */
  void abandon() {
    writer.abandon();
  }
}
