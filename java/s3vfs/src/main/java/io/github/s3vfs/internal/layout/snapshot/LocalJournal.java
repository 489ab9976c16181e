package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.internal.layout.Journal;
import java.nio.ByteBuffer;

/**
 * The rollback journal that one connection has open. Nobody else ever looks for it, for what is
 * stored is always a committed version; nor may it be anybody else's: with journal_mode=TRUNCATE or
 * PERSIST a connection closes its journal some time after it has given up the lock, when another
 * one may write. Thread-safe.
 */
final class LocalJournal implements Journal {
  private final long memoryBytes;
  private ScratchFile file;

  LocalJournal(long memoryBytes) {
    this.memoryBytes = memoryBytes;
    this.file = new ScratchFile(memoryBytes);
  }

  /** Never a hot one. */
  @Override
  public boolean exists() {
    return false;
  }

  @Override
  public void open(boolean writable) {}

  @Override
  public synchronized int read(ByteBuffer dst, long position) {
    return file.read(dst, position);
  }

  @Override
  public synchronized void write(ByteBuffer src, long position) {
    file.write(src, position);
  }

  @Override
  public synchronized void truncate(long size) {
    file.truncate(size);
  }

  @Override
  public synchronized long size() {
    return file.length();
  }

  @Override
  public void sync() {}

  @Override
  public synchronized void delete() {
    file.close();
    file = new ScratchFile(memoryBytes);
  }

  @Override
  public void close() {
    delete();
  }
}
