package io.github.s3vfs.select.internal.io;

import com.github.luben.zstd.ZstdInputStream;
import io.github.s3vfs.select.Compression;
import io.github.s3vfs.select.ObjectSource;
import io.github.s3vfs.select.SelectError;
import io.github.s3vfs.select.SelectException;
import io.github.s3vfs.select.SelectLimits;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** Opens the bytes of a source. */
public final class Inputs {
  private static final int BUFFER = 64 << 10;

  /** Largest window of Zstandard that is taken, as a power of two: 32 MiB. */
  private static final int WINDOW = 25;

  private Inputs() {}

  /** From an offset; those up to {@code until} will surely be read. */
  public static ByteInput open(
      ObjectSource source, long offset, long until, Compression compression, SelectLimits limits) {
    InputStream raw = new SourceStream(source, offset, until);
    try {
      InputStream stream =
          compression == Compression.NONE || source.size() == 0
              ? raw
              : decompressed(raw, compression);
      return new ByteInput(source.name(), stream, compression != Compression.NONE, limits);
    } catch (EOFException e) {
      close(raw);
      throw new SelectException(
          SelectError.TRUNCATED_INPUT, source.name() + ": the compressed bytes end too early", e);
    } catch (IOException e) {
      close(raw);
      throw Failures.of(source.name(), e, true);
    }
  }

  /** Gives up what was fetched ahead. */
  private static void close(InputStream raw) {
    try {
      raw.close();
    } catch (IOException e) {
      // What led here is told.
      return;
    }
  }

  private static InputStream decompressed(InputStream raw, Compression compression)
      throws IOException {
    return switch (compression) {
      case NONE -> raw;
      case GZIP -> new GzipStream(raw, BUFFER);
      case BZIP2 -> new Bzip2Stream(raw, BUFFER);
      case ZSTD ->
          new ZstdInputStream(new ZstdFrames(new BufferedInputStream(raw, BUFFER)))
              .setLongMax(WINDOW);
    };
  }
}
