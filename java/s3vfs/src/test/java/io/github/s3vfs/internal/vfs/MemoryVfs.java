package io.github.s3vfs.internal.vfs;

import io.github.s3vfs.S3VfsConfig;
import io.github.s3vfs.internal.jna.NativeVfs;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.store.ObjectStore;
import io.github.s3vfs.internal.store.ObjectStores;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;

/** A registered VFS on an object store in memory, for tests that need SQLite but no socket. */
public final class MemoryVfs implements AutoCloseable {
  private static final AtomicInteger COUNT = new AtomicInteger();

  /** Names that are not in use. SQLite never forgets one, and looks through all of them. */
  private static final ConcurrentLinkedQueue<String> NAMES = new ConcurrentLinkedQueue<>();

  private final InMemoryObjectStore store;
  private final Vfs vfs;

  public MemoryVfs() {
    this(new InMemoryObjectStore("bucket"), Vfs::new);
  }

  /** A VFS on a store that others may use too, of a class that a test makes. */
  public MemoryVfs(InMemoryObjectStore store, BiFunction<S3VfsConfig, ObjectStores, Vfs> type) {
    this(store, store, type);
  }

  /** A VFS that sees the store through another one. */
  public MemoryVfs(InMemoryObjectStore store, ObjectStore seen) {
    this(store, seen, Vfs::new);
  }

  /** The same, with transactions that are stored in parts when they exceed that many bytes. */
  public MemoryVfs(InMemoryObjectStore store, ObjectStore seen, long writeBufferBytes) {
    this(store, seen, (c, stores) -> new Vfs(config(c.name(), writeBufferBytes), stores));
  }

  private MemoryVfs(
      InMemoryObjectStore store,
      ObjectStore seen,
      BiFunction<S3VfsConfig, ObjectStores, Vfs> type) {
    this.store = store;
    String free = NAMES.poll();
    String name = free != null ? free : "memory" + COUNT.incrementAndGet();
    long writeBufferBytes = S3VfsConfig.named(name).writeBufferBytes();
    this.vfs = type.apply(config(name, writeBufferBytes), stores(seen));
    NativeVfs.load().register(vfs);
    VfsRegistry.add(vfs);
  }

  private static S3VfsConfig config(String name, long writeBufferBytes) {
    S3VfsConfig c = S3VfsConfig.named(name);
    return new S3VfsConfig(
        name,
        "bucket",
        c.client(),
        c.requests(),
        c.layout(),
        c.blockSize(),
        c.optimistic(),
        c.maxStaleness(),
        c.cacheSizeBytes(),
        writeBufferBytes,
        c.parallelism(),
        c.leaseTerm(),
        c.retention(),
        c.upkeep(),
        c.cacheDir(),
        c.cacheDirBytes());
  }

  private static ObjectStores stores(ObjectStore store) {
    return new ObjectStores() {
      @Override
      public ObjectStore bucket(String bucket, S3VfsConfig config) {
        return store;
      }

      @Override
      public void close() {}
    };
  }

  public InMemoryObjectStore store() {
    return store;
  }

  public Vfs vfs() {
    return vfs;
  }

  /** Through stock sqlite-jdbc, or our driver where that knows the name. */
  public Connection connect(String key, String parameters) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:sqlite:file:" + key + "?vfs=" + vfs.config().name() + parameters);
  }

  @Override
  public void close() {
    vfs.close();
    NativeVfs.load().unregister(vfs);
    VfsRegistry.remove(vfs);
    NAMES.add(vfs.config().name());
  }
}
