package io.github.s3vfs.internal.layout.blocks;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.CommitEvent;
import io.github.s3vfs.internal.layout.DatabaseHeader;
import io.github.s3vfs.internal.store.Recording;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.NavigableMap;
import java.util.Set;
import java.util.function.LongToIntFunction;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A write transaction, from RESERVED (or EXCLUSIVE) back to SHARED: the changed file, and the order
 * in which it is stored. Journal, blocks, block 0, surplus blocks: whatever goes wrong in between
 * is undone by SQLite from the journal. Not thread-safe.
 */
final class BlocksTransaction {
  private final S3Location location;
  private final BlocksSettings settings;
  private final BlockObjects objects;
  private final BlocksJournal journal;
  private final BlocksLoader loader;
  private final Stored onStored;
  private final WriteBuffer file;

  /** What is stored, as far as a whole file was. */
  private BlocksState state;

  private boolean failed;

  /** Whether blocks were stored before the others, so that it is not known which have changed. */
  private boolean spilled;

  /** Whether something was stored, or was tried to be. */
  private boolean touched;

  /** Is told of a new state. */
  interface Stored {
    /**
     * It is stored.
     *
     * @param changedPages their numbers; null if they are not known
     */
    void stored(BlocksState state, long @Nullable [] changedPages);
  }

  /**
   * @param state what is stored, looked at under the lease
   * @param blocks the stored blocks
   * @param onStored is told each new state
   */
  BlocksTransaction(
      S3Location location,
      BlocksSettings settings,
      BlockObjects objects,
      BlocksJournal journal,
      BlocksLoader loader,
      BlocksState state,
      StoredBlocks blocks,
      Stored onStored) {
    this.location = location;
    this.settings = settings;
    this.objects = objects;
    this.journal = journal;
    this.loader = loader;
    this.state = state;
    this.onStored = onStored;
    this.file = new WriteBuffer(state.blockSize(), state.storedLength(), blocks::block);
    file.truncate(state.length());
  }

  /** Whether a store failed, so that what is stored is not known. */
  boolean failed() {
    return failed;
  }

  int read(ByteBuffer dst, long position) {
    return file.read(dst, position);
  }

  long size() {
    return file.length();
  }

  void truncate(long size) {
    file.truncate(size);
  }

  void write(ByteBuffer src, long position) {
    checkGrowth(position + src.remaining());
    file.write(src, position);
    if (file.bytes() > settings.writeBufferBytes()) {
      guarded(this::spill);
    }
  }

  /** Refuses a write that cannot be stored. */
  private void checkGrowth(long end) {
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

  /** Stores everything written so far: the barrier before SQLite's commit point. */
  void sync() {
    if (!file.isClean()) {
      guarded(this::store);
    }
  }

  private void guarded(Runnable storing) {
    boolean done = false;
    touched = true;
    try {
      storing.run();
      done = true;
    } finally {
      failed |= !done;
    }
  }

  /** Stores a part of a transaction that does not fit into memory; its journal goes first. */
  private void spill() {
    spilled = true;
    journal.flush();
    objects.settle();
    objects.putAll(file.toSpill(storedLengths()).entrySet().iterator(), expected());
    file.spilled();
  }

  /** Stores the changed file: journal, blocks, block 0, and the deletion of surplus blocks. */
  private void store() {
    refuseWal();
    CommitEvent event = Recording.begun() ? new CommitEvent() : null;
    if (event != null) {
      event.begin();
    }
    journal.flush();
    objects.settle();
    NavigableMap<Long, byte[]> changed = file.toStore(storedLengths());
    changed.entrySet().removeIf(e -> Arrays.equals(e.getValue(), objects.cached(e.getKey())));
    long[] pages = spilled ? null : pages(changed.keySet());
    byte[] first = changed.remove(0L);
    Expected expected = expected();
    objects.putAll(changed.entrySet().iterator(), expected);
    String etag = first == null ? etag() : objects.put(0, first, expected);
    long[] surplus = file.toDelete();
    objects.deleteAll(LongStream.range(surplus[0], surplus[1]));
    state = loader.stateAfter(state, file, file.length() == 0 ? "" : etag);
    file.allStored();
    onStored.stored(state, pages);
    objects.committed();
    if (event != null) {
      event.location = location.toString();
      event.changed = (long) changed.size() + (first == null ? 0 : 1);
      event.databaseBytes = state.length();
      event.commit();
    }
  }

  /** The pages that lie in blocks, at least in part; null if the file has no pages. */
  private long @Nullable [] pages(Set<Long> blocks) {
    DatabaseHeader header = state.header();
    if (header == null) {
      return null;
    }
    int pageSize = header.pageSize();
    long size = state.blockSize();
    return blocks.stream()
        .flatMapToLong(
            block ->
                LongStream.rangeClosed(
                    block * size / pageSize + 1, ((block + 1) * size - 1) / pageSize + 1))
        .distinct()
        .toArray();
  }

  /** Of a block 0 that has not changed. */
  private String etag() {
    return state.isOfOneVersion() ? state.etag() : objects.etag(0);
  }

  private LongToIntFunction storedLengths() {
    LongToIntFunction expected = file.storedBlockLength();
    BlocksState known = state;
    return known.recovering() ? index -> known.sizes().getOrDefault(index, 0) : expected;
  }

  private Expected expected() {
    LongToIntFunction lengths = storedLengths();
    return new Expected(
        index -> lengths.applyAsInt(index) == 0 && !state.inLockPage(index),
        state.recovering() || !state.isOfOneVersion() ? null : state.etag());
  }

  private void refuseWal() {
    ByteBuffer versions = ByteBuffer.allocate(2);
    file.read(versions, DatabaseHeader.VERSIONS_OFFSET);
    if (versions.get(0) == 2 || versions.get(1) == 2) {
      throw new S3VfsException(
          ErrorKind.UNSUPPORTED, location + ": journal_mode=WAL does not work on S3");
    }
  }

  /** SQLite's commit point has passed. */
  void committed() {
    commitJournal();
    sync(); // a truncation that SQLite did behind its commit point
  }

  /** Stores a journal whose header was overwritten, which is how journal_mode=PERSIST commits. */
  private void commitJournal() {
    if (journal.headerWasInvalidated()) {
      journal.flush();
    }
  }

  /**
   * Ends it: what was not stored is forgotten. It has failed, too, if SQLite could not roll it
   * back: its journal is then still hot.
   */
  void end() {
    boolean unsure = touched;
    try {
      if (!failed) {
        commitJournal();
        unsure = touched && journal.isHot();
      }
    } finally {
      failed |= unsure;
      journal.owned(false);
      journal.forget();
      objects.forgetForeign();
    }
  }
}
