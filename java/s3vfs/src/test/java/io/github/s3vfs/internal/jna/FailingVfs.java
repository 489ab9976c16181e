package io.github.s3vfs.internal.jna;

import io.github.s3vfs.S3VfsConfig;
import io.github.s3vfs.internal.layout.LockLevel;
import io.github.s3vfs.internal.store.ObjectStores;
import io.github.s3vfs.internal.vfs.Vfs;
import io.github.s3vfs.internal.vfs.VfsFile;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A VFS in which the method of a test's choice throws what the test likes. */
final class FailingVfs extends Vfs {
  /** The methods. */
  enum Method {
    OPEN,
    CLOSE,
    READ,
    WRITE,
    TRUNCATE,
    SYNC,
    SIZE,
    LOCK,
    UNLOCK,
    RESERVED,
    SYNC_CONTROL,
    COMMITTED_CONTROL,
    PRAGMA,
    DELETE,
    ACCESS,
    FULLPATH
  }

  private volatile @Nullable Method failing;
  private volatile Supplier<Throwable> failure = () -> new IllegalStateException("unset");
  private final AtomicInteger hits = new AtomicInteger();

  FailingVfs(S3VfsConfig config, ObjectStores stores) {
    super(config, stores);
  }

  void fail(Method method, Supplier<Throwable> with) {
    hits.set(0);
    failure = with;
    failing = method;
  }

  /** Everything works again; answers how often something failed. */
  int heal() {
    failing = null;
    return hits.get();
  }

  private void check(Method method) {
    if (failing == method) {
      hits.incrementAndGet();
      throwAny(failure.get());
    }
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T extends Throwable> void throwAny(Throwable t) throws T {
    throw (T) t;
  }

  @Override
  public VfsFile open(String path, Map<String, String> parameters, int flags) {
    check(Method.OPEN);
    return new FailingFile(super.open(path, parameters, flags));
  }

  @Override
  public void delete(String path) {
    check(Method.DELETE);
    super.delete(path);
  }

  @Override
  public boolean exists(String path) {
    check(Method.ACCESS);
    return super.exists(path);
  }

  @Override
  public String fullPathname(String name) {
    check(Method.FULLPATH);
    return super.fullPathname(name);
  }

  private final class FailingFile implements VfsFile {
    private final VfsFile file;

    FailingFile(VfsFile file) {
      this.file = file;
    }

    @Override
    public int read(ByteBuffer dst, long position) {
      check(Method.READ);
      return file.read(dst, position);
    }

    @Override
    public void write(ByteBuffer src, long position) {
      check(Method.WRITE);
      file.write(src, position);
    }

    @Override
    public void truncate(long size) {
      check(Method.TRUNCATE);
      file.truncate(size);
    }

    @Override
    public void sync() {
      check(Method.SYNC);
      file.sync();
    }

    @Override
    public long size() {
      check(Method.SIZE);
      return file.size();
    }

    @Override
    public boolean lock(LockLevel level) {
      check(Method.LOCK);
      return file.lock(level);
    }

    @Override
    public void unlock(LockLevel level) {
      file.unlock(level);
      check(Method.UNLOCK);
    }

    @Override
    public boolean checkReservedLock() {
      check(Method.RESERVED);
      return file.checkReservedLock();
    }

    @Override
    public void syncControl() {
      check(Method.SYNC_CONTROL);
      file.syncControl();
    }

    @Override
    public void committedControl() {
      check(Method.COMMITTED_CONTROL);
      file.committedControl();
    }

    @Override
    public @Nullable String pragma(String name, @Nullable String argument) {
      check(Method.PRAGMA);
      return file.pragma(name, argument);
    }

    @Override
    public void close() {
      file.close();
      check(Method.CLOSE);
    }
  }
}
