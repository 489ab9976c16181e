package io.github.s3vfs.internal.layout;

import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import java.util.Objects;

/** A stream over chunks of bytes; empty ones are passed over. Not thread-safe. */
public final class ChunksInputStream extends InputStream {
  private final Iterator<byte[]> chunks;
  private final Runnable onClose;
  private byte[] chunk = new byte[0];
  private int at;

  public ChunksInputStream(Iterator<byte[]> chunks, Runnable onClose) {
    this.chunks = chunks;
    this.onClose = onClose;
  }

  private boolean advance() {
    while (at == chunk.length) {
      if (!chunks.hasNext()) {
        return false;
      }
      chunk = chunks.next();
      at = 0;
    }
    return true;
  }

  @Override
  public int read() {
    return advance() ? Byte.toUnsignedInt(chunk[at++]) : -1;
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    if (!advance()) {
      return -1;
    }
    int count = Math.min(length, chunk.length - at);
    System.arraycopy(chunk, at, target, offset, count);
    at += count;
    return count;
  }

  @Override
  public int available() {
    return chunk.length - at;
  }

  @Override
  public void close() throws IOException {
    onClose.run();
  }
}
