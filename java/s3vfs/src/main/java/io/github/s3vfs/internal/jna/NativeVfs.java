package io.github.s3vfs.internal.jna;

import com.sun.jna.NativeLibrary;
import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.PageCache;
import io.github.s3vfs.internal.vfs.Vfs;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The native library of this class loader: loaded by the first VFS that is registered. {@link
 * #release} takes everything of Java's back from it; the library itself is never unloaded.
 * Thread-safe.
 */
public final class NativeVfs {
  private static @Nullable NativeVfs loaded;

  private final NativeLibrary library;
  private final HandleTable<Vfs> vfses = new HandleTable<>();
  private final Map<Vfs, Integer> ids = new HashMap<>();
  private final Map<Vfs, PageCache> caches = new HashMap<>();

  private final NativeBlobs blobs = new NativeBlobs();
  private final NativeTables tables = new NativeTables();

  /** Held here so that the callbacks live as long as the native side may call them. */
  private final Upcalls upcalls = new Upcalls(vfses, tables);

  /**
   * A shutdown hook that does nothing. Through it the JVM itself holds the callbacks, so that a
   * class loader that is dropped without {@link #release} stays, instead of being collected while
   * the native side has the addresses of its callbacks.
   */
  private final Thread anchor = new Thread(this::stay, "s3vfs-anchor");

  private NativeVfs(NativeLibrary library) {
    this.library = library;
  }

  private void stay() {}

  /**
   * The library, loaded at the first call. A failure is reported to this caller, and tried again
   * for the next one.
   *
   * @throws S3VfsException {@code UNSUPPORTED}, saying what is missing
   */
  public static synchronized NativeVfs load() {
    NativeVfs present = loaded;
    if (present == null) {
      present = new NativeVfs(LibraryLoader.load());
      present.bind();
      loaded = present;
    }
    return present;
  }

  private void bind() {
    S3VfsLibrary.bindTo(library);
    try {
      Runtime.getRuntime().addShutdownHook(anchor);
    } catch (IllegalStateException e) {
      // The JVM is ending, and collects no class loader any more.
    }
    check(upcalls.bind(), "s3vfs_bind");
    MonotonicClock.handOver();
  }

  /**
   * Unregisters all VFSes and takes the upcalls back, so that nothing native refers to this class
   * loader any more. Waits for upcalls that are running; not to be called from one. Files that are
   * open fail from then on, as virtual tables do, and blobs are closed. The next {@link #load}
   * begins anew.
   */
  public static synchronized void release() {
    NativeVfs present = loaded;
    if (present != null) {
      loaded = null;
      present.unbind();
    }
  }

  NativeBlobs blobs() {
    return blobs;
  }

  NativeTables tables() {
    return tables;
  }

  private synchronized void unbind() {
    tables.stop();
    blobs.release();
    List<PageCache> last = List.copyOf(caches.values());
    for (Vfs vfs : List.copyOf(ids.keySet())) {
      unregister(vfs);
    }
    check(S3VfsLibrary.s3vfs_unbind(), "s3vfs_unbind");
    tables.release();
    upcalls.closeFiles();
    last.forEach(PageCache::close);
    S3VfsLibrary.unbind();
    JnaMemory.forget(S3VfsLibrary.class, upcalls.all());
    library.close();
    try {
      Runtime.getRuntime().removeShutdownHook(anchor);
    } catch (IllegalStateException e) {
      // As in bind().
    }
  }

  /**
   * Makes a VFS known to SQLite under its name.
   *
   * @throws S3VfsException {@code INVALID} if the name is taken
   */
  public synchronized void register(Vfs vfs) {
    String name = vfs.config().name();
    PageCache cache = new NativePageCache(vfs.config().cacheSizeBytes());
    vfs.cacheIn(cache);
    int id = vfses.add(vfs);
    int result = S3VfsLibrary.s3vfs_register(NativeText.zeroTerminated(name), id);
    if (result != ResultCode.OK) {
      vfses.remove(id);
      cache.close();
    }
    if (result == ResultCode.BUSY) {
      throw new S3VfsException(
          ErrorKind.INVALID,
          "SQLite has a VFS of the name '"
              + name
              + "' already: this class loader's, that of another class loader (another web"
              + " application) with sqlite-s3vfs in it, or another extension's. Close that one, or"
              + " register this one under another name by S3Vfs.builder().name(...)");
    }
    check(result, "s3vfs_register");
    ids.put(vfs, id);
    caches.put(vfs, cache);
  }

  /** Takes the VFS's name back; no connection may be open through it. */
  public synchronized void unregister(Vfs vfs) {
    Integer id = ids.remove(vfs);
    if (id != null) {
      check(
          S3VfsLibrary.s3vfs_unregister(NativeText.zeroTerminated(vfs.config().name())),
          "s3vfs_unregister");
      vfses.remove(id);
      caches.remove(vfs);
    }
  }

  private static void check(int result, String function) {
    if (result != ResultCode.OK) {
      throw new S3VfsException(
          ErrorKind.INTERNAL, function + " answered SQLite's result code " + result);
    }
  }
}
