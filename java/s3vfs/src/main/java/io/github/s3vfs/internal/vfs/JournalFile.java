package io.github.s3vfs.internal.vfs;

import io.github.s3vfs.internal.layout.Journal;
import java.nio.ByteBuffer;

/** A rollback journal that SQLite has open: all state is the volume's. */
record JournalFile(Journal journal) implements VfsFile {

  @Override
  public int read(ByteBuffer dst, long position) {
    return journal.read(dst, position);
  }

  @Override
  public void write(ByteBuffer src, long position) {
    journal.write(src, position);
  }

  @Override
  public void truncate(long size) {
    journal.truncate(size);
  }

  @Override
  public void sync() {
    journal.sync();
  }

  @Override
  public long size() {
    return journal.size();
  }

  @Override
  public void close() {
    journal.close();
  }
}
