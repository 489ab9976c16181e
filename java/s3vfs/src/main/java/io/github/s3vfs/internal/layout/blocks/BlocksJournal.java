package io.github.s3vfs.internal.layout.blocks;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.Journal;
import io.github.s3vfs.internal.store.Await;
import io.github.s3vfs.internal.store.Listed;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;

/**
 * The rollback journal, stored as a file of blocks of its own at {@code {key}-journal}.
 *
 * <p>Its writes stay in memory until the database is about to be stored ({@link #flush}): a journal
 * is needed only if blocks of the database follow it. A journal whose block 0 is missing is not hot
 * (SQLite reads its first byte as zero), so storing its first part needs no order, and removing it
 * begins with block 0, which is SQLite's commit point. Thread-safe: readers that look for a hot
 * journal come while others read.
 */
final class BlocksJournal implements Journal {

  /**
   * Every journal header begins with this
   * (https://sqlite.org/fileformat2.html#the_rollback_journal).
   */
  private static final byte[] MAGIC = {
    (byte) 0xd9, (byte) 0xd5, 0x05, (byte) 0xf9, 0x20, (byte) 0xa1, 0x63, (byte) 0xd7
  };

  /** Page number, name length, checksum and magic of a super-journal record, without the name. */
  private static final int SUPER_RECORD_FIXED = 4 + 4 + 4 + 8;

  /** A new journal of no more blocks is stored in one go. */
  private static final int TOGETHER = 3;

  private final BlockObjects objects;
  private int blockSize;
  private final BlocksSettings settings;

  /** Length of each stored block, as listed or written by us. */
  private final Map<Long, Integer> stored = new HashMap<>();

  /** Blocks of an earlier journal whose removal was cut short. */
  private final Set<Long> leftovers = new HashSet<>();

  /** Blocks of the journal whose removal has begun and was not acknowledged. */
  private final TreeSet<Long> doomed = new TreeSet<>();

  private WriteBuffer buffer;

  /** Threads whose read transaction has just learnt of the journal; they need not ask again. */
  private final Set<Thread> informed = new HashSet<>();

  /** Whether a connection of this process writes the journal, so that the store knows less. */
  private boolean owned;

  BlocksJournal(BlockObjects objects, int blockSize, BlocksSettings settings) {
    this.objects = objects;
    this.blockSize = blockSize;
    this.settings = settings;
    this.buffer = newBuffer(0);
  }

  private WriteBuffer newBuffer(long storedLength) {
    return new WriteBuffer(blockSize, storedLength, this::storedBlock);
  }

  /** A block that is missing in the middle reads as zeros: SQLite's checksums end the playback. */
  private byte[] storedBlock(long index) {
    byte[] bytes = stored.containsKey(index) ? objects.block(index) : null;
    return bytes == null ? new byte[0] : bytes;
  }

  /** Starts to ask the store for the journal's blocks. */
  CompletableFuture<List<Listed>> list() {
    return objects.list();
  }

  /**
   * Takes in what {@link #list} answered.
   *
   * @return whether the journal may be hot
   */
  synchronized boolean listed(List<Listed> objectsListed, int blockSizeNow) {
    if (owned) {
      return hot(); // what was listed is older than what this process has stored since
    }
    blockSize = blockSizeNow;
    stored.clear();
    Map<Long, String> etags = new HashMap<>();
    long length = 0;
    for (Listed object : objectsListed) {
      long index = objects.index(object);
      if (index >= 0) {
        stored.put(index, (int) object.size());
        etags.put(index, object.etag());
        length = Math.max(length, index * blockSize + object.size());
      }
    }
    leftovers.clear();
    if (!present()) {
      leftovers.addAll(stored.keySet());
      stored.clear();
      doomed.clear();
    }
    objects.invalidate((index, etag) -> etag.equals(etags.get(index)));
    buffer = newBuffer(present() ? length : 0);
    return hot();
  }

  /** Asks the store; answers whether the journal may be hot. */
  boolean relist() {
    return listed(
        Await.result(list(), settings.listTimeout(), "LIST " + objects.describe()), blockSize);
  }

