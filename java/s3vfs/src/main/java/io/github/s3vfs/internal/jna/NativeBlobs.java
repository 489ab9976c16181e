package io.github.s3vfs.internal.jna;

import com.sun.jna.JNIEnv;
import io.github.s3vfs.internal.layout.Wanted;
import io.github.s3vfs.internal.vfs.BlobOwner;
import io.github.s3vfs.internal.vfs.LastFailure;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConnection;
import org.sqlite.core.DB;
import org.sqlite.core.NativeDB;

/** The blobs that are open through the native library of this class loader. Thread-safe. */
final class NativeBlobs {
  private static final Logger LOG = LoggerFactory.getLogger(NativeBlobs.class);

  private final Set<NativeBlob> open = ConcurrentHashMap.newKeySet();

  /** Held for reading while one is opened, so that the library is not released meanwhile. */
  private final ReentrantReadWriteLock gate = new ReentrantReadWriteLock();

  private boolean released;

  /** See {@link NativeBlob#open}. */
  NativeBlob open(
      SQLiteConnection connection,
      String database,
      String table,
      String column,
      long rowid,
      boolean writable)
      throws SQLException {
    gate.readLock().lock();
    try {
      if (released) {
        throw failure(ResultCode.MISUSE, "sqlite-s3vfs was closed meanwhile");
      }
      DB db = connection.getDatabase();
      BlobOwner owner = connection instanceof BlobOwner o ? o : null;
      synchronized (db) {
        if (owner != null) {
          owner.beforeExecution();
        }
        LastFailure.clear();
        long[] handle = new long[1];
        int result;
        try {
          Wanted.begin(1, NativeBlob.ROW); // of the row, and not what follows it
          result =
              S3VfsLibrary.s3vfs_blob_open(
                  address(db),
                  name(database),
                  name(table),
                  name(column),
                  rowid,
                  writable ? 1 : 0,
                  handle);
        } finally {
          Wanted.end();
        }
        if (result != ResultCode.OK) {
          throw failure(db, owner, result);
        }
        NativeBlob blob = new NativeBlob(this, db, owner, handle[0]);
        open.add(blob);
        if (owner != null) {
          owner.opened(blob);
        }
        return blob;
      }
    } finally {
      gate.readLock().unlock();
    }
  }

  /** The connection of SQLite; while its monitor is held nobody closes it. */
  static long address(DB db) throws SQLException {
    if (db.isClosed()) {
      throw failure(ResultCode.MISUSE, "the connection is closed");
    }
    long address = db instanceof NativeDB ? S3VfsLibrary.s3vfs_connection(JNIEnv.CURRENT, db) : -1;
    if (address == 0 || address == -1) {
      throw failure(
          ResultCode.MISUSE,
          "no connection of sqlite-jdbc 3.53 or later, as is needed here: " + db);
    }
    return address;
  }

  private static byte[] name(String name) throws SQLException {
    if (name.indexOf('\0') >= 0) {
      throw failure(ResultCode.ERROR, "a name with the character 0");
    }
    return NativeText.zeroTerminated(name);
  }

  /** What SQLite says of its last failure, with what was behind it. */
  static SQLException failure(DB db, @Nullable BlobOwner owner, int result) {
    SQLException failure;
    try {
      db.throwex(result);
      failure = failure(result, "no message");
    } catch (SQLException e) {
      failure = LastFailure.explain(e);
    }
    return owner == null ? failure : owner.failed(failure);
  }

  /** A failure in the form of sqlite-jdbc's. */
  static SQLException failure(int result, String message) {
    return DB.newSQLException(result, message);
  }

  void closed(NativeBlob blob) {
    open.remove(blob);
  }

  /** Closes all, and lets no more be opened. */
  void release() {
    gate.writeLock().lock();
    try {
      released = true;
    } finally {
      gate.writeLock().unlock();
    }
    for (NativeBlob blob : List.copyOf(open)) {
      try {
        blob.close();
      } catch (SQLException e) {
        LOG.warn("a blob that was open at the end was not closed in order", e);
      }
    }
  }
}
