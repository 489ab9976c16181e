package io.github.s3vfs.internal.jna;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.github.s3vfs.internal.layout.CachedPages;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The pages of one database in the native page cache: a volume of native/volume.c. Thread-safe. */
final class NativePages implements CachedPages {
  private static final int NO_JOURNAL = 1; // S3VFS_NO_JOURNAL
  private static final int LOOK = -1; // S3VFS_LOOK

  /**
   * Where the bytes of a buffer are.
   *
   * @param address of native memory, or 0
   * @param array if there is no address
   * @param offset of the buffer in the array
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Memory(long address, byte[] array, int offset) {
    private static final byte[] NOTHING = new byte[1]; // one: an empty array has no address
    static final Memory NONE = new Memory(0, NOTHING, 0);

    static Memory of(ByteBuffer buffer) {
      return buffer.isDirect()
          ? new Memory(Pointer.nativeValue(Native.getDirectBufferPointer(buffer)), NOTHING, 0)
          : new Memory(0, buffer.array(), buffer.arrayOffset());
    }
  }

  private final NativePageCache cache;

  private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

  /** 0 when it was given back. Changed while nobody reads ({@link NativePageCache#whileOpen}). */
  private long volume;

  NativePages(NativePageCache cache, long volume) {
    this.cache = cache;
    this.volume = volume;
  }

  /** Gives it back; while nobody reads. */
  void release() {
    if (volume != 0) {
      S3VfsLibrary.s3vfs_volume_stale(volume);
      S3VfsLibrary.s3vfs_volume_release(volume);
      volume = 0;
    }
  }

  @Override
  public long hold() {
    return cache.whileOpen(
        () -> {
          if (volume != 0) {
            S3VfsLibrary.s3vfs_volume_hold(volume);
          }
          return volume;
        });
  }

  @Override
  public void view(int view, long @Nullable [] changed) {
    int[] pages = changed == null ? new int[1] : numbers(changed);
    int count = changed == null ? -1 : changed.length;
    long unused =
        cache.whileOpen(
            () -> {
              if (volume != 0) {
                S3VfsLibrary.s3vfs_volume_view(volume, view, count, pages);
              }
              return 0;
            });
  }

  private static int[] numbers(long[] pages) {
    // One more: an empty array has no address.
    int[] numbers = new int[pages.length + 1];
    for (int i = 0; i < pages.length; i++) {
      numbers[i] = (int) pages[i];
    }
    return numbers;
  }

  @Override
  public void fresh(int view, long since, long aheadMillis, boolean noJournal) {
    long unused =
        cache.whileOpen(
            () -> {
              // Whatever happens in between makes the view look older than it is, not younger.
              long there = S3VfsLibrary.s3vfs_now();
              long here = System.nanoTime();
              if (volume != 0 && there >= 0) {
                S3VfsLibrary.s3vfs_volume_fresh(
                    volume,
                    view,
                    there - (here - since),
                    aheadMillis * 1_000_000 + (here - there),
                    noJournal ? NO_JOURNAL : 0);
              }
              return 0;
            });
  }

  @Override
  public int stale() {
    return (int) cache.whileOpen(() -> volume == 0 ? 0 : S3VfsLibrary.s3vfs_volume_stale(volume));
  }

  @Override
  public boolean read(
      int view,
      Key key,
      long first,
      int count,
      long page,
      int pageSize,
      int start,
      ByteBuffer dst,
      int bytes) {
    Memory memory = bytes == 0 ? Memory.NONE : Memory.of(dst);
    if (bytes > 0 && memory.array().length > bytes) {
      // An array is copied as a whole on its way to the native side, and back.
      ByteBuffer part = ByteBuffer.allocate(bytes);
      boolean there = read(view, key, first, count, page, pageSize, start, part, bytes);
      if (there) {
        dst.put(part.flip());
      }
      return there;
    }
    int at = memory.offset() + (bytes == 0 ? 0 : dst.position());
    boolean found =
        cache.whileOpen(
                () ->
                    volume == 0
                        ? 0
                        : S3VfsLibrary.s3vfs_page_read(
                            volume,
                            view,
                            key.a(),
                            key.b(),
                            key.c(),
                            key.d(),
                            (int) first,
                            count,
                            (int) page,
                            pageSize,
                            start,
                            memory.address(),
                            memory.array(),
                            at,
                            bytes))
            != 0;
    if (found) {
      dst.position(dst.position() + bytes);
    }
    return found;
  }

  @Override
  public boolean has(Key key, long page, int pageSize) {
    return read(0, key, page, 0, page, pageSize, 0, EMPTY, 0);
  }

  @Override
  public boolean look(Key key, long page, int pageSize, ByteBuffer dst) {
    return read(LOOK, key, page, 0, page, pageSize, 0, dst, pageSize);
  }

  @Override
  public long[] unknown(int view, long[] asked) {
    int[] numbers = numbers(asked);
    long left =
        cache.whileOpen(
            () ->
                volume == 0
                    ? asked.length
                    : S3VfsLibrary.s3vfs_pages_unknown(volume, view, asked.length, numbers));
    long[] unknown = new long[(int) left];
    for (int i = 0; i < unknown.length; i++) {
      unknown[i] = Integer.toUnsignedLong(numbers[i]);
    }
    return unknown;
  }

  private static int number(How how) {
    return switch (how) {
      case READ -> 0; // S3VFS_PUT_READ
      case BESIDE -> 1; // S3VFS_PUT_BESIDE
      case AHEAD -> 2; // S3VFS_PUT_AHEAD
    };
  }

  @Override
  public void put(
      How how, int view, Key key, int pageSize, long[] pages, ByteBuffer bytes, int from) {
    int[] numbers = numbers(pages);
    Memory memory = Memory.of(bytes);
    long unused =
        cache.whileOpen(
            () -> {
              if (volume == 0) {
                return 0;
              }
              S3VfsLibrary.s3vfs_page_put(
                  volume,
                  view,
                  key.a(),
                  key.b(),
                  key.c(),
                  key.d(),
                  pageSize,
                  pages.length,
                  numbers,
                  memory.address(),
                  memory.array(),
                  memory.offset() + from,
                  number(how));
              return 0;
            });
  }

  @Override
  public void close() {
    cache.close(this);
  }
}
