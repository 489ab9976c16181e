package io.github.s3vfs.internal.layout.blocks;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A file of blocks with changes on top that are not stored yet. Pure: the stored blocks come from a
 * function. Not thread-safe.
 *
 * <p>The file is the stored one up to {@code kept}, zeros from there to {@code length}, and the
 * changed blocks over both. {@code kept} is less than the stored length after a truncation.
 */
final class WriteBuffer {

  /** Content of stored blocks. */
  interface Stored {
    /** The bytes of a stored block, not to be changed; shorter than a block at the file's end. */
    byte[] block(long index);
  }

  private final int blockSize;
  private final Stored stored;
  private final TreeMap<Long, byte[]> changed = new TreeMap<>();

  /** Changed blocks that were given out to be stored: another change makes a copy of them. */
  private final Set<Long> lent = new HashSet<>();

  private long storedLength;
  private long kept;
  private long length;

  /** How long stores that failed half-way may have made the stored file. */
  private long attempted;

  /** Up to here all stored blocks but block 0 are full, because a spill has stored them. */
  private long spilledUntil;

  /**
   * @param blockSize in bytes
   * @param storedLength length of the stored file in bytes
   * @param stored its blocks
   */
  WriteBuffer(int blockSize, long storedLength, Stored stored) {
    this.blockSize = blockSize;
    this.stored = stored;
    this.storedLength = storedLength;
    this.kept = storedLength;
    this.length = storedLength;
    this.attempted = storedLength;
  }

  long length() {
    return length;
  }

  /** Whether the stored file is what this file is. */
  boolean isClean() {
    return changed.isEmpty()
        && kept == storedLength
        && length == storedLength
        && attempted <= storedLength;
  }

  /** Bytes held in memory. */
  long bytes() {
    return (long) changed.size() * blockSize;
  }

  int read(ByteBuffer dst, long position) {
    int wanted = (int) Math.min(dst.remaining(), Math.max(0, length - position));
    long at = position;
    int left = wanted;
    while (left > 0) {
      long index = at / blockSize;
      int start = (int) (at % blockSize);
      int count = Math.min(blockSize - start, left);
      byte[] mine = changed.get(index);
      if (mine != null) {
        dst.put(mine, start, count);
      } else {
        readKept(dst, index, start, count);
      }
      at += count;
      left -= count;
    }
    return wanted;
  }

  /** Bytes of an unchanged block: stored ones as far as they are kept, then zeros. */
  private void readKept(ByteBuffer dst, long index, int start, int count) {
    long blockStart = index * blockSize;
    int keptHere = (int) Math.max(0, Math.min(start + count, kept - blockStart));
    int copied = 0;
    if (keptHere > start) {
      byte[] bytes = stored.block(index);
      if (bytes.length > start) {
        copied = Math.min(keptHere, bytes.length) - start;
        dst.put(bytes, start, copied);
      }
    }
    for (int i = copied; i < count; i++) {
      dst.put((byte) 0);
    }
  }

  void write(ByteBuffer src, long position) {
    long at = position;
    while (src.hasRemaining()) {
      long index = at / blockSize;
      int start = (int) (at % blockSize);
      int count = Math.min(blockSize - start, src.remaining());
      src.get(forChange(index, start, count), start, count);
      at += count;
    }
    length = Math.max(length, at);
  }

  private byte[] forChange(long index, int start, int count) {
    byte[] mine = changedBlock(index);
    if (mine == null) {
      mine = new byte[blockSize];
      long blockStart = index * blockSize;
      boolean coversAll =
          start == 0 && blockStart + count >= Math.min(length, blockStart + blockSize);
      if (!coversAll) {
        int here = (int) Math.max(0, Math.min(blockSize, length - blockStart));
        readKept(ByteBuffer.wrap(mine), index, 0, here);
      }
      changed.put(index, mine);
    }
    return mine;
  }

  /** A block that was changed already, to change it further; or null. */
  private byte @Nullable [] changedBlock(long index) {
    byte[] mine = changed.get(index);
    if (mine != null && lent.remove(index)) {
      mine = mine.clone();
      changed.put(index, mine);
    }
    return mine;
  }

  void truncate(long size) {
    if (size < length) {
      kept = Math.min(kept, size);
      changed.tailMap(blocks(size), true).clear();
      int tail = (int) (size % blockSize);
      byte[] last = tail == 0 ? null : changedBlock(size / blockSize);
      if (last != null) {
        Arrays.fill(last, tail, blockSize, (byte) 0);
      }
    }
    length = size;
  }

