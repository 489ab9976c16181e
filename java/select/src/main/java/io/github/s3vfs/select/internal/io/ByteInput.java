package io.github.s3vfs.select.internal.io;

import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import io.github.s3vfs.select.SelectLimits;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;

/**
 * The bytes that are parsed; failures are {@link SelectException}s, also INTERRUPTED before each
 * block once the thread is. What a source throws beside IOExceptions comes through as it is.
 */
public final class ByteInput implements Closeable {
  private final String name;
  private final InputStream stream;
  private final long most;
  private final boolean compressed;
  private long count;

  ByteInput(String name, InputStream stream, boolean compressed, SelectLimits limits) {
    this.name = name;
    this.stream = stream;
    this.compressed = compressed;
    this.most = limits.maxInputBytes();
  }

  /** Reads at least one byte; -1 at the end. */
  public int read(byte[] target, int offset, int length) {
    if (Thread.currentThread().isInterrupted()) {
      throw new SelectException(SelectError.INTERRUPTED, name + ": interrupted");
    }
    try {
      int read = stream.read(target, offset, length);
      if (read > 0) {
        count += read;
        if (count > most) {
          throw new SelectException(
              SelectError.OVER_MAX_INPUT_SIZE,
              name + ": more than " + most + " bytes, which is the limit");
        }
      }
      return read;
    } catch (EOFException e) {
      throw new SelectException(
          SelectError.TRUNCATED_INPUT, name + ": the compressed bytes end too early", e);
    } catch (InterruptedIOException e) {
      throw new SelectException(SelectError.INTERRUPTED, name + ": interrupted", e);
    } catch (IOException e) {
      throw Failures.of(name, e, compressed);
    } catch (IllegalArgumentException | IndexOutOfBoundsException | IllegalStateException e) {
      if (!compressed) {
        throw e;
      }
      // A decompressor that did not expect such bytes.
      throw new SelectException(
          SelectError.INVALID_COMPRESSION_FORMAT, name + ": the compressed bytes are damaged", e);
    }
  }

  /** How many bytes were read. */
  public long count() {
    return count;
  }

  @Override
  public void close() {
    try {
      stream.close();
    } catch (IOException e) {
      // Nothing that was read depends on it.
      return;
    }
  }
}
