package io.github.s3vfs.csv;

import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.GZIPOutputStream;

/** Compresses; its native memory is given back without a word to the target. */
final class GzipOutput extends GZIPOutputStream {
  private static final int BUFFER = 32 << 10;

  GzipOutput(OutputStream target) throws IOException {
    super(target, BUFFER);
  }

  /** No more is written. Nothing goes to the target, and that stays open. */
  void release() {
    def.end();
  }
}
