package io.github.s3vfs.scenario;

import io.github.s3vfs.S3VfsConfig;
import io.github.s3vfs.internal.store.Condition;
import io.github.s3vfs.internal.store.Fetched;
import io.github.s3vfs.internal.store.InMemoryObjectStore;
import io.github.s3vfs.internal.store.Listed;
import io.github.s3vfs.internal.store.ObjectStore;
import io.github.s3vfs.internal.store.ObjectStores;
import io.github.s3vfs.internal.vfs.MemoryVfs;
import io.github.s3vfs.internal.vfs.OpenFlags;
import io.github.s3vfs.internal.vfs.Vfs;
import io.github.s3vfs.internal.vfs.VfsFile;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * A VFS that does what that of the Python package sqlite-s3vfs does
 * (https://github.com/uktrade/sqlite-s3vfs), request by request: each write goes to the store at
 * once, block by block; nothing is cached, nothing is locked, and no object but blocks is known.
 *
 * <p>Only the deletion of a file differs: the package leaves the order to S3; here the objects go
 * one by one, in ascending order.
 */
final class PythonVfs extends Vfs {
  /** Where SQLite's lock-byte page begins. */
  private static final long LOCK_PAGE = 1L << 30;

  private final ObjectStore store;
  private final int blockSize;

  private PythonVfs(S3VfsConfig config, ObjectStores stores, ObjectStore store, int blockSize) {
    super(config, stores);
    this.store = store;
    this.blockSize = blockSize;
  }

  /**
   * Registers one.
   *
   * @param store what its caller looks at
   * @param seen the store as the VFS sees it, which may be the same
   */
  static MemoryVfs on(InMemoryObjectStore store, ObjectStore seen, int blockSize) {
    return new MemoryVfs(store, (config, stores) -> new PythonVfs(config, stores, seen, blockSize));
  }

  /** The regular SQLite file, as the package serializes it. */
  static byte[] serialize(InMemoryObjectStore store, String path) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    for (String key : store.keys(path + "/")) {
      file.writeBytes(Objects.requireNonNull(store.peek(key)));
    }
    return file.toByteArray();
  }

  private List<Listed> objects(String path) {
    return store.list(path + "/").join();
  }

  @Override
  public VfsFile open(String path, Map<String, String> parameters, int flags) {
    if ((flags & (OpenFlags.MAIN_DB | OpenFlags.MAIN_JOURNAL)) == 0) {
      throw new AssertionError(path + " opened with flags 0x" + Integer.toHexString(flags));
    }
    return new PythonFile(path);
  }

  @Override
  public void delete(String path) {
    objects(path).forEach(object -> store.delete(object.key()).join());
  }

  @Override
  public boolean exists(String path) {
    return !objects(path).isEmpty();
  }

  /** A file: locks are granted, and barriers are passed, by doing nothing. */
  private final class PythonFile implements VfsFile {
    private final String path;

    PythonFile(String path) {
      this.path = path;
    }

    private String key(long block) {
      return String.format(Locale.ROOT, "%s/%010d", path, block);
    }

    private byte[] block(long block) {
      Fetched fetched = store.get(key(block), null, Condition.NONE).join();
      return fetched.found() ? fetched.body() : new byte[0];
    }

    private void put(long block, byte[] bytes) {
      var unused = store.put(key(block), bytes, Condition.NONE).join();
    }

    /** Joins what there is of each block; of a short one in the middle, the rest moves up. */
    @Override
    public int read(ByteBuffer dst, long position) {
      int begin = dst.position();
      long end = position + dst.remaining();
      for (long at = position; at < end; at += blockSize - at % blockSize) {
        int from = (int) (at % blockSize);
        byte[] bytes = block(at / blockSize);
        int until = (int) Math.min(bytes.length, from + end - at);
        if (until > from) {
          dst.put(bytes, from, until - from);
        }
      }
      return dst.position() - begin;
    }

    @Override
    public void write(ByteBuffer src, long position) {
      if (position == LOCK_PAGE + src.remaining()) {
        fillLockPage(position / blockSize);
      }
      long at = position;
      while (src.hasRemaining()) {
        long block = at / blockSize;
        int from = (int) (at % blockSize);
        byte[] part = new byte[Math.min(blockSize - from, src.remaining())];
        src.get(part);
        put(block, part.length == blockSize ? part : merged(block(block), from, part));
        at += part.length;
      }
    }

    private static byte[] merged(byte[] before, int from, byte[] part) {
      byte[] after = Arrays.copyOf(before, Math.max(before.length, from + part.length));
      System.arraycopy(part, 0, after, from, part.length);
      return after;
    }

    /** SQLite is writing the page behind the one that it never writes. */
    private void fillLockPage(long next) {
      for (long block = next - 1; block >= LOCK_PAGE / blockSize; block--) {
        byte[] before = block(block);
        if (before.length == blockSize) {
          return;
        }
        put(block, Arrays.copyOf(before, blockSize));
      }
    }

    @Override
    public void truncate(long size) {
      long total = 0;
      for (Listed object : objects(path)) {
        total += object.size();
        int keep = (int) Math.max(0, object.size() - total + size);
        if (keep == 0) {
          store.delete(object.key()).join();
        } else if (keep < object.size()) {
          byte[] bytes = store.get(object.key(), null, Condition.NONE).join().body();
          var unused = store.put(object.key(), Arrays.copyOf(bytes, keep), Condition.NONE).join();
        }
      }
    }

    @Override
    public void sync() {}

    @Override
    public long size() {
      return objects(path).stream().mapToLong(Listed::size).sum();
    }

    @Override
    public void close() {}
  }
}