  /** Forgets all changes. */
  void reset() {
    changed.clear();
    lent.clear();
    kept = storedLength;
    length = storedLength;
  }

  /** Number of blocks of a file of that length. */
  private long blocks(long size) {
    return (size + blockSize - 1) / blockSize;
  }

  /** The length that block {@code index} has in a file of {@code size} bytes. */
  int blockLength(long index, long size) {
    return (int) Math.max(0, Math.min(blockSize, size - index * blockSize));
  }

  /** Length of stored blocks when nothing else is known: full but for the last one. */
  LongToIntFunction storedBlockLength() {
    long stored = storedLength;
    return index -> blockLength(index, stored);
  }

  /**
   * The blocks to store so that the stored file becomes this one: the changed ones, and those that
   * a growth or a truncation makes longer, shorter or zero. Ascending. Their contents do not change
   * any more, whatever is written later. If storing them fails, all are given again the next time.
   *
   * <p>A block that is missing or short where this file has only kept what was stored stays as it
   * is: zeros in its place would hide the damage from readers.
   *
   * @param storedBlockLength length of each stored block, 0 where there is none; spills since need
   *     not be taken into account
   */
  NavigableMap<Long, byte[]> toStore(LongToIntFunction storedBlockLength) {
    TreeMap<Long, byte[]> result = changedWithGaps(storedBlockLength);
    lend(result, length);
    return result;
  }

  private void lend(NavigableMap<Long, byte[]> blocks, long lengthThen) {
    lent.addAll(blocks.keySet());
    attempted = Math.max(attempted, lengthThen);
  }

  private TreeMap<Long, byte[]> changedWithGaps(LongToIntFunction storedBlockLength) {
    fillGaps(storedBlockLength);
    TreeMap<Long, byte[]> result = new TreeMap<>(changed);
    result.replaceAll(
        (index, bytes) -> {
          int wanted = blockLength(index, length);
          return wanted == blockSize ? bytes : Arrays.copyOf(bytes, wanted);
        });
    return result;
  }

  private void fillGaps(LongToIntFunction storedBlockLength) {
    long first = Math.min(Math.min(kept, length), storedLength) / blockSize;
    for (long index = first; index < blocks(length); index++) {
      int wanted = blockLength(index, length);
      boolean spilled = index > 0 && (index + 1) * blockSize <= spilledUntil;
      int there = spilled ? blockSize : storedBlockLength.applyAsInt(index);
      boolean same = there == wanted && index * blockSize + wanted <= kept;
      if (!same && !changed.containsKey(index)) {
        byte[] bytes = new byte[blockSize];
        readKept(ByteBuffer.wrap(bytes), index, 0, wanted);
        changed.put(index, bytes);
      }
    }
  }

  /**
   * The first and behind the last number of the stored blocks that this file no longer has, or
   * never came to have because a store failed.
   */
  long[] toDelete() {
    return new long[] {blocks(length), blocks(Math.max(storedLength, attempted))};
  }

  /**
   * The part of {@link #toStore} that may be stored before the rest to free memory: without block
   * 0, which tells readers that the file has changed, and without the last one, whose length may
   * still change.
   */
  NavigableMap<Long, byte[]> toSpill(LongToIntFunction storedBlockLength) {
    TreeMap<Long, byte[]> result = changedWithGaps(storedBlockLength);
    result.tailMap(blocks(length) - 1, true).clear();
    result.remove(0L);
    lend(result, spillableLength());
    return result;
  }

  /** Length of the file without its last block. */
  private long spillableLength() {
    return Math.max(0, (blocks(length) - 1) * blockSize);
  }

  /** What {@link #toSpill} gave has been stored. */
  void spilled() {
    long full = spillableLength();
    changed.subMap(1L, Math.max(1L, blocks(length) - 1)).clear();
    lent.retainAll(changed.keySet());
    kept = Math.max(kept, full);
    storedLength = Math.max(storedLength, full);
    spilledUntil = Math.max(spilledUntil, full);
  }

  /** Everything has been stored: the stored file is this file. */
  void allStored() {
    changed.clear();
    lent.clear();
    storedLength = length;
    kept = length;
    attempted = length;
    spilledUntil = 0;
  }
}
