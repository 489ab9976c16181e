package io.github.s3vfs.blob;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;

/** Writes to a channel at its position. */
final class BlobOutputStream extends OutputStream {
  private final SqliteBlobChannel channel;

  BlobOutputStream(SqliteBlobChannel channel) {
    this.channel = channel;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] source, int offset, int length) throws IOException {
    int unused = channel.write(ByteBuffer.wrap(source, offset, length));
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** Writes from an offset on; the channel's position stays. */
  static final class Part extends OutputStream {
    private final SqliteBlobChannel channel;
    private long at;

    Part(SqliteBlobChannel channel, long at) {
      this.channel = channel;
      this.at = at;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      ByteBuffer bytes = ByteBuffer.wrap(source, offset, length);
      try {
        at += channel.writeAt(at, bytes);
      } catch (IndexOutOfBoundsException | NonWritableChannelException e) {
        throw new IOException("cannot write to the value: " + e, e);
      }
    }
  }
}
