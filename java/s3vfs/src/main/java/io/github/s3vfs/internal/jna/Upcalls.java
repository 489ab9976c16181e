package io.github.s3vfs.internal.jna;

import com.sun.jna.Pointer;
import io.github.s3vfs.internal.layout.CachedPages;
import io.github.s3vfs.internal.layout.LockLevel;
import io.github.s3vfs.internal.vfs.Vfs;
import io.github.s3vfs.internal.vfs.VfsFile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the upcalls of the native library. The fields hold the callbacks for as long as this
 * object lives: the native side calls them through raw pointers.
 */
final class Upcalls {
  private static final Logger LOG = LoggerFactory.getLogger(Upcalls.class);
  private static final int CONTROL_SYNC = 1;
  private static final int CONTROL_COMMITTED = 2;
  private static final int ACCESS_EXISTS = 0;

  /** The longest staleness that the native side is told. */
  private static final Duration FOREVER = Duration.ofDays(3653);

  private final HandleTable<Vfs> vfses;
  private final HandleTable<Open> files = new HandleTable<>();

  /** An open file, and the VFS that counts its upcalls. */
  private record Open(VfsFile file, Vfs vfs) {}

  private final Upcall open = this::open;
  private final Upcall close = this::close;
  private final Upcall read = this::read;
  private final Upcall write = this::write;
  private final Upcall truncate = this::truncate;
  private final Upcall sync = this::sync;
  private final Upcall size = this::size;
  private final Upcall lock = this::lock;
  private final Upcall unlock = this::unlock;
  private final Upcall reserved = this::reserved;
  private final Upcall control = this::control;
  private final Upcall pragma = this::pragma;
  private final Upcall delete = this::delete;
  private final Upcall access = this::access;
  private final Upcall fullpath = this::fullpath;

  private final TableUpcalls tables;

  Upcalls(HandleTable<Vfs> vfses, NativeTables tables) {
    this.vfses = vfses;
    this.tables = new TableUpcalls(tables);
  }

  /** Hands all upcalls over to the native library; answers its result code. */
  int bind() {
    return S3VfsLibrary.s3vfs_bind(
        open,
        close,
        read,
        write,
        truncate,
        sync,
        size,
        lock,
        unlock,
        reserved,
        control,
        pragma,
        delete,
        access,
        fullpath,
        tables.table,
        tables.schema,
        tables.plan,
        tables.cursor,
        tables.filter,
        tables.fetch,
        tables.release);
  }

  private Vfs vfs(int handle) {
    Vfs vfs = vfses.get(handle);
    vfs.upcalled();
    return vfs;
  }

  private VfsFile file(int handle) {
    Open open = files.get(handle);
    open.vfs().upcalled();
    return open.file();
  }

  /** All of them. */
  List<Upcall> all() {
    List<Upcall> all = new ArrayList<>(tables.all());
    Collections.addAll(
        all, open, close, read, write, truncate, sync, size, lock, unlock, reserved, control,
        pragma, delete, access, fullpath);
    return all;
  }

  /**
   * Closes what SQLite has left open, as a connection does that is closed: what is not committed is
   * not stored, and the lease is given back. For when upcalls come no more.
   */
  void closeFiles() {
    for (Open left : files.removeAll()) {
      try {
        left.file().close();
      } catch (RuntimeException e) {
        LOG.warn("a file that was open at the end was not closed in order", e);
      }
    }
  }

  private long open(int vfs, long path, long parameters, long about, int flags) {
    return Guard.run(
        ResultCode.CANTOPEN,
        () -> {
          Vfs owner = vfs(vfs);
          VfsFile file = owner.open(NativeText.read(path), NativeText.readPairs(parameters), flags);
          int handle = files.add(new Open(file, owner));
          CachedPages pages = file.pages();
          if (pages != null) {
            new Pointer(about).setLong(Long.BYTES, nanos(file.maxStaleness()));
            new Pointer(about).setLong(0, pages.hold()); // last: nobody else gives that back
          }
          return Guard.ok(handle);
        });
  }

  private static long nanos(Duration duration) {
    return duration.compareTo(FOREVER) < 0 ? duration.toNanos() : FOREVER.toNanos();
  }

  private long close(int file, long a, long b, long c, int n) {
    return Guard.run(
        ResultCode.IOERR_CLOSE,
        () -> {
          Open closing = files.remove(file);
          closing.vfs().upcalled();
          closing.file().close();
          return Guard.ok(0);
        });
  }

