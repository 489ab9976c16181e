package io.github.s3vfs.internal.jna;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.vfs.Vfs;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;

/**
 * The native library in this process: loaded into sqlite-jdbc's SQLite once, by the first VFS that
 * is registered, and never unloaded. Thread-safe.
 */
public final class NativeVfs {
  private static @Nullable NativeVfs loaded;

  private final HandleTable<Vfs> vfses = new HandleTable<>();
  private final Map<Vfs, Integer> ids = new HashMap<>();

  /** Held here so that the callbacks live as long as the native side may call them. */
  private final Upcalls upcalls = new Upcalls(vfses);

  private NativeVfs() {}

  /**
   * The library, loaded at the first call. A failure is reported to this caller, and tried again
   * for the next one.
   *
   * @throws S3VfsException {@code UNSUPPORTED}, saying what is missing
   */
  public static synchronized NativeVfs load() {
    NativeVfs library = loaded;
    if (library == null) {
      library = new NativeVfs();
      library.loadAndBind();
      loaded = library;
    }
    return library;
  }

  private void loadAndBind() {
    try (LibraryFile file = LibraryFile.open()) {
      loadExtension(file.path().toString());
      S3VfsLibrary.bindTo(file.path().toString());
    } catch (SQLException | LinkageError e) {
      throw new S3VfsException(
          ErrorKind.UNSUPPORTED,
          "the native library cannot be loaded into sqlite-jdbc's SQLite: " + e,
          e);
    }
    int abi = S3VfsLibrary.s3vfs_abi();
    if (abi != S3VfsLibrary.ABI) {
      throw new S3VfsException(
          ErrorKind.UNSUPPORTED,
          "the native library has ABI " + abi + ", this jar wants " + S3VfsLibrary.ABI);
    }
    check(upcalls.bind(), "s3vfs_bind");
  }

  /** As a permanent extension it outlives this connection. */
  private static void loadExtension(String path) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.enableLoadExtension(true);
    try (Connection memory = config.createConnection("jdbc:sqlite::memory:");
        PreparedStatement load = memory.prepareStatement("SELECT load_extension(?, ?)")) {
      load.setString(1, path);
      load.setString(2, S3VfsLibrary.ENTRY_POINT);
      load.execute();
    }
  }

  /**
   * Makes a VFS known to SQLite under its name.
   *
   * @throws S3VfsException {@code INVALID} if the name is taken
   */
  public synchronized void register(Vfs vfs) {
    String name = vfs.config().name();
    int id = vfses.add(vfs);
    int result = S3VfsLibrary.s3vfs_register(zeroTerminated(name), id);
    if (result != ResultCode.OK) {
      vfses.remove(id);
    }
    if (result == ResultCode.BUSY) {
      throw new S3VfsException(
          ErrorKind.INVALID, "SQLite has a VFS of the name '" + name + "' already");
    }
    check(result, "s3vfs_register");
    ids.put(vfs, id);
  }

  /** Takes the VFS's name back; no connection may be open through it. */
  public synchronized void unregister(Vfs vfs) {
    Integer id = ids.remove(vfs);
    if (id != null) {
      check(S3VfsLibrary.s3vfs_unregister(zeroTerminated(vfs.config().name())), "s3vfs_unregister");
      vfses.remove(id);
    }
  }

  private static byte[] zeroTerminated(String text) {
    return (text + "\0").getBytes(StandardCharsets.UTF_8);
  }

  private static void check(int result, String function) {
    if (result != ResultCode.OK) {
      throw new S3VfsException(
          ErrorKind.INTERNAL, function + " answered SQLite's result code " + result);
    }
  }
}
