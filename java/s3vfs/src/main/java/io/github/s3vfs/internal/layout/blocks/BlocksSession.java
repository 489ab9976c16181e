package io.github.s3vfs.internal.layout.blocks;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.CachedPages;
import io.github.s3vfs.internal.layout.DatabaseHeader;
import io.github.s3vfs.internal.layout.Session;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One connection's view of a {@link BlocksVolume}: what it has written and not stored yet. */
final class BlocksSession implements Session {
  /** How long after the open its requests may serve the first read transaction. */
  private static final long CONNECT_SERVES_NANOS = 1_000_000_000;

  private final BlocksVolume volume;
  private final long connectedAt;
  private final long maxStalenessNanos;
  private BlocksReadAhead readAhead;
  private @Nullable BlocksTransaction transaction;
  private boolean connecting = true;

  /** The volume's generation that this connection's view is of. */
  private long seen;

  BlocksSession(BlocksVolume volume, long connectedAt, Duration staleness) {
    this.volume = volume;
    this.readAhead = new BlocksReadAhead(volume.readAheadBlocks(Long.MAX_VALUE));
    this.connectedAt = connectedAt;
    this.maxStalenessNanos = staleness.toNanos();
  }

  @Override
  public boolean beginRead() {
    long now = System.nanoTime();
    boolean asConnected = connecting && now - connectedAt < CONNECT_SERVES_NANOS;
    connecting = false;
    boolean begun = volume.beginRead((asConnected ? connectedAt : now) - maxStalenessNanos);
    seen = volume.generation();
    return begun;
  }

  @Override
  public void endRead() {
    volume.endRead();
  }

  @Override
  public boolean beginWrite(boolean recovering) {
    transaction = volume.beginWrite(recovering, seen);
    return transaction != null;
  }

  @Override
  public void endWrite() {
    BlocksTransaction ending = transaction;
    if (ending != null) {
      transaction = null;
      try {
        volume.endWrite(ending);
      } finally {
        seen = volume.generation();
      }
    }
  }

  @Override
  public boolean reservedElsewhere() {
    return volume.reservedElsewhere();
  }

  @Override
  public long limitReadAhead(long most) {
    int blocks = volume.readAheadBlocks(most);
    if (blocks != readAhead.mostBlocks()) {
      readAhead = new BlocksReadAhead(blocks);
    }
    return (long) blocks * volume.state().blockSize();
  }

  @Override
  public int read(ByteBuffer dst, long position) {
    volume.blocks().prefetch(readAhead, position, dst.remaining());
    if (transaction != null) {
      return transaction.read(dst, position);
    }
    int pageSize = pageSize();
    int start = dst.position();
    boolean wholePage = pageSize > 0 && dst.remaining() == pageSize && position % pageSize == 0;
    int count = volume.readBuffer().read(dst, position);
    if (wholePage && count == pageSize && view() > 0) {
      long[] page = {position / pageSize + 1};
      volume.pages().put(CachedPages.How.READ, view(), key(), pageSize, page, dst, start);
    }
    return count;
  }

  /** Of pages as they are in this view: another one may have others. */
  private CachedPages.Key key() {
    return new CachedPages.Key(seen, 0, 0, 0);
  }

  @Override
  public CachedPages pages() {
    return volume.pages();
  }

  @Override
  public int view() {
    boolean isCurrent = seen > 0 && seen <= Integer.MAX_VALUE && seen == volume.generation();
    return isCurrent ? (int) seen : 0;
  }

  @Override
  public int pageSize() {
    DatabaseHeader header = volume.state().header();
    return header == null ? 0 : header.pageSize();
  }

  @Override
  public void write(ByteBuffer src, long position) {
    writing().write(src, position);
  }

  @Override
  public void truncate(long size) {
    writing().truncate(size);
  }

  @Override
  public long size() {
    return transaction != null ? transaction.size() : volume.state().length();
  }

  @Override
  public void sync() {
    if (transaction != null) {
      transaction.sync();
    }
  }

  @Override
  public void committed() {
    if (transaction != null) {
      transaction.committed();
    }
  }

  private BlocksTransaction writing() {
    if (transaction == null) {
      throw new S3VfsException(
          ErrorKind.READ_ONLY,
          volume.location() + ": a write without a lock (nolock and immutable are for reading)");
    }
    return transaction;
  }

  @Override
  public void refresh() {
    connecting = false;
    volume.expire();
  }

  @Override
  public long generation() {
    return volume.generation();
  }

  @Override
  public void close() {
    endWrite();
  }
}
