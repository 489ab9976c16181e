package io.github.s3vfs.internal.layout.snapshot;

import io.github.s3vfs.internal.layout.Journal;
import java.nio.ByteBuffer;

/**
 * The rollback journal of the writing connection, which nobody else ever sees: what is stored is
 * always a committed version. Thread-safe.
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

  /** Nobody ever looks for one that was left. */
  @Override
  public void close() {
    delete();
  }
}
