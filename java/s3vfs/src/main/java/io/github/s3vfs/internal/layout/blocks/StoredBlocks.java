package io.github.s3vfs.internal.layout.blocks;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.DatabaseHeader;
import io.github.s3vfs.internal.readahead.SequentialReadAhead;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The stored blocks of a database, as they must be. Thread-safe. */
final class StoredBlocks {
  private final BlockObjects objects;
  private final long cacheCapacity;
  private final Supplier<BlocksState> current;

  /**
   * @param cacheCapacity in bytes
   * @param current what is known of the file now
   */
  StoredBlocks(BlockObjects objects, long cacheCapacity, Supplier<BlocksState> current) {
    this.objects = objects;
    this.cacheCapacity = cacheCapacity;
    this.current = current;
  }

  /** A stored block, checked against what its length must be. */
  byte[] block(long index) {
    return checked(index, objects.block(index));
  }

  /** Waits until a block is in the cache, which does not count as read. */
  void await(long index) {
    byte[] unused = checked(index, objects.fetched(index));
  }

  /** What a reader shall see of a block that was fetched: checked, and never in WAL mode. */
  byte[] checked(long index, byte @Nullable [] bytes) {
    BlocksState state = current.get();
    if (bytes == null) {
      if (state.recovering() || state.inLockPage(index)) {
        return new byte[0];
      }
      throw corrupt(index, "is missing");
    }
    int least = state.recovering() ? 0 : state.leastLength(index);
    if (bytes.length < least || bytes.length > state.blockSize()) {
      throw corrupt(
          index, "has " + bytes.length + " bytes where " + Math.max(least, 1) + " are expected");
    }
    return presentedAsRollback(index, bytes);
  }

  private S3VfsException corrupt(long index, String how) {
    return new S3VfsException(
        ErrorKind.CORRUPT,
        "block "
            + objects.describe(index)
            + " "
            + how
            + " (block size "
            + current.get().blockSize()
            + ", database of "
            + current.get().length()
            + " bytes)");
  }

  /** A header that asks for WAL is shown as one that asks for a rollback journal. */
  private byte[] presentedAsRollback(long index, byte[] bytes) {
    byte[] shown = bytes;
    for (int offset = DatabaseHeader.VERSIONS_OFFSET;
        offset < DatabaseHeader.VERSIONS_OFFSET + 2;
        offset++) {
      long at = offset - index * current.get().blockSize();
      if (at >= 0 && at < shown.length && shown[(int) at] == 2) {
        shown = shown.clone();
        shown[(int) at] = 1;
      }
    }
    return shown;
  }

  /** What the cache takes, in bytes. */
  long cacheCapacity() {
    return cacheCapacity;
  }

  /** At most 4 MiB or so many bytes, and no more than a quarter of what the cache takes. */
  int readAheadBlocks(int parallelism, long most) {
    long bytes = Math.min(most, Math.min(4 << 20, cacheCapacity / 4));
    return (int) Math.min(parallelism, bytes / current.get().blockSize());
  }

  /** Fetches ahead of a reader that goes forward. */
  void prefetch(BlocksReadAhead readAhead, long position, int count) {
    BlocksState state = current.get();
    long last = (position + Math.max(1, count) - 1) / state.blockSize();
    long first = position / state.blockSize();
    if (last > first && (last - first) * state.blockSize() < cacheCapacity / 4) {
      objects.fetch(first, Math.min(last + 1, state.blocks()), false);
    }
    SequentialReadAhead.Window window = readAhead.onAccess(state, position, last);
    if (!window.isEmpty()) {
      objects.prefetch(window.from(), window.until());
    }
  }
}