  /** The calling thread's next {@link #exists} is answered by the last listing. */
  synchronized void inform() {
    informed.add(Thread.currentThread());
  }

  /** The calling thread's read transaction is over. */
  synchronized void uninform() {
    informed.remove(Thread.currentThread());
  }

  /** Whether the stored journal has a beginning; the rest of one that has none is left over. */
  private boolean present() {
    return stored.getOrDefault(0L, 0) > 0;
  }

  /**
   * Whether the stored journal may be hot. SQLite looks at the first byte, too: a journal whose
   * header was overwritten with zeros has done its duty.
   */
  private boolean hot() {
    byte[] first = present() ? objects.block(0) : null;
    return first != null && first.length > 0 && first[0] != 0;
  }

  /** Whether what is stored may be hot. */
  synchronized boolean isHot() {
    return hot();
  }

  @Override
  public boolean exists() {
    synchronized (this) {
      if (owned) {
        return buffer.length() > 0;
      }
      if (informed.remove(Thread.currentThread())) {
        return hot();
      }
    }
    return relist();
  }

  /** A connection of this process has begun, or ended, to write. */
  synchronized void owned(boolean owned) {
    this.owned = owned;
  }

  /** What was found out of the block size; only while nothing is written. */
  synchronized void blockSize(int bytes) {
    if (bytes != blockSize) {
      blockSize = bytes;
      buffer = newBuffer(0);
    }
  }

  /** Forgets what was not stored; what is stored is asked for again. */
  synchronized void forget() {
    buffer.reset();
  }

  @Override
  public void open(boolean writable) {
    // The state is that of the last listing; SQLite has just asked whether the journal exists.
  }

  @Override
  public synchronized int read(ByteBuffer dst, long position) {
    if (buffer.length() > position) {
      objects.prefetch(
          position / blockSize,
          Math.min(
              position / blockSize + settings.parallelism() / 2,
              stored.isEmpty() ? 0 : (buffer.length() + blockSize - 1) / blockSize));
    }
    return buffer.read(dst, position);
  }

  @Override
  public synchronized void write(ByteBuffer src, long position) {
    if (position > 0 && src.remaining() == MAGIC.length && endsSuperRecord(src, position)) {
      return;
    }
    buffer.write(src, position);
    if (buffer.bytes() > settings.writeBufferBytes()) {
      if (present()) {
        flush();
      } else {
        removeLeftovers();
        put(buffer.toSpill(this::storedLength));
        buffer.spilled();
      }
    }
  }

  /**
   * A database that takes part in a transaction over several files gets the name of the
   * super-journal at the end of its journal. SQLite would look for that name through this VFS, find
   * nothing, and take the journal for stale. Without the record each file is rolled back by its own
   * journal.
   */
  private boolean endsSuperRecord(ByteBuffer src, long position) {
    byte[] magic = new byte[MAGIC.length];
    src.duplicate().get(magic);
    if (!Arrays.equals(magic, MAGIC) || position < SUPER_RECORD_FIXED) {
      return false;
    }
    ByteBuffer lengthAndChecksum = ByteBuffer.allocate(8);
    buffer.read(lengthAndChecksum, position - 8);
    long start = position + MAGIC.length - SUPER_RECORD_FIXED - lengthAndChecksum.getInt(0);
    if (start < 0 || start > position) {
      return false;
    }
    buffer.truncate(start);
    src.position(src.limit());
    return true;
  }

  @Override
  public synchronized void truncate(long size) {
    if (size == 0) {
      delete();
    } else {
      buffer.truncate(size);
    }
  }

  @Override
  public synchronized long size() {
    return buffer.length();
  }

  /**
   * Nothing to do before the database is written. But a header that was overwritten with zeros
   * (journal_mode=PERSIST) is the commit point, and must be stored now.
   */
  @Override
  public synchronized void sync() {
    if (headerWasInvalidated()) {
      flush();
    }
  }

