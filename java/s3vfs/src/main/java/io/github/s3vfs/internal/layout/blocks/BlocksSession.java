package io.github.s3vfs.internal.layout.blocks;

import io.github.s3vfs.ErrorKind;
import io.github.s3vfs.S3VfsException;
import io.github.s3vfs.internal.layout.Session;
import io.github.s3vfs.internal.readahead.SequentialReadAhead;
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
  private final SequentialReadAhead readAhead;
  private @Nullable WriteBuffer buffer;
  private boolean failed;
  private boolean connecting = true;

  BlocksSession(BlocksVolume volume, int readAheadBlocks, long connectedAt, Duration staleness) {
    this.volume = volume;
    this.readAhead = new SequentialReadAhead(readAheadBlocks);
    this.connectedAt = connectedAt;
    this.maxStalenessNanos = staleness.toNanos();
  }

  @Override
  public boolean beginRead() {
    long now = System.nanoTime();
    boolean asConnected = connecting && now - connectedAt < CONNECT_SERVES_NANOS;
    connecting = false;
    return volume.beginRead((asConnected ? connectedAt : now) - maxStalenessNanos);
  }

  @Override
  public void endRead() {
    volume.endRead();
  }

  @Override
  public boolean beginWrite(boolean recovering) {
    buffer = volume.beginWrite(recovering);
    failed = false;
    return buffer != null;
  }

  @Override
  public void endWrite() {
    if (buffer != null) {
      volume.endWrite(failed);
      buffer = null;
      failed = false;
    }
  }

  @Override
  public boolean reservedElsewhere() {
    return volume.reservedElsewhere();
  }

  @Override
  public int read(ByteBuffer dst, long position) {
    volume.blocks().prefetch(readAhead, position, dst.remaining());
    return (buffer != null ? buffer : volume.readBuffer()).read(dst, position);
  }

  @Override
  public void write(ByteBuffer src, long position) {
    WriteBuffer writing = writing();
    volume.checkGrowth(position + src.remaining());
    writing.write(src, position);
    if (writing.bytes() > volume.settings().writeBufferBytes()) {
      guarded(() -> volume.spill(writing));
    }
  }

  @Override
  public void truncate(long size) {
    writing().truncate(size);
  }

  @Override
  public long size() {
    return buffer != null ? buffer.length() : volume.state().length();
  }

  @Override
  public void sync() {
    if (buffer != null && !buffer.isClean()) {
      WriteBuffer writing = buffer;
      guarded(() -> volume.store(writing));
    }
  }

  @Override
  public void committed() {
    volume.journalCommitted();
    sync(); // a truncation that SQLite did behind its commit point
  }

  private void guarded(Runnable storing) {
    boolean done = false;
    try {
      storing.run();
      done = true;
    } finally {
      failed |= !done;
    }
  }

  private WriteBuffer writing() {
    if (buffer == null) {
      throw new S3VfsException(
          ErrorKind.READ_ONLY,
          volume.location() + ": a write without a lock (nolock and immutable are for reading)");
    }
    return buffer;
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
