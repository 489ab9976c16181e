package io.github.s3vfs.internal.layout.blocks;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3Location;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.CachedPages;
import io.github.s3vfs.internal.layout.Checked;
import io.github.s3vfs.internal.layout.ChunksInputStream;
import io.github.s3vfs.internal.layout.Facts;
import io.github.s3vfs.internal.layout.Findings;
import io.github.s3vfs.internal.layout.Journal;
import io.github.s3vfs.internal.layout.PageCache;
import io.github.s3vfs.internal.layout.PointInTime;
import io.github.s3vfs.internal.layout.Session;
import io.github.s3vfs.internal.layout.Volume;
import io.github.s3vfs.internal.store.Await;
import io.github.s3vfs.internal.store.Meter;
import io.github.s3vfs.internal.store.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A database in the layout {@code blocks}: what is known of the stored file, and who may change it.
 *
 * <p>A read transaction begins with a conditional GET of block 0, whose change counter every commit
 * raises, beside a LIST of the journal. A write transaction begins with the lease; what was known
 * from before the lease was seen free is looked at again. {@link BlocksTransaction} stores it.
 */
public final class BlocksVolume implements Volume {

  private final S3Location location;
  private final ObjectStore store;
  private final BlocksSettings settings;
  private final BlockObjects objects;
  private final BlocksJournal journal;
  private final BlocksLoader loader;
  private final StoredBlocks blocks;
  private final WriterLease lease;
  private final Meter meter;
  private final CachedPages pages;

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

  /**
   * Opens no connection and sends no request.
   *
   * @param elsewhere asks the store whether the database is in another layout now
   */
  public BlocksVolume(
      S3Location location,
      ObjectStore store,
      BlockCache cache,
      PageCache pageCache,
      BlocksSettings settings,
      BooleanSupplier elsewhere) {
    this.location = location;
    this.store = store;
    this.settings = settings;
    this.pages = pageCache.pages(true);
    this.meter = cache.meter();
    this.lease =
        new WriterLease(
            store,
            location.key() + "-lease",
            settings.leaseTerm(),
            settings.timeout(),
            ProcessHandle.current().pid() + "@" + location.bucket(),
            System::nanoTime,
            elsewhere);
    this.objects = new BlockObjects(store, new BlockNames(location.key()), cache, settings, lease);
    BlockObjects journalObjects =
        new BlockObjects(
            store, new BlockNames(location.key() + "-journal"), cache, settings, lease);
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
    if (mustExist && !exists()) {
      throw new S3VfsException(ErrorKind.NOT_FOUND, "there is no database at " + location);
    }
    return new BlocksSession(this, now, maxStaleness);
  }

  /** How many blocks a connection fetches ahead, which wants so many bytes at most. */
  int readAheadBlocks(long most) {
    return blocks.readAheadBlocks(settings.parallelism(), most);
  }

  @Override
  public Session connectAt(PointInTime when) {
    throw new S3VfsException(
        ErrorKind.INVALID,
        location + ": " + when + " cannot be read, the layout blocks keeps no versions");
  }

  @Override
  public boolean exists() {
    return state().storedLength() > 0 || state().recovering();
  }

  @Override
  public boolean replacesAtOnce() {
    return false;
  }

  /**
   * Whether the listing by which no database was found had a head: it may be in the layout {@code
   * snapshot}.
   */
  public boolean sawHead() {
    return loader.sawHead();
  }

  @Override
  public boolean isolatesReaders() {
    return false;
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
    tell();
    return true;
  }

  /** Tells the page cache how long what is known is to be believed. */
  private synchronized void tell() {
    long since = validatedAt;
    if (validated && viewNumber() > 0) {
      long ahead = System.currentTimeMillis() - System.nanoTime() / 1_000_000;
      pages.fresh(viewNumber(), since, ahead, true);
    } else {
      int unused = pages.stale();
    }
  }

  CachedPages pages() {
    return pages;
  }

  @Override
  public long load() {
    refresh(System.nanoTime());
    long length = Math.min(state().length(), blocks.cacheCapacity());
    long count = length / state().blockSize();
    int ahead = 2 * settings.parallelism();
    for (long index = 0; index < count; index++) {
      objects.prefetch(index, Math.min(count, index + ahead));
      blocks.await(index);
    }
    return count * state().blockSize();
  }

  @Override
  public int readersUnseen() {
    return pages.stale();
  }

  @Override
  public void forget() {
    pages.close();
  }

  /** The view of the page cache that the generation is; 0 for none. */
  private int viewNumber() {
    long now = generation();
    return now > Integer.MAX_VALUE ? 0 : (int) now;
  }

