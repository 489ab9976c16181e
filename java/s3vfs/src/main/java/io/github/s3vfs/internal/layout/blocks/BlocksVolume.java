package io.github.s3vfs.internal.layout.blocks;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.DatabaseHeader;
import io.github.s3vfs.internal.layout.Journal;
import io.github.s3vfs.internal.layout.Session;
import io.github.s3vfs.internal.layout.Volume;
import io.github.s3vfs.internal.store.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NavigableMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongToIntFunction;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A database in the layout {@code blocks}: what is known of the stored file, and how changes are
 * stored.
 *
 * <p>Reading: a read transaction begins with a conditional GET of block 0, whose change counter
 * every commit raises, beside a LIST of the journal. Writing: at the barrier before SQLite's commit
 * point the journal is stored, then all changed blocks in parallel, then block 0, then surplus
 * blocks are deleted. Whatever goes wrong in between is undone by SQLite from the journal.
 */
public final class BlocksVolume implements Volume {

  private final S3Location location;
  private final BlocksSettings settings;
  private final BlockObjects objects;
  private final BlocksJournal journal;
  private final BlocksLoader loader;
  private final StoredBlocks blocks;
  private final WriterLease lease;

  /** Held while the state is brought up to date, so that concurrent readers share the requests. */
  private final ReentrantLock refreshing = new ReentrantLock();

  private final AtomicLong generation = new AtomicLong();
  private volatile View view;

  /** When the last successful refresh began, on the monotonic clock; only if {@code validated}. */
  private volatile long validatedAt;

  private volatile boolean validated;

  /** Whether a connection of this process writes; then nobody else changes the database. */
  private volatile boolean writing;

  /** A state and a read-only file over it. */
  private record View(BlocksState state, WriteBuffer file) {}

  /** Opens no connection and sends no request. */
  public BlocksVolume(
      S3Location location, ObjectStore store, BlockCache cache, BlocksSettings settings) {
    this.location = location;
    this.settings = settings;
    this.lease =
        new WriterLease(
            store,
            location.key() + "-lease",
            settings.leaseTerm(),
            settings.timeout(),
            ProcessHandle.current().pid() + "@" + location.bucket(),
            System::nanoTime);
    this.objects =
        new BlockObjects(store, new BlockNames(location.key()), cache, settings, lease::checkLasts);
    BlockObjects journalObjects =
        new BlockObjects(
            store, new BlockNames(location.key() + "-journal"), cache, settings, lease::checkLasts);
    this.journal = new BlocksJournal(journalObjects, settings.blockSize(), settings);
    this.loader = new BlocksLoader(location, objects, journal, settings);
    this.blocks = new StoredBlocks(objects, cache.capacity(), this::state);
    this.view = viewOf(BlocksState.empty(settings.blockSize()));
  }

  private View viewOf(BlocksState state) {
    return new View(state, new WriteBuffer(state.blockSize(), state.length(), blocks::block));
  }

  @Override
  public Session connect(boolean mustExist, Duration maxStaleness) {
    long now = System.nanoTime();
    refresh(now - maxStaleness.toNanos());
    BlocksState state = state();
    if (mustExist && state.storedLength() == 0 && !state.recovering()) {
      throw new S3VfsException(ErrorKind.NOT_FOUND, "there is no database at " + location);
    }
    int window = blocks.readAheadBlocks(settings.parallelism());
    return new BlocksSession(this, window, now, maxStaleness);
  }

  @Override
  public Journal journal() {
    return journal;
  }

  S3Location location() {
    return location;
  }

  BlocksSettings settings() {
    return settings;
  }

  BlocksState state() {
    return view.state();
  }

  /** The stored database as a file that is only read; thread-safe. */
  WriteBuffer readBuffer() {
    return view.file();
  }

  long generation() {
    return generation.get();
  }

