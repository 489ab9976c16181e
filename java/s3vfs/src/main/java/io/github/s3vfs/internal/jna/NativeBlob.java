package io.github.s3vfs.internal.jna;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.github.s3vfs.internal.layout.Wanted;
import io.github.s3vfs.internal.vfs.BlobOwner;
import io.github.s3vfs.internal.vfs.LastFailure;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;
import org.sqlite.core.DB;

/**
 * A blob of SQLite that is open on a connection of sqlite-jdbc. It is closed by {@link #close},
 * with its connection, or when the native library is released.
 *
 * <p>Thread-safe: whatever concerns a connection runs under the monitor of its {@code DB}, under
 * which sqlite-jdbc calls SQLite, too, and closes the connection.
 */
public final class NativeBlob implements BlobOwner.Blob {
  /** Nobody looks for a row by so many bytes one after the other. */
  static final long ROW = 256 << 10;

  private final NativeBlobs blobs;
  private final DB db;
  private final @Nullable BlobOwner owner;

  /** 0 when it was given back. Changed under the monitor of the DB. */
  private volatile long handle;

  /** Whether SQLite is being called about it: it may call back, on the same thread. */
  private boolean busy;

  /** Under the monitor of the DB. */
  private @Nullable Runnable whenClosed;

  NativeBlob(NativeBlobs blobs, DB db, @Nullable BlobOwner owner, long handle) {
    this.blobs = blobs;
    this.db = db;
    this.owner = owner;
    this.handle = handle;
  }

  /** What SQLite is called for; answers its result code. */
  private interface Call {
    int on(long blob);
  }

  /**
   * Opens a value.
   *
   * @throws SQLException SQLite's, or MISUSE for a connection that is closed
   * @throws io.github.s3vfs.S3VfsException if the native library does not load
   */
  public static NativeBlob open(
      SQLiteConnection connection,
      String database,
      String table,
      String column,
      long rowid,
      boolean writable)
      throws SQLException {
    return NativeVfs.load().blobs().open(connection, database, table, column, rowid, writable);
  }

  /**
   * Reads.
   *
   * @param target direct
   * @param at where in the target, whatever its position
   * @param wanted how many bytes are wanted from the offset on, if nothing says that more will be;
   *     else 0
   * @throws SQLException SQLite's; ABORT if the row was changed by something else
   * @throws ClosedChannelException if it was closed
   */
  public void read(int offset, int count, ByteBuffer target, int at, int wanted)
      throws SQLException, ClosedChannelException {
    try {
      if (wanted > 0) {
        Wanted.begin(wanted, 0);
      }
      run(blob -> S3VfsLibrary.s3vfs_blob_read(blob, address(target, at), count, offset));
    } finally {
      Wanted.end();
      Reference.reachabilityFence(target);
    }
  }

  /** Writes; as {@link #read}. */
  public void write(int offset, int count, ByteBuffer source, int at, int wanted)
      throws SQLException, ClosedChannelException {
    try {
      if (wanted > 0) {
        Wanted.begin(wanted, 0);
      }
      run(blob -> S3VfsLibrary.s3vfs_blob_write(blob, address(source, at), count, offset));
    } finally {
      Wanted.end();
      Reference.reachabilityFence(source);
    }
  }

  /** Fails with ABORT if the row was changed by something else. */
  public void check() throws SQLException, ClosedChannelException {
    run(blob -> S3VfsLibrary.s3vfs_blob_read(blob, 0, 0, 0));
  }

  /**
   * Goes to another row of the same table.
   *
   * @throws SQLException SQLite's; then it is of no more use
   * @throws ClosedChannelException if it was closed
   */
  public void reopen(long rowid) throws SQLException, ClosedChannelException {
    try {
      Wanted.begin(1, ROW);
      run(blob -> S3VfsLibrary.s3vfs_blob_reopen(blob, rowid));
    } finally {
      Wanted.end();
    }
  }

  /**
   * Its size in bytes; 0 if it has been found to be expired.
   *
   * @throws ClosedChannelException if it was closed
   */
  public int size() throws ClosedChannelException {
    synchronized (db) {
      int size = isOpen() ? S3VfsLibrary.s3vfs_blob_bytes(handle) : -1;
      if (size < 0) {
        throw new ClosedChannelException();
      }
      return size;
    }
  }

  /** Whether neither it nor its connection was closed. */
  public boolean isOpen() {
    return handle != 0 && !db.isClosed();
  }

  /**
   * Has something done once {@link #close} was called, by whomever; at once if it was. It must not
   * fail.
   */
  public void whenClosed(Runnable action) {
    synchronized (db) {
      if (handle == 0) {
        action.run();
      } else {
        whenClosed = action;
      }
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>From inside a callback of SQLite that runs because of this blob it fails with MISUSE, and
   * nothing is closed.
   */
  @Override
  public void close() throws SQLException {
    synchronized (db) {
      if (handle == 0) {
        return;
      }
      if (busy) {
        throw inUse();
      }
      LastFailure.clear();
      int result;
      try {
        busy = true;
        result = S3VfsLibrary.s3vfs_blob_close(handle);
      } finally {
        busy = false;
      }
      handle = 0;
      blobs.closed(this);
      if (whenClosed != null) {
        whenClosed.run();
      }
      if (owner != null) {
        owner.closed(this);
      }
      if (result != ResultCode.OK) {
        throw db.isClosed()
            ? NativeBlobs.failure(result, "when the blob was closed with its connection")
            : NativeBlobs.failure(db, owner, result);
      }
    }
  }

  private void run(Call call) throws SQLException, ClosedChannelException {
    synchronized (db) {
      if (!isOpen()) {
        throw new ClosedChannelException();
      }
      if (busy) {
        throw inUse();
      }
      if (owner != null) {
        owner.beforeExecution();
      }
      LastFailure.clear();
      int result;
      try {
        busy = true;
        result = call.on(handle);
      } finally {
        busy = false;
      }
      if (result != ResultCode.OK) {
        if (S3VfsLibrary.s3vfs_blob_bytes(handle) < 0) {
          throw new ClosedChannelException();
        }
        throw NativeBlobs.failure(db, owner, result);
      }
    }
  }

  private static SQLException inUse() {
    return NativeBlobs.failure(ResultCode.MISUSE, "the blob is in use, in a call that is running");
  }

  private static long address(ByteBuffer direct, int at) {
    return Pointer.nativeValue(Native.getDirectBufferPointer(direct)) + at;
  }
}
