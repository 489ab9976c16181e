package io.github.s3vfs.select.internal.io;

import io.github.s3vfs.select.ObjectSource;
import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a source from an offset to its end, opened in steps: first up to where they are
 * surely needed, then a little more each time, so that a range does not fetch what follows it.
 */
final class SourceStream extends InputStream {
  private static final long MORE = 1 << 20;

  private final ObjectSource source;
  private long position;
  private long openUntil;
  private @Nullable InputStream current;

  /** Marks a failure of the source, so that no decompressor's is taken for one. */
  static final class Failure extends IOException {
    private static final long serialVersionUID = 1L;

    Failure(IOException cause) {
      super(cause.getMessage(), cause);
    }

    SelectException meaning(String name) {
      Throwable cause = getCause();
      if (cause instanceof InterruptedIOException) {
        return new SelectException(SelectError.INTERRUPTED, name + ": interrupted", this);
      }
      return new SelectException(SelectError.READ_FAILED, name + ": " + getMessage(), this);
    }
  }

  /** Carries another exception of the source through a decompressor, unchanged. */
  static final class Thrown extends IOException {
    private static final long serialVersionUID = 1L;

    private final RuntimeException exception;

    Thrown(RuntimeException exception) {
      super(exception);
      this.exception = exception;
    }

    RuntimeException exception() {
      return exception;
    }
  }

  SourceStream(ObjectSource source, long offset, long until) {
    this.source = source;
    this.position = offset;
    this.openUntil = Math.min(until, source.size());
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    try {
      while (position < source.size()) {
        InputStream stream = current;
        if (stream == null) {
          if (position >= openUntil) {
            openUntil = Math.min(source.size(), position + MORE);
          }
          stream = source.open(position, openUntil - position);
          current = stream;
        }
        int count = stream.read(target, offset, (int) Math.min(length, openUntil - position));
        if (count > 0) {
          position += count;
          return count;
        }
        if (position < openUntil) {
          throw new IOException("the bytes end at " + position + ", before the end of the object");
        }
        stream.close();
        current = null;
      }
      return -1;
    } catch (IOException e) {
      throw new Failure(e);
    } catch (RuntimeException e) {
      throw new Thrown(e);
    }
  }

  @Override
  public void close() throws IOException {
    InputStream stream = current;
    current = null;
    position = Long.MAX_VALUE;
    if (stream != null) {
      stream.close();
    }
  }
}