  /** Whether a read may begin: no other process is in the middle of a commit. */
  boolean beginRead(long notBefore) {
    refresh(notBefore);
    if (state().recovering() && lease.heldElsewhere()) {
      return false;
    }
    journal.inform();
    return true;
  }

  boolean reservedElsewhere() {
    return lease.heldElsewhere();
  }

  void endRead() {
    journal.uninform();
  }

  /** Brings the state up to date unless it was looked at after {@code notBefore}. */
  private void refresh(long notBefore) {
    if (writing || isFresh(notBefore)) {
      return;
    }
    lockRefreshing();
    try {
      if (writing || isFresh(notBefore)) {
        return;
      }
      objects.settle();
      long start = System.nanoTime();
      BlocksState before = state();
      BlocksState now = loader.load(before);
      if (!now.equals(before)) {
        view = viewOf(now);
        generation.incrementAndGet();
      }
      validatedAt = start;
      validated = !now.recovering();
    } finally {
      refreshing.unlock();
    }
  }

  private boolean isFresh(long notBefore) {
    return validated && validatedAt - notBefore >= 0;
  }

  private void lockRefreshing() {
    try {
      refreshing.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new S3VfsException(
          ErrorKind.INTERRUPTED, location + ": interrupted while waiting for S3", e);
    }
  }

  @Override
  public Iterator<byte[]> content() {
    return new BlocksContent(state(), settings, objects, blocks::checked);
  }

  @Override
  public void replace(InputStream content) throws IOException {
    changeWhole(() -> new BlocksReplacement(objects, journal, settings).replace(content));
  }

  @Override
  public boolean delete() {
    boolean[] existed = new boolean[1];
    try {
      changeWhole(() -> existed[0] = new BlocksReplacement(objects, journal, settings).delete());
    } catch (IOException e) {
      throw new S3VfsException(ErrorKind.INTERNAL, location + ": " + e, e);
    }
    return existed[0];
  }

  /** A change of the whole file, after which nothing that was known of it holds. */
  private interface WholeChange {
    void run() throws IOException;
  }

  private void changeWhole(WholeChange change) throws IOException {
    lockRefreshing();
    try {
      objects.settle();
      if (lease.take() == WriterLease.Taken.NOT) {
        throw new S3VfsException(ErrorKind.BUSY, location + ": another process is writing");
      }
      writing = true;
    } finally {
      refreshing.unlock();
    }
    try {
      change.run();
    } finally {
      forgetState();
      writing = false;
      releaseLease();
    }
  }

  private void forgetState() {
    validated = false;
    objects.invalidate((index, etag) -> false);
    view = viewOf(BlocksState.empty(state().blockSize()));
    generation.incrementAndGet();
  }

  /**
   * The file for a writer to change, or null if another process has the lease.
   *
   * @throws S3VfsException {@code CONFLICT} if the database is not what the reader has seen
   */
  @Nullable WriteBuffer beginWrite(boolean recovering) {
    // A refresh that is under way, of a connection that is being opened, must not bring back a
    // state from before what is going to be written; none begins while there is a writer.
    lockRefreshing();
    try {
      objects.settle();
      if (!takeLease(recovering)) {
        validated = false;
        return null;
      }
      writing = true;
    } finally {
      refreshing.unlock();
    }
    BlocksState state = state();
    WriteBuffer buffer = new WriteBuffer(state.blockSize(), state.storedLength(), blocks::block);
    buffer.truncate(state.length());
    journal.owned(true);
    return buffer;
  }

  private boolean takeLease(boolean recovering) {
    WriterLease.Taken taken = lease.take();
    if (taken == WriterLease.Taken.NOT) {
      return false;
    }
    boolean current = false;
    try {
      if (recovering || taken == WriterLease.Taken.ANEW) {
        lookAgain(recovering);
      }
      current = true;
    } finally {
      if (!current) {
        validated = false;
        lease.release();
      }
    }
    return true;
  }