  private long read(int file, long buffer, long offset, long c, int count) {
    return Guard.run(
        ResultCode.IOERR_READ,
        () -> Guard.ok(file(file).read(NativeText.bytes(buffer, count), offset)));
  }

  private long write(int file, long buffer, long offset, long c, int count) {
    return Guard.run(
        ResultCode.IOERR_WRITE,
        () -> {
          file(file).write(NativeText.bytes(buffer, count), offset);
          return Guard.ok(0);
        });
  }

  private long truncate(int file, long size, long b, long c, int n) {
    return Guard.run(
        ResultCode.IOERR_TRUNCATE,
        () -> {
          file(file).truncate(size);
          return Guard.ok(0);
        });
  }

  private long sync(int file, long a, long b, long c, int flags) {
    return Guard.run(
        ResultCode.IOERR_FSYNC,
        () -> {
          file(file).sync();
          return Guard.ok(0);
        });
  }

  private long size(int file, long result, long b, long c, int n) {
    return Guard.run(
        ResultCode.IOERR_FSTAT,
        () -> {
          new Pointer(result).setLong(0, file(file).size());
          return Guard.ok(0);
        });
  }

  private long lock(int file, long aboutView, long entered, long c, int level) {
    return Guard.run(
        ResultCode.IOERR_LOCK,
        () -> {
          VfsFile locking = file(file);
          LockLevel wanted = LockLevel.of(level);
          if (entered != 0) {
            locking.adoptShared();
          } else if (!locking.lock(wanted)) {
            return Guard.code(ResultCode.BUSY);
          } else if (wanted == LockLevel.SHARED) {
            tellView(locking, new Pointer(aboutView));
          }
          return Guard.ok(0);
        });
  }

  /** Tells the native side what it may read by itself. */
  private static void tellView(VfsFile file, Pointer about) {
    int view = file.view();
    int pageSize = file.pageSize();
    if (view > 0 && pageSize > 0) {
      about.setLong(0, view);
      about.setLong(Long.BYTES, file.size());
      about.setLong(2 * Long.BYTES, Integer.numberOfTrailingZeros(pageSize));
    }
  }

  private long unlock(int file, long a, long b, long c, int level) {
    return Guard.run(
        ResultCode.IOERR_UNLOCK,
        () -> {
          file(file).unlock(LockLevel.of(level));
          return Guard.ok(0);
        });
  }

  private long reserved(int file, long a, long b, long c, int n) {
    return Guard.run(
        ResultCode.IOERR_CHECKRESERVEDLOCK, () -> Guard.ok(file(file).checkReservedLock() ? 1 : 0));
  }

  private long control(int file, long a, long b, long c, int op) {
    return Guard.run(
        ResultCode.IOERR_FSYNC,
        () -> {
          if (op == CONTROL_SYNC) {
            file(file).syncControl();
          } else if (op == CONTROL_COMMITTED) {
            file(file).committedControl();
          } else {
            return Guard.code(ResultCode.NOTFOUND);
          }
          return Guard.ok(0);
        });
  }

  private long pragma(int file, long name, long argument, long text, int room) {
    return Guard.run(
        ResultCode.ERROR,
        () -> {
          String result =
              file(file).pragma(NativeText.read(name), NativeText.readNullable(argument));
          if (result == null) {
            return Guard.code(ResultCode.NOTFOUND);
          }
          NativeText.write(result, text, room);
          return Guard.ok(0);
        });
  }

  private long delete(int vfs, long path, long b, long c, int syncDirectory) {
    return Guard.run(
        ResultCode.IOERR_DELETE,
        () -> {
          vfs(vfs).delete(NativeText.read(path));
          return Guard.ok(0);
        });
  }

  private long access(int vfs, long path, long b, long c, int flags) {
    return Guard.run(
        ResultCode.IOERR_ACCESS,
        () -> Guard.ok(flags != ACCESS_EXISTS || vfs(vfs).exists(NativeText.read(path)) ? 1 : 0));
  }

  private long fullpath(int vfs, long path, long out, long c, int room) {
    return Guard.run(
        ResultCode.CANTOPEN,
        () -> {
          NativeText.write(vfs(vfs).fullPathname(NativeText.read(path)), out, room);
          return Guard.ok(0);
        });
  }
}