  /**
   * Connections shall see another file from now on.
   *
   * @param changed the pages that have changed; null if that is not known
   */
  private synchronized void nextGeneration(long @Nullable [] changed) {
    generation.incrementAndGet();
    if (viewNumber() > 0) {
      pages.view(viewNumber(), changed);
    }
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
    Await.lock(refreshing, location.toString());
    try {
      if (writing || isFresh(notBefore)) {
        return;
      }
      objects.settle();
      long start = System.nanoTime();
      lookAgain(loader.ask(state(), false), start);
    } finally {
      refreshing.unlock();
    }
  }

  /**
   * Takes in what is stored.
   *
   * @param start when it was asked
   */
  private void lookAgain(BlocksLoader.Questions questions, long start) {
    int unused = pages.stale(); // before anything is replaced
    BlocksState before = questions.before();
    BlocksLoader.Questions all = loader.isEnough(questions) ? questions : loader.ask(before, false);
    BlocksState now;
    boolean proven;
    try {
      now = loader.answer(all);
      proven = loader.isProven(all);
    } catch (RuntimeException | Error e) {
      if (!loader.isAskedAgain(all)) {
        nextGeneration(null);
      }
      throw e;
    }
    // Nothing of this fails: the next look does not find out again what has changed.
    if (!now.equals(before)) {
      view = viewOf(now);
    }
    if (!proven || !now.isVersionOf(before)) {
      nextGeneration(null);
    }
    validatedAt = start;
    validated = !now.recovering();
  }

  /** What is known counts as stale from now on. */
  synchronized void expire() {
    validated = false;
    tell();
  }

  private boolean isFresh(long notBefore) {
    return validated && validatedAt - notBefore >= 0;
  }

  @Override
  public Facts facts() {
    refresh(System.nanoTime());
    return inspection().facts(state());
  }

  @Override
  public Checked check(boolean allVersions, Findings findings) {
    try {
      refresh(System.nanoTime());
    } catch (S3VfsException e) {
      return BlocksInspection.unreadable(location, e, findings);
    }
    return inspection().check(state(), findings);
  }

  private BlocksInspection inspection() {
    return new BlocksInspection(location, store, objects, settings.timeout());
  }

  @Override
  public Iterator<byte[]> content() {
    return new BlocksContent(state(), settings, objects, blocks::checked);
  }

  @Override
  public void replace(InputStream content, @Nullable Runnable stored) throws IOException {
    changeWhole(
        stored != null,
        () -> {
          new BlocksReplacement(objects, journal, settings).replace(content, false);
          if (stored != null) {
            lease.moveHere(stored);
          }
          return true;
        });
  }

  @Override
  public void create(InputStream content) throws IOException {
    changeWhole(
        false,
        () -> {
          new BlocksReplacement(objects, journal, settings).replace(content, true);
          return true;
        });
  }

  @Override
  public boolean delete() {
    try {
      return changeWhole(true, () -> new BlocksReplacement(objects, journal, settings).delete());
    } catch (IOException e) {
      throw new S3VfsException(ErrorKind.INTERNAL, location + ": " + e, e);
    }
  }

  @Override
  public void moveTo(Destination target, boolean samePlace) throws IOException {
    changeWhole(
        false,
        () -> {
          long start = System.nanoTime();
          objects.invalidate((index, etag) -> false);
          lookAgain(loader.ask(state(), true), start);
          if (state().recovering()) {
            throw new S3VfsException(
                ErrorKind.BUSY, location + ": a transaction was left unfinished; open it first");
          }
          boolean done = false;
          try {
            target.take(new ChunksInputStream(content(), () -> {}), () -> {});
            new BlocksReplacement(objects, journal, settings).delete();
            if (samePlace) {
              lease.move();
            }
            done = true;
          } finally {
            if (!done) {
              lease.abandonMoved();
            }
          }
          return true;
        });
  }

  /** A change of the whole file, after which nothing that was known of it holds. */
  private interface WholeChange {
    boolean run() throws IOException;
  }

  /**
   * @param evenIfMoved whether the database may be in another layout now
   */
  private boolean changeWhole(boolean evenIfMoved, WholeChange change) throws IOException {
    Await.lock(refreshing, location.toString());
    try {
      objects.settle();
      if (!lease.take(free -> {}, evenIfMoved)) {
        meter.refused();
        throw new S3VfsException(ErrorKind.BUSY, location + ": another process is writing");
      }
      writing = true;
    } finally {
      refreshing.unlock();
    }
    boolean changed;
    try {
      changed = change.run();
    } catch (Throwable e) {
      Await.undisturbed(this::endWholeChange, e);
      throw e;
    }
    Await.undisturbed(this::endWholeChange);
    return changed;
  }

  private void endWholeChange() {
    forgetState();
    objects.forgetForeign();
    view = viewOf(BlocksState.empty(state().blockSize()));
    writing = false;
    releaseLease();
  }

  /** The next transaction looks again. Readers within this process go on with what they have. */
  private void forgetState() {
    expire();
    objects.invalidate((index, etag) -> false);
    nextGeneration(null);
  }