  /** Whether the stored journal is hot and this one is not. */
  synchronized boolean headerWasInvalidated() {
    if (!hot() || buffer.isClean() || buffer.length() < MAGIC.length) {
      return false;
    }
    ByteBuffer start = ByteBuffer.allocate(MAGIC.length);
    buffer.read(start, 0);
    return !Arrays.equals(start.array(), MAGIC);
  }

  /** Stores the journal; must return before any block of the database is stored. */
  synchronized void flush() {
    if (buffer.isClean()) {
      return;
    }
    objects.settle();
    removeLeftovers();
    if (headerWasInvalidated()) {
      doomed.addAll(stored.keySet()); // unless this is acknowledged
    }
    put(buffer.toStore(this::storedLength));
    doomed.clear();
    long[] surplus = buffer.toDelete();
    LongStream.range(surplus[0], surplus[1]).forEach(stored::remove);
    objects.deleteAll(LongStream.range(surplus[0], surplus[1]));
    buffer.allStored();
  }

  private int storedLength(long index) {
    return stored.getOrDefault(index, 0);
  }

  /**
   * Stores blocks. Where a journal is stored already, the first changed block goes last: it holds
   * the header that makes the new records count, and behind an incomplete new part there may be
   * whole old ones (journal_mode=PERSIST), with headers in the right places, that SQLite would play
   * back as well. SQLite itself syncs twice for that reason.
   *
   * <p>Of a new journal block 0 goes last: before it there is none. This library could do without,
   * but to the Python package a journal with a hole is one that it cannot read. The few blocks of a
   * small one go together, block 0 as the last of them, which saves a round trip.
   */
  private void put(NavigableMap<Long, byte[]> blocks) {
    boolean together = !present() && blocks.size() <= TOGETHER;
    Map.Entry<Long, byte[]> last = together ? null : blocks.pollFirstEntry();
    Set<Long> there = Set.copyOf(stored.keySet());
    Expected expected = new Expected(index -> !there.contains(index), present() ? null : "");
    // Noted before they are sent: what fails may be stored all the same, and must go, too.
    blocks.forEach((index, bytes) -> stored.put(index, bytes.length));
    List<Map.Entry<Long, byte[]>> inOrder = new ArrayList<>(blocks.tailMap(0L, false).entrySet());
    inOrder.addAll(blocks.headMap(0L, true).entrySet());
    objects.putAll(inOrder.iterator(), expected);
    if (last != null) {
      stored.put(last.getKey(), last.getValue().length);
      objects.put(last.getKey(), last.getValue(), expected);
    }
  }

  /** What is left of an earlier journal must not come back to life under a new block 0. */
  private void removeLeftovers() {
    objects.deleteAll(leftovers.stream().mapToLong(Long::longValue));
    leftovers.clear();
  }

  @Override
  public synchronized void delete() {
    objects.settle();
    doomed.addAll(stored.keySet());
    doomed.addAll(leftovers);
    removeDoomed();
    stored.clear();
    leftovers.clear();
    buffer = newBuffer(0);
  }

  private void removeDoomed() {
    try {
      if (doomed.contains(0L)) {
        objects.delete(0);
        doomed.remove(0L);
      }
      objects.deleteAll(doomed.stream().mapToLong(Long::longValue));
      doomed.clear();
    } catch (S3VfsException e) {
      if (e.kind() != ErrorKind.UNAVAILABLE && e.kind() != ErrorKind.INTERRUPTED) {
        doomed.clear(); // refused: it will not happen any more
      }
      throw e;
    }
  }

  /**
   * Ends what a removal without an answer has begun, by asking for it again: until it is known to
   * have happened nothing else may be written. The request that got no answer could otherwise
   * remove the next journal, or this one in the middle of its playback. Only for who has had the
   * lease ever since.
   */
  synchronized void settle() {
    objects.settle();
    stored.keySet().removeAll(doomed);
    removeDoomed();
  }

  /** Another process has had the lease since: it has dealt with this journal. */
  synchronized void neverMind() {
    doomed.clear();
  }

  String describe() {
    return objects.describe();
  }
}
