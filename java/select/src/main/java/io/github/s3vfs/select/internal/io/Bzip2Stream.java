package io.github.s3vfs.select.internal.io;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;

/**
 * What BZIP2 was made of, of all streams one after the other. The decompressor reads no more than
 * it needs: a failure behind the last byte is an end that comes too early, an EOFException. Not
 * thread-safe.
 */
final class Bzip2Stream extends InputStream {
  /** Knows whether its end was seen. */
  private static final class Ending extends FilterInputStream {
    private boolean ended;

    Ending(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int count = super.read(target, offset, length);
      ended |= count < 0;
      return count;
    }
  }

  private final Ending source;
  private final BZip2CompressorInputStream stream;

  Bzip2Stream(InputStream in, int bufferBytes) throws IOException {
    source = new Ending(in);
    try {
      stream = new BZip2CompressorInputStream(new BufferedInputStream(source, bufferBytes), true);
    } catch (IOException e) {
      throw meaning(e);
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    try {
      return stream.read(target, offset, length);
    } catch (IOException e) {
      throw meaning(e);
    }
  }

  private IOException meaning(IOException e) {
    if (!source.ended) {
      return e;
    }
    IOException cut = new EOFException("BZIP2 ends within a stream");
    cut.initCause(e);
    return cut;
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