  /**
   * A write transaction, or null if another process has the lease.
   *
   * @param seen the generation that the connection has read; another connection of this process may
   *     have noticed since that another process has written
   * @throws S3VfsException {@code CONFLICT} if the database is not what the reader has seen
   */
  @Nullable BlocksTransaction beginWrite(boolean recovering, long seen) {
    // A refresh that is under way, of a connection that is being opened, must not bring back a
    // state from before what is going to be written; none begins while there is a writer.
    Await.lock(refreshing, location.toString());
    try {
      objects.settle();
      if (!takeLease(recovering, seen)) {
        expire();
        return null;
      }
      writing = true;
    } finally {
      refreshing.unlock();
    }
    journal.owned(true);
    return new BlocksTransaction(
        location, settings, objects, journal, loader, state(), blocks, this::stored);
  }

  private void stored(BlocksState now, long @Nullable [] changedPages) {
    view = viewOf(now);
    nextGeneration(changedPages);
  }

  /** What the lease was taken as, and the questions that were sent beside that. */
  private record Taking(
      WriterLease.Free free, long start, BlocksLoader.@Nullable Questions questions) {}

  private boolean takeLease(boolean recovering, long seen) {
    Taking[] last = new Taking[1];
    boolean held = false;
    try {
      held = lease.take(free -> last[0] = taking(free, recovering, last[0]), false);
      if (!held) {
        meter.refused();
        drop(last[0]);
        return false;
      }
      makeCurrent(last[0], recovering);
      if (!recovering && generation() != seen) {
        throw new S3VfsException(
            ErrorKind.CONFLICT,
            location + ": another connection or process has written since this read began");
      }
      return true;
    } catch (Throwable e) {
      drop(last[0]);
      if (held) {
        expire();
        releaseLease(e);
      }
      throw e;
    }
  }

  /**
   * What was asked beside a try to take the lease is of no use any more. If it was also whether
   * what was read is still stored so, nobody asks again, and the answer may have been no.
   */
  private void drop(@Nullable Taking taking) {
    BlocksLoader.Questions questions = taking == null ? null : taking.questions();
    if (questions != null && !loader.isAskedAgain(questions)) {
      nextGeneration(null);
    }
  }

  /**
   * What was looked at after the lease was seen free is current once it is taken, and so is what is
   * looked at while it is being taken. Only where something is to be mended that comes afterwards.
   * Block 0 is looked at in any case: a program that knows nothing of leases may have written.
   */
  private Taking taking(WriterLease.Free free, boolean recovering, @Nullable Taking before) {
    drop(before);
    long start = System.nanoTime();
    if (recovering || !free.orderly()) {
      return new Taking(free, start, null);
    }
    boolean fresh = isFresh(free.since()) && state().isOfOneVersion();
    return new Taking(free, start, fresh ? loader.askBlock0(state()) : loader.ask(state(), false));
  }

  private void makeCurrent(Taking taking, boolean recovering) {
    boolean orderly = taking.free().orderly();
    if (taking.free().own()) {
      journal.settle();
    } else {
      journal.neverMind();
    }
    BlocksLoader.Questions questions = taking.questions();
    long start = taking.start();
    if (recovering || !orderly) {
      objects.invalidate((index, etag) -> false);
      start = System.nanoTime();
      questions = loader.ask(state(), !orderly);
    }
    if (questions != null) {
      lookAgain(questions, start);
      if (!exists() && sawHead()) {
        lease.refuseIfMoved(); // somebody has made it in another layout
      }
    }
  }

  void endWrite(BlocksTransaction transaction) {
    try {
      transaction.end();
    } catch (Throwable e) {
      ended(transaction);
      releaseLease(e);
      throw e;
    }
    ended(transaction);
    releaseLease();
    tell();
  }

  private void ended(BlocksTransaction transaction) {
    if (transaction.failed()) {
      // Which blocks were stored is not known; if any was, the stored journal is hot.
      forgetState();
    }
    writing = false;
  }

  /** Leaves the lease to its term, as the end of the process does; for tests. */
  void abandon() {
    lease.abandon();
  }

  /** Gives the lease back, if no request of ours can change anything any more. */
  private void releaseLease() {
    boolean settled = false;
    try {
      objects.settle();
      journal.settle();
      settled = true;
    } finally {
      if (settled) {
        lease.release();
      } else {
        // Another process may come to roll back, and to write a block 0 that looks like ours.
        forgetState();
        lease.abandon();
      }
    }
  }

  /** The same after a failure, which stays the one that is told. */
  private void releaseLease(Throwable failure) {
    try {
      releaseLease();
    } catch (S3VfsException e) {
      failure.addSuppressed(e);
    }
  }

  /** The stored blocks, checked. */
  StoredBlocks blocks() {
    return blocks;
  }
}
