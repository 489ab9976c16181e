package io.github.s3vfs.cli;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;

/** Tells how much was read, and fails once the thread is interrupted. Not thread-safe. */
final class CountedInput extends FilterInputStream {
  private final Progress progress;
  private long count;

  CountedInput(InputStream in, Progress progress) {
    super(in);
    this.progress = progress;
  }

  long count() {
    return count;
  }

  @Override
  public int read() throws IOException {
    checkInterrupt();
    int one = super.read();
    counted(one < 0 ? -1 : 1);
    return one;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    checkInterrupt();
    int read = super.read(target, offset, length);
    counted(read);
    return read;
  }

  private void counted(int read) {
    if (read > 0) {
      count += read;
      progress.add(read);
    }
  }

  private static void checkInterrupt() throws InterruptedIOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("interrupted");
    }
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
