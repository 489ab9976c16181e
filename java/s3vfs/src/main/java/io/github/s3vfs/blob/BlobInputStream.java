package io.github.s3vfs.blob;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/** The bytes of a channel from its position on. */
final class BlobInputStream extends InputStream {
  private final SqliteBlobChannel channel;
  private long mark;

  BlobInputStream(SqliteBlobChannel channel) {
    this.channel = channel;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    return channel.read(ByteBuffer.wrap(target, offset, length));
  }

  @Override
  public long skip(long count) throws IOException {
    long from = channel.position();
    long most = Math.max(0, Math.min(count, Integer.MAX_VALUE));
    long to = Math.min(channel.sizeNow(), from + most);
    channel.position(to);
    return to - from;
  }

  @Override
  public int available() throws IOException {
    return (int) Math.max(0, channel.sizeNow() - channel.position());
  }

  @Override
  public boolean markSupported() {
    return true;
  }

  @Override
  public synchronized void mark(int readLimit) {
    try {
      mark = channel.position();
    } catch (IOException e) {
      mark = 0; // closed: so is everything else
    }
  }

  @Override
  public synchronized void reset() throws IOException {
    try {
      channel.position(mark);
    } catch (IllegalArgumentException e) {
      throw new IOException("the mark is behind the end of the value", e);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** A part of a channel, whose position stays. */
  static final class Part extends InputStream {
    private final SqliteBlobChannel channel;
    private final long end;
    private long at;

    Part(SqliteBlobChannel channel, long at, long end) {
      this.channel = channel;
      this.at = at;
      this.end = end;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, target.length);
      int most = (int) Math.min(length, end - at);
      if (most == 0) {
        check();
        return length > 0 ? -1 : 0;
      }
      int count = channel.readAt(at, ByteBuffer.wrap(target, offset, most));
      at += Math.max(0, count);
      return count;
    }

    @Override
    public int available() throws IOException {
      check();
      return (int) (end - at);
    }

    /** That a value has expired is never taken for its end. */
    private void check() throws IOException {
      long unused = channel.sizeNow();
    }
  }
}
