package io.github.s3vfs.internal.vfs;

import io.github.s3vfs.internal.layout.CachedPages;
import io.github.s3vfs.internal.layout.DatabaseHeader;
import io.github.s3vfs.internal.layout.LockLevel;
import io.github.s3vfs.internal.layout.Session;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A database file: locks within the process, and the session that reads and writes. */
final class DatabaseFile implements VfsFile {

  /** What SQLite's pager reads at the change counter, to see whether its cache is still good. */
  private static final int PAGER_CHECK_BYTES = 16;

  private final SharedDatabase database;
  private final Session session;
  private final Pragmas pragmas;
  private final Duration maxStaleness;
  private LockLevel level = LockLevel.NONE;
  private boolean writing;
  private long servedGeneration;

  DatabaseFile(SharedDatabase database, Session session, Pragmas pragmas, Duration maxStaleness) {
    this.database = database;
    this.session = session;
    this.pragmas = pragmas;
    this.maxStaleness = maxStaleness;
    this.servedGeneration = session.generation();
  }

  @Override
  public int read(ByteBuffer dst, long position) {
    boolean check =
        position == DatabaseHeader.CHANGE_COUNTER_OFFSET && dst.remaining() == PAGER_CHECK_BYTES;
    int start = dst.position();
    int count = session.read(dst, position);
    if (check && servedGeneration != session.generation()) {
      // The bytes can be those of before although the pages are not (after a deserialize, or
      // commits under locking_mode=EXCLUSIVE). Others make the pager drop its cache.
      for (int i = start; i < start + count; i++) {
        dst.put(i, (byte) ~dst.get(i));
      }
      servedGeneration = session.generation();
    }
    return count;
  }

  @Override
  public void write(ByteBuffer src, long position) {
    session.write(src, position);
  }

  @Override
  public void truncate(long size) {
    session.truncate(size);
  }

  @Override
  public void sync() {
    session.sync();
    servedGeneration = session.generation();
  }

  @Override
  public void syncControl() {
    sync();
  }

  @Override
  public void committedControl() {
    session.committed();
    servedGeneration = session.generation();
  }

  @Override
  public long size() {
    return session.size();
  }

  @Override
  public boolean lock(LockLevel wanted) {
    if (wanted.compareTo(level) <= 0) {
      return true;
    }
    return switch (wanted) {
      case SHARED -> lockShared();
      case RESERVED -> lockForWriting(database.locks().reserve(this), wanted);
      default -> lockForWriting(database.locks().exclude(this, isolated()), wanted);
    };
  }

  private boolean isolated() {
    return database.volume().isolatesReaders();
  }

  @Override
  public void adoptShared() {
    database.locks().adopt(this);
    level = LockLevel.SHARED;
  }

  @Override
  public @Nullable CachedPages pages() {
    return session.pages();
  }

  @Override
  public Duration maxStaleness() {
    return maxStaleness;
  }

  @Override
  public int view() {
    return writing ? 0 : session.view();
  }

  @Override
  public int pageSize() {
    return session.pageSize();
  }

  private boolean lockShared() {
    if (!database.locks().share(this, isolated())) {
      return false;
    }
    boolean begun = false;
    try {
      begun = session.beginRead();
    } finally {
      if (!begun) {
        database.locks().release(this);
      }
    }
    if (begun) {
      level = LockLevel.SHARED;
    }
    return begun;
  }

  private boolean lockForWriting(boolean granted, LockLevel wanted) {
    if (!granted) {
      return false;
    }
    if (!writing) {
      try {
        writing = session.beginWrite(wanted == LockLevel.EXCLUSIVE);
      } finally {
        if (!writing) {
          database.locks().downgrade(this);
        }
      }
      if (!writing) {
        return false;
      }
    }
    level = wanted;
    return true;
  }

  @Override
  public void unlock(LockLevel wanted) {
    if (wanted.compareTo(level) >= 0) {
      // Also a PENDING that was left by an EXCLUSIVE that had to wait ends here.
      if (wanted == LockLevel.SHARED && !writing) {
        database.locks().downgrade(this);
      }
      return;
    }
    try {
      if (writing) {
        writing = false;
        session.endWrite();
      }
    } finally {
      if (wanted == LockLevel.NONE) {
        session.endRead();
        database.locks().release(this);
      } else {
        database.locks().downgrade(this);
      }
      level = wanted;
    }
  }

  @Override
  public boolean checkReservedLock() {
    return database.locks().isReserved() || session.reservedElsewhere();
  }

  @Override
  public @Nullable String pragma(String name, @Nullable String argument) {
    return pragmas.answer(name, argument, level != LockLevel.NONE);
  }

  @Override
  public void close() {
    try {
      unlock(LockLevel.NONE);
      session.close();
    } finally {
      database.locks().release(this);
      database.close();
    }
  }
}
