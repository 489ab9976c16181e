package io.github.s3vfs.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;

/**
 * Where rows of a query go. Notices when nobody reads standard output any more, and ends the last
 * line, which the one row of aggregates does not. Not thread-safe; does not close its target.
 */
final class SelectOutput extends OutputStream {
  private final OutputStream target;
  private long count;
  private byte last = '\n';

  SelectOutput(OutputStream target) {
    this.target = target;
  }

  /** Bytes up to now. */
  long count() {
    return count;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] source, int offset, int length) throws IOException {
    if (length > 0) {
      target.write(source, offset, length);
      check();
      last = source[offset + length - 1];
      count += length;
    }
  }

  private void check() throws IOException {
    if (target instanceof PrintStream stream) {
      StandardOutput.check(stream);
    }
  }

  /** There are no more rows. */
  void end() throws IOException {
    if (last != '\n') {
      write('\n');
    }
    target.flush();
    check();
  }
}
