package io.github.s3vfs.internal.jna;

import io.github.s3vfs.table.spi.RowBatch;
import io.github.s3vfs.table.spi.RowCursor;
import io.github.s3vfs.table.spi.RowModule;
import io.github.s3vfs.table.spi.RowTable;
import java.sql.SQLException;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConnection;
import org.sqlite.core.DB;

/**
 * The modules, virtual tables and cursors of this class loader that SQLite has. Thread-safe; each
 * table belongs to a connection, which one thread at a time uses.
 */
public final class NativeTables {
  private static final Logger LOG = LoggerFactory.getLogger(NativeTables.class);

  final HandleTable<Registered> modules = new HandleTable<>();
  final HandleTable<Table> tables = new HandleTable<>();
  final HandleTable<Cursor> cursors = new HandleTable<>();

  /** Held for reading while one is registered, so that the library is not released meanwhile. */
  private final ReentrantReadWriteLock gate = new ReentrantReadWriteLock();

  private boolean released;

  /** A module on a connection. */
  public final class Registered {
    final RowModule rows;
    private final DB db;
    private final String name;
    private volatile boolean gone;

    Registered(RowModule rows, DB db, String name) {
      this.rows = rows;
      this.db = db;
      this.name = name;
    }

    /** SQLite has no use for it any more, or has another one of its name. */
    void gone() {
      gone = true;
    }

    private boolean isReplacedBy(Registered other) {
      return this != other && db == other.db && name.equalsIgnoreCase(other.name);
    }

    /** Takes it from its connection, if it is still there. */
    public void close() throws SQLException {
      gate.readLock().lock();
      try {
        synchronized (db) {
          if (released || gone || db.isClosed()) {
            return;
          }
          gone = true; // tables may keep it, but it is no more this name's
          int result =
              S3VfsLibrary.s3vfs_module_drop(
                  NativeBlobs.address(db), NativeText.zeroTerminated(name));
          if (result != ResultCode.OK) {
            throw NativeBlobs.failure(db, null, result);
          }
        }
      } finally {
        gate.readLock().unlock();
      }
    }
  }

  /**
   * A table.
   *
   * @param connection the address of SQLite's
   */
  record Table(RowTable rows, long connection) {}

  /** A cursor, and the rows that SQLite has not taken yet. */
  static final class Cursor {
    final RowCursor rows;
    final long connection;
    final RowBatch batch = new RowBatch();

    /** Whether the batch was filled and did not fit into what SQLite had. */
    boolean waiting;

    /** Whether no rows come behind the batch. */
    boolean last;

    Cursor(RowCursor rows, long connection) {
      this.rows = rows;
      this.connection = connection;
    }
  }

  /**
   * Registers a module.
   *
   * @throws SQLException SQLite's, or MISUSE for a connection that is closed
   * @throws io.github.s3vfs.S3VfsException if the native library does not load
   */
  public static Registered register(SQLiteConnection connection, String name, RowModule rows)
      throws SQLException {
    return NativeVfs.load().tables().add(connection, name, rows);
  }

  private Registered add(SQLiteConnection connection, String name, RowModule rows)
      throws SQLException {
    gate.readLock().lock();
    try {
      if (released) {
        throw NativeBlobs.failure(ResultCode.MISUSE, "sqlite-s3vfs was closed meanwhile");
      }
      DB db = connection.getDatabase();
      synchronized (db) {
        long address = NativeBlobs.address(db);
        Registered module = new Registered(rows, db, name);
        int result =
            S3VfsLibrary.s3vfs_module(
                address,
                NativeText.zeroTerminated(name),
                modules.add(module),
                rows.isFunction() ? 1 : 0);
        if (result != ResultCode.OK) {
          throw NativeBlobs.failure(db, null, result);
        }
        // Their tables may keep them.
        modules.all().stream().filter(m -> m.isReplacedBy(module)).forEach(Registered::gone);
        return module;
      }
    } finally {
      gate.readLock().unlock();
    }
  }

  /** Lets no more be registered. */
  void stop() {
    gate.writeLock().lock();
    try {
      released = true;
    } finally {
      gate.writeLock().unlock();
    }
  }

  /** Closes what SQLite has left open; for when upcalls come no more. */
  void release() {
    cursors.removeAll().forEach(cursor -> quietly(cursor.rows));
    tables.removeAll().forEach(table -> quietly(table.rows()));
    modules.removeAll();
  }

  private static void quietly(AutoCloseable closing) {
    try {
      closing.close();
    } catch (Exception e) {
      LOG.warn("a table that was open at the end was not closed in order", e);
    }
  }
}
