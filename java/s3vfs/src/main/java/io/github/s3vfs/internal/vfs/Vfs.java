package io.github.s3vfs.internal.vfs;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.Layout;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3Version;
import io.github.s3vfs.S3VfsConfig;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.S3VfsStats;
import io.github.s3vfs.internal.diskcache.DiskCache;
import io.github.s3vfs.internal.layout.PageCache;
import io.github.s3vfs.internal.layout.PointInTime;
import io.github.s3vfs.internal.layout.Session;
import io.github.s3vfs.internal.layout.StoredPages;
import io.github.s3vfs.internal.layout.Volume;
import io.github.s3vfs.internal.layout.blocks.BlockCache;
import io.github.s3vfs.internal.layout.blocks.BlocksCatalog;
import io.github.s3vfs.internal.layout.blocks.BlocksSettings;
import io.github.s3vfs.internal.layout.blocks.BlocksVolume;
import io.github.s3vfs.internal.layout.snapshot.DiskFrames;
import io.github.s3vfs.internal.layout.snapshot.FrameCache;
import io.github.s3vfs.internal.layout.snapshot.SnapshotSettings;
import io.github.s3vfs.internal.layout.snapshot.SnapshotVolume;
import io.github.s3vfs.internal.store.BackgroundThread;
import io.github.s3vfs.internal.store.LargeObjects;
import io.github.s3vfs.internal.store.Meter;
import io.github.s3vfs.internal.store.MeteredLargeObjects;
import io.github.s3vfs.internal.store.MeteredStore;
import io.github.s3vfs.internal.store.ObjectStore;
import io.github.s3vfs.internal.store.ObjectStores;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One registered VFS: names to databases. Thread-safe.
 *
 * <p>A database stays known after its last connection was closed, so that the next one finds its
 * cache warm; of those that are not open, only the last {@value #IDLE} are kept. Tests extend it
 * with methods that fail.
 */
public class Vfs implements AutoCloseable {
  private static final int IDLE = 64;
  private static final String JOURNAL = "-journal";
  private static final Logger LOG = LoggerFactory.getLogger(Vfs.class);
  private static final Executor LOADING = BackgroundThread.several("s3vfs-prefetch");

  /** The settings that all connections to a database share. */
  private static final List<Function<S3VfsConfig, @Nullable Object>> STORE_SETTINGS =
      List.of(
          config -> config.client().region(),
          config -> config.client().endpoint(),
          config -> config.client().pathStyle(),
          S3VfsConfig::blockSize,
          S3VfsConfig::optimistic);

  private final S3VfsConfig config;
  private final ObjectStores stores;
  private final Meter meter = new Meter();

  /** Endpoints that SQL may name: those that the program has named somewhere. */
  private final Set<URI> endpoints = ConcurrentHashMap.newKeySet();

  private volatile @Nullable PageCache pages;
  private final BlockCache cache;
  private final FrameCache frames;
  private final @Nullable DiskCache disk;
  private final LinkedHashMap<S3Location, SharedDatabase> databases =
      new LinkedHashMap<>(16, 0.75f, true);
  private int openFiles;
  private boolean closed;

  /**
   * @param stores becomes this object's, and is closed with it
   * @throws S3VfsException {@code INVALID} if the cacheDir cannot be used
   */
  public Vfs(S3VfsConfig config, ObjectStores stores) {
    this.config = config;
    this.stores = stores;
    this.cache = new BlockCache(config.heapCacheBytes(), meter);
    this.frames = new FrameCache(config.heapCacheBytes(), meter);
    this.disk =
        config.cacheDir() == null
            ? null
            : DiskCache.open(config.cacheDir(), config.cacheDirBytes());
  }

  /** Sets the cache of pages, which becomes this object's. Before any database is opened. */
  public void cacheIn(PageCache cache) {
    pages = cache;
  }

  private PageCache pageCache() {
    return Objects.requireNonNull(pages, "not registered");
  }

  public S3VfsConfig config() {
    return config;
  }

  /** From now on a database may be opened at this endpoint, whoever names it. */
  public void allowEndpoint(URI endpoint) {
    endpoints.add(endpoint);
  }

  /**
   * SQL that is not the program's own could otherwise send signed requests to any server, by
   * ATTACH.
   */
  private void checkEndpoint(S3VfsConfig settings) {
    URI endpoint = settings.client().endpoint();
    if (endpoint != null
        && !endpoint.equals(config.client().endpoint())
        && !endpoints.contains(endpoint)) {
      throw new S3VfsException(
          ErrorKind.INVALID,
          "URL parameter endpoint="
              + endpoint
              + ": the program has not named this endpoint (by S3Vfs.builder().endpoint,"
              + " S3Vfs.allowEndpoint, or the URL of a connection that S3VfsDriver made)");
    }
  }

  /** Begins to load what the first database will need, and does not wait for that. */
  public void prepare() {
    stores.prepare();
  }

  /** Counts a call of SQLite. */
  public void upcalled() {
    meter.upcall();
    CacheWatch.begin();
  }

  /** Pages in the page cache. */
  long pagesInMemory() {
    PageCache memory = pages;
    return memory == null ? 0 : memory.count();
  }

  /** What it has done so far. */
  public S3VfsStats stats() {
    PageCache memory = pages;
    long size = cache.size() + frames.size();
    long onDisk = disk == null ? 0 : disk.bytes();
    if (memory == null) {
      return meter.stats(new Meter.Elsewhere(size, 0, 0, 0, 0, onDisk));
    }
    // Read first: what becomes of a page is never counted before that it was fetched.
    long used = memory.prefetchedUsed();
    long wasted = memory.prefetchedWasted();
    long prefetched = memory.prefetched();
    return meter.stats(
        new Meter.Elsewhere(size + memory.size(), memory.hits(), prefetched, used, wasted, onDisk));
  }

  private ObjectStore store(String bucket, S3VfsConfig settings) {
    return new MeteredStore(stores.bucket(bucket, settings), meter);
  }

  /**
   * The objects of a bucket, whatever they are; sends no request.
   *
   * @throws S3VfsException {@code CLOSED}
   */
  public LargeObjects largeObjects(String bucket) {
    synchronized (this) {
      if (closed) {
        throw new S3VfsException(ErrorKind.CLOSED, "the VFS '" + config.name() + "' was closed");
      }
    }
    return new MeteredLargeObjects(stores.largeObjects(bucket, config), meter);
  }

  /**
   * xFullPathname: the one spelling of a name.
   *
   * @throws S3VfsException {@code INVALID}
   */
  public String fullPathname(String name) {
    if (config.bucket() == null) {
      return "/" + S3Location.ofPath(name.startsWith("/") ? name.substring(1) : name).path();
    }
    return location(name.startsWith("/") ? name.substring(1) : name).key();
  }

  /** The location of a database of that full path name. */
  private S3Location location(String path) {
    return config.bucket() == null
        ? S3Location.ofPath(path.substring(1))
        : new S3Location(config.bucket(), path);
  }

  /**
   * xOpen.
   *
   * @param path from {@link #fullPathname}, with SQLite's suffix for a journal
   * @param parameters of the URL
   * @param flags see {@link OpenFlags}
   * @throws S3VfsException says why the file cannot be opened
   */
  public VfsFile open(String path, Map<String, String> parameters, int flags) {
    if ((flags & OpenFlags.MAIN_DB) != 0) {
      return openDatabase(path, parameters, (flags & OpenFlags.CREATE) == 0);
    }
    if ((flags & OpenFlags.MAIN_JOURNAL) != 0) {
      return new JournalFile(ofJournal(path).volume().journal());
    }
    if ((flags & OpenFlags.SUPER_JOURNAL) != 0) {
      throw new S3VfsException(
          ErrorKind.UNSUPPORTED,
          path
              + ": a transaction over several database files whose main one is on S3 cannot be"
              + " atomic. Use journal_mode=MEMORY on the databases on S3, or commit one by one");
    }
    throw new S3VfsException(
        ErrorKind.UNSUPPORTED,
        path
            + ((flags & OpenFlags.WAL) != 0
                ? ": journal_mode=WAL does not work on S3"
                : ": a kind of file this VFS does not keep, flags 0x"
                    + Integer.toHexString(flags)));
  }

  private VfsFile openDatabase(String path, Map<String, String> parameters, boolean mustExist) {
    S3VfsConfig settings = UriParameters.apply(config, parameters);
    checkEndpoint(settings);
    SharedDatabase database = acquire(location(path), settings);
    boolean connected = false;
    try {
      PointInTime when = UriParameters.pointInTime(parameters);
      Session session =
          when == null
              ? database.volume().connect(mustExist, settings.maxStaleness())
              : database.volume().connectAt(when);
      connected = true;
      if (when == null && UriParameters.prefetchesAll(parameters)) {
        loadInBackground(location(path), database.volume());
      }
      return new DatabaseFile(
          database,
          session,
          new Pragmas(location(path), session, this::stats),
          settings.maxStaleness());
    } finally {
      if (!connected) {
        release(database);
      }
    }
  }

  /** A database with a count of one more use. */
  public synchronized SharedDatabase acquire(S3Location location) {
    return acquire(location, config);
  }

  private synchronized SharedDatabase acquire(S3Location location, S3VfsConfig settings) {
    if (closed) {
      throw new S3VfsException(
          ErrorKind.CLOSED, "the VFS '" + config.name() + "' was closed; " + location);
    }
    SharedDatabase known = databases.get(location);
    if (known != null && known.isOpen()) {
      refuseConflict(location, known, settings);
    } else if (known != null
        && !(STORE_SETTINGS.stream().allMatch(same(known.config(), settings))
            && known.config().layout() == settings.layout())) {
      databases.remove(location);
      known.volume().forget();
      known = null;
    }
    SharedDatabase database = known != null ? known : newDatabase(location, settings);
    databases.put(location, database);
    database.opened();
    openFiles++;
    dropIdle();
    return database;
  }

  /** What a connection asks for must be what the open database has; it may leave it open. */
  private void refuseConflict(S3Location location, SharedDatabase known, S3VfsConfig wanted) {
    S3VfsConfig open = known.config();
    if (wanted.layout() != config.layout()
        && wanted.layout() != open.layout()
        && !known.volume().exists()) {
      throw new S3VfsException(
          ErrorKind.INVALID,
          location
              + " is open in this process, to be made in the layout "
              + open.layout()
              + ", and not "
              + wanted.layout());
    }
    for (Function<S3VfsConfig, @Nullable Object> setting : STORE_SETTINGS) {
      boolean asked = !same(config, wanted).test(setting);
      if (asked && !same(open, wanted).test(setting)) {
        throw new S3VfsException(
            ErrorKind.INVALID,
            location
                + " is open in this process with other settings: "
                + setting.apply(open)
                + " in place of "
                + setting.apply(wanted)
                + " (region, endpoint, path_style, block_size or writer)");
      }
    }
  }

  private static Predicate<Function<S3VfsConfig, @Nullable Object>> same(
      S3VfsConfig a, S3VfsConfig b) {
    return setting -> Objects.equals(setting.apply(a), setting.apply(b));
  }

  private SharedDatabase newDatabase(S3Location location, S3VfsConfig settings) {
    ObjectStore store = store(location.bucket(), settings);
    SnapshotVolume snapshot =
        new SnapshotVolume(
            location,
            store,
            frames,
            pageCache(),
            diskFrames(location, settings),
            snapshotSettings(settings),
            () -> isStored(Layout.BLOCKS, location, store));
    BlocksVolume blocks =
        new BlocksVolume(
            location,
            store,
            cache,
            pageCache(),
            blocksSettings(settings),
            () -> {
              snapshot.settle();
              return isStored(Layout.SNAPSHOT, location, store);
            });
    return new SharedDatabase(
        othersOpen ->
            new DetectedVolume(
                location,
                settings.layout(),
                settings.layoutOrDefault(),
                blocks,
                snapshot,
                layout ->
                    (layout == Layout.BLOCKS || blocks.sawHead())
                        && isStored(layout, location, store),
                othersOpen),
        settings,
        this::release);
  }

  private DiskFrames diskFrames(S3Location location, S3VfsConfig settings) {
    String endpoint = Objects.toString(settings.client().endpoint(), "");
    return DiskFrames.of(disk, meter, endpoint, location.bucket(), location.key());
  }

  private boolean isStored(Layout layout, S3Location location, ObjectStore store) {
    Duration timeout = config.client().requestTimeout();
    return layout == Layout.BLOCKS
        ? BlocksCatalog.isDatabase(store, timeout, location.key())
        : SnapshotVolume.isDatabase(store, timeout, location.key());
  }

  private static BlocksSettings blocksSettings(S3VfsConfig settings) {
    Integer blockSize = settings.blockSize();
    return new BlocksSettings(
        blockSize == null ? S3VfsConfig.DEFAULT_BLOCK_SIZE : blockSize,
        blockSize != null,
        settings.writeBufferBytes(),
        settings.parallelism(),
        settings.leaseTerm(),
        settings.client().requestTimeout());
  }

  private static SnapshotSettings snapshotSettings(S3VfsConfig settings) {
    return new SnapshotSettings(
        settings.writeBufferBytes(),
        settings.optimistic(),
        settings.leaseTerm(),
        settings.retentionOrDefault(),
        settings.upkeep(),
        settings.client().requestTimeout());
  }

  /**
   * The databases whose key begins with a prefix.
   *
   * @param prefix "" for all of the bucket; else a key, or the beginning of one
   */
  public List<S3Location> list(String bucket, String prefix) {
    return Catalog.list(store(bucket, config), config.client().requestTimeout(), prefix);
  }

  /**
   * The versions of a database that are kept, newest first.
   *
   * @throws S3VfsException {@code NOT_FOUND} if there is no database, {@code UNSUPPORTED} if its
   *     layout keeps none
   */
  public List<S3Version> versions(S3Location location) {
    try (SharedDatabase database = acquire(location)) {
      return database.versioned().versions();
    }
  }

  /**
   * Stores pages of a database anew where that makes it cheaper to read, or old segments useless.
   *
   * @return how many pages were
   * @throws S3VfsException as {@link #versions}
   */
  public long compact(S3Location location) {
    try (SharedDatabase database = acquire(location)) {
      return database.versioned().compact();
    }
  }

  /**
   * Deletes what no version of a database needs that is kept.
   *
   * @return how many segments were deleted
   * @throws S3VfsException as {@link #versions}
   */
  public int collect(S3Location location) {
    try (SharedDatabase database = acquire(location)) {
      return database.versioned().collect();
    }
  }

  /**
   * The pages of a version of a database.
   *
   * @throws S3VfsException as {@link #versions}; {@code NOT_FOUND} also if there is not yet that
   *     version, {@code EXPIRED} if it is not kept any more
   */
  public StoredPages pages(S3Location location, long version) {
    try (SharedDatabase database = acquire(location)) {
      return database.versioned().pages(version);
    }
  }

  /**
   * Fetches a database into memory.
   *
   * @return how many bytes of it are there
   * @throws S3VfsException {@code NOT_FOUND} if there is no database
   */
  public long prefetch(S3Location location) {
    try (SharedDatabase database = acquire(location)) {
      database.volume().connect(true, Duration.ZERO).close();
      return database.volume().load();
    }
  }

  /** Begins to fetch what a connection has opened; a failure shows when that reads. */
  private static void loadInBackground(S3Location location, Volume volume) {
    LOADING.execute(
        () -> {
          try {
            long loaded = volume.load();
            LOG.debug("{}: {} bytes prefetched", location, loaded);
          } catch (RuntimeException e) {
            LOG.debug("{}: not all was prefetched", location, e);
          }
        });
  }

  private void dropIdle() {
    Iterator<SharedDatabase> eldest = databases.values().iterator();
    int surplus = databases.size() - IDLE;
    while (surplus > 0 && eldest.hasNext()) {
      SharedDatabase idle = eldest.next();
      if (!idle.isOpen()) {
        idle.volume().forget();
        eldest.remove();
        surplus--;
      }
    }
  }

  private synchronized void release(SharedDatabase database) {
    database.countDown();
    openFiles--;
  }

  private synchronized SharedDatabase ofJournal(String path) {
    S3Location location = location(path.substring(0, path.length() - JOURNAL.length()));
    SharedDatabase database = databases.get(location);
    if (database == null) {
      throw new S3VfsException(ErrorKind.CLOSED, location + " is not open");
    }
    return database;
  }

  /** xDelete. Nothing but journals is ever deleted so. */
  public void delete(String path) {
    if (path.endsWith(JOURNAL)) {
      ofJournal(path).volume().journal().delete();
    }
  }

  /** xAccess with SQLITE_ACCESS_EXISTS. Nothing but journals is ever asked for. */
  public boolean exists(String path) {
    return path.endsWith(JOURNAL) && ofJournal(path).volume().journal().exists();
  }

  /** How many databases are open, for messages. */
  public synchronized int openFiles() {
    return openFiles;
  }

  /**
   * Ends the VFS and closes its clients.
   *
   * @throws S3VfsException {@code BUSY} while a connection is open; then nothing was closed
   */
  @Override
  public synchronized void close() {
    if (openFiles > 0) {
      Map<S3Location, SharedDatabase> open = new HashMap<>(databases);
      open.values().removeIf(database -> !database.isOpen());
      throw new S3VfsException(
          ErrorKind.BUSY,
          "the VFS '"
              + config.name()
              + "' is in use by "
              + openFiles
              + " open files, of "
              + open.keySet()
              + "; close the connections first");
    }
    abandon();
  }

  /** Ends the VFS and closes its clients, whatever is open; open files fail from now on. */
  public synchronized void abandon() {
    if (!closed) {
      closed = true;
      databases.clear();
      CacheWatch.tell(this);
      cache.close();
      stores.close();
      if (pages != null) {
        pages.close();
      }
      if (disk != null) {
        disk.close();
      }
    }
  }
}