  /** Looks at the database under the lease: what was known may be older than the lease. */
  private void lookAgain(boolean recovering) {
    if (recovering) {
      objects.invalidate((index, etag) -> false);
    }
    BlocksState before = state();
    BlocksState now = loader.load(before);
    if (!now.equals(before)) {
      view = viewOf(now);
      generation.incrementAndGet();
      if (!recovering) {
        throw new S3VfsException(
            ErrorKind.CONFLICT, location + ": another process has written since this read began");
      }
    }
  }

  void endWrite(boolean failed) {
    try {
      if (!failed) {
        journalCommitted();
      }
    } finally {
      journal.owned(false);
      journal.forget();
      if (failed) {
        // Which blocks were stored is not known; if any was, the stored journal is hot.
        forgetState();
      }
      writing = false;
      releaseLease();
    }
  }

  /** Gives the lease back, if no request of ours can change anything any more. */
  private void releaseLease() {
    boolean settled = false;
    try {
      objects.settle();
      settled = true;
    } finally {
      if (settled) {
        lease.release();
      } else {
        lease.abandon();
      }
    }
  }

  /** Stores a journal whose header was overwritten, which is how journal_mode=PERSIST commits. */
  void journalCommitted() {
    if (journal.headerWasInvalidated()) {
      journal.flush();
    }
  }

  /** The stored blocks, checked. */
  StoredBlocks blocks() {
    return blocks;
  }

  /** Refuses a write that cannot be stored. */
  void checkGrowth(long end) {
    BlocksState state = state();
    if ((end - 1) / state.blockSize() > BlockNames.MAX_INDEX) {
      throw new S3VfsException(
          ErrorKind.INVALID,
          location + ": " + end + " bytes need more than 10^10 blocks of " + state.blockSize());
    }
    if (end > state.length() && loader.blockSizeIsAmbiguous(state)) {
      throw new S3VfsException(
          ErrorKind.INVALID,
          location
              + ": the only block has "
              + state.storedLength()
              + " bytes, which does not tell its block size: give the URL parameter block_size");
    }
  }

  /** Stores a part of a transaction that does not fit into memory; its journal goes first. */
  void spill(WriteBuffer buffer) {
    journal.flush();
    objects.settle();
    objects.putAll(buffer.toSpill(storedLengths(buffer)).entrySet().iterator());
    buffer.spilled();
  }

  /** Stores the changed file: journal, blocks, block 0, and the deletion of surplus blocks. */
  void store(WriteBuffer buffer) {
    refuseWal(buffer);
    journal.flush();
    objects.settle();
    NavigableMap<Long, byte[]> changed = buffer.toStore(storedLengths(buffer));
    changed.entrySet().removeIf(e -> Arrays.equals(e.getValue(), objects.cached(e.getKey())));
    byte[] first = changed.remove(0L);
    objects.putAll(changed.entrySet().iterator());
    String etag = first == null ? state().etag() : objects.put(0, first);
    long[] surplus = buffer.toDelete();
    objects.deleteAll(LongStream.range(surplus[0], surplus[1]));
    BlocksState after = loader.stateAfter(state(), buffer, buffer.length() == 0 ? "" : etag);
    buffer.allStored();
    view = viewOf(after);
    generation.incrementAndGet();
  }

  private LongToIntFunction storedLengths(WriteBuffer buffer) {
    BlocksState state = state();
    LongToIntFunction expected = buffer.storedBlockLength();
    return state.recovering() ? index -> state.sizes().getOrDefault(index, 0) : expected;
  }

  private void refuseWal(WriteBuffer buffer) {
    ByteBuffer versions = ByteBuffer.allocate(2);
    buffer.read(versions, DatabaseHeader.VERSIONS_OFFSET);
    if (versions.get(0) == 2 || versions.get(1) == 2) {
      throw new S3VfsException(
          ErrorKind.UNSUPPORTED, location + ": journal_mode=WAL does not work on S3");
    }
  }
}
