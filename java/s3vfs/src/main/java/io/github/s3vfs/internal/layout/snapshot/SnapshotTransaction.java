package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.CommitEvent;
import io.github.s3vfs.internal.layout.DatabaseHeader;
import io.github.s3vfs.internal.store.Recording;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A write transaction, from RESERVED back to SHARED: the changed file, and its one chance to be
 * committed. Not thread-safe.
 */
final class SnapshotTransaction implements AutoCloseable {
  /** How many pages are fetched ahead when all that were written are compared. */
  private static final int AHEAD = 256;

  private final SnapshotVolume volume;
  private ChangedFile file;

  /** What reads see where nothing is changed; after the commit, the new version. */
  private NewestVersion.Version version;

  private State state = State.ACTIVE;
  private boolean hasFailed;

  private enum State {
    /** Nothing is decided. */
    ACTIVE,
    /** The new version stands; what SQLite still writes is of no importance. */
    COMMITTED,
    /** It cannot be committed any more; SQLite plays its journal back. */
    FAILED,
    /**
     * SQLite has ended the transaction, but not given the lock back. The next one follows without a
     * lock under locking_mode=EXCLUSIVE, which reaches attached databases unseen.
     */
    OVER
  }

  SnapshotTransaction(SnapshotVolume volume, NewestVersion.Version base) {
    this.volume = volume;
    this.version = base;
    this.file = unchanged();
  }

  private ChangedFile unchanged() {
    Snapshot stored = snapshot();
    return new ChangedFile(
        stored, stored.record().pageSize(), stored.length(), volume.settings().scratchBytes());
  }

  NewestVersion.Version version() {
    return version;
  }

  private Snapshot snapshot() {
    return version.snapshot();
  }

  int read(ByteBuffer dst, long position) {
    return state == State.ACTIVE ? file.read(dst, position) : snapshot().read(dst, position);
  }

  /** Whether one under this lock could not be committed. */
  boolean hasFailed() {
    return hasFailed;
  }

  void write(ByteBuffer src, long position) {
    if (state == State.OVER) {
      beginNext();
    }
    if (state != State.COMMITTED) {
      file.write(src, position);
    }
  }

  /** A transaction under the lock of the one before. */
  private void beginNext() {
    file.close();
    file = unchanged();
    boolean begun = false;
    try {
      begun = volume.commits().begin(version);
    } finally {
      state = begun ? State.ACTIVE : State.FAILED;
      hasFailed |= !begun;
    }
    if (!begun) {
      throw new S3VfsException(
          ErrorKind.CONFLICT, volume.location() + ": another process has begun to write");
    }
  }

  void truncate(long size) {
    if (state == State.ACTIVE) {
      file.truncate(size);
    }
  }

  long size() {
    return state == State.ACTIVE ? file.length() : snapshot().length();
  }

  /** SQLite's commit point has passed. */
  void committed() {
    if (state == State.COMMITTED) {
      state = State.OVER;
    }
  }

  /** Commits what was changed, if anything was. */
  void sync() {
    if (state == State.FAILED) {
      endPlayback();
    }
    if (state != State.ACTIVE || file.isUntouched()) {
      return;
    }
    boolean done = false;
    try {
      done = commit();
    } catch (RuntimeException | Error e) {
      state = State.FAILED;
      hasFailed = true;
      file.close();
      file = unchanged(); // what SQLite writes now is its journal
      throw e;
    }
    if (done) {
      state = State.COMMITTED;
    }
  }

  /** SQLite says so, too, when it has played its journal back after a failure. */
  private void endPlayback() {
    long stored = snapshot().record().pageCount();
    for (long page : file.changed(stored)) {
      if (!isAsStored(page)) {
        throw new S3VfsException(
            ErrorKind.CONFLICT,
            volume.location() + ": the transaction cannot be committed any more");
      }
    }
    volume.commits().release();
    state = State.OVER;
  }

  private boolean isAsStored(long page) {
    return snapshot().record().pageSize() == file.pageSize()
        && Arrays.equals(file.page(page), snapshot().page(page));
  }

  /** Whether there was anything to commit. */
  private boolean commit() {
    if (file.length() == 0 && snapshot().length() == 0) {
      return false;
    }
    ByteBuffer start = ByteBuffer.allocate((int) Math.min(DatabaseHeader.LENGTH, file.length()));
    file.read(start, 0);
    DatabaseHeader header =
        DatabaseHeader.parse(start.array(), "what SQLite wants to store at " + volume.location());
    if (header.isWal()) {
      throw new S3VfsException(
          ErrorKind.UNSUPPORTED, volume.location() + ": journal_mode=WAL does not work on S3");
    }
    long pageCount =
        header.sizeIsValid()
            ? header.pageCount()
            : (file.length() + header.pageSize() - 1) / header.pageSize();
    long[] changed = file.changed(pageCount);
    boolean samePages = header.pageSize() == file.pageSize();
    if (samePages && pageCount == snapshot().record().pageCount() && isUnchanged(changed)) {
      return false;
    }
    CommitEvent event = Recording.begun() ? new CommitEvent() : null;
    if (event != null) {
      event.begin();
    }
    ChangedPages pages =
        samePages
            ? new ChangedPages(changed, header.pageSize(), file)
            : ChangedPages.all(pageCount, header.pageSize(), file);
    boolean wholeFile =
        !samePages
            || snapshot().record().version() == 0
            || snapshot().record().pageSize() != header.pageSize();
    version = volume.commits().commit(snapshot(), pageCount, pages, wholeFile, keptPages());
    if (event != null) {
      event.location = volume.location().toString();
      event.changed = pages.numbers().length;
      event.databaseBytes = snapshot().length();
      event.commit();
    }
    return true;
  }

  private long keptPages() {
    return file.pageSize() == 0 ? 0 : file.kept() / file.pageSize();
  }

  /** Whether every page that was written is as it was: what a ROLLBACK leaves. */
  private boolean isUnchanged(long[] changed) {
    long stored = snapshot().record().pageCount();
    if (keptPages() < stored) {
      return false;
    }
    // Page 1 comes first: every commit changes it, but for one under locking_mode=EXCLUSIVE.
    for (int i = 0; i < changed.length; i++) {
      if (changed[i] > stored || !isAsStored(changed[i])) {
        return false;
      }
      if (i % AHEAD == 0) {
        long[] next = Arrays.copyOfRange(changed, i, Math.min(changed.length, i + 2 * AHEAD));
        snapshot().prefetch(Arrays.stream(next));
      }
    }
    return true;
  }

  /** Ends it: what was not published is forgotten, and the claim given back. */
  @Override
  public void close() {
    try {
      file.close();
    } finally {
      if (state == State.ACTIVE || state == State.FAILED) {
        volume.commits().release();
      }
    }
  }
}
